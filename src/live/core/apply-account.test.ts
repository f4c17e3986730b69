import { expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { applyAccount, applyPositionFills } from './apply-account.js';
import { PAID_IN_QUOTE } from './fees.js';
import { initialMemory } from './memory.js';
import { type LiveOrder, sendingOrder } from './order.js';
import { bookFill, openPosition } from './position.js';
import type { Leg, QuantityOrder } from './risk.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';

const rules = {
  symbol: 'BTCUSDT',
  market: 'usdm',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
} as InstrumentRules;
const entry = {
  side: 'buy',
  price: decimal('100'),
  quantity: decimal('1'),
  commission: 0n,
  commissionAsset: 'USDT',
  time: 0,
  tradeId: '1',
  orderId: '1',
} as Fill;
const resting = (leg: Leg, clientOrderId: string): LiveOrder => ({
  ...sendingOrder({ leg, order: { clientOrderId, quantity: decimal('1') } as QuantityOrder }, 0),
  phase: 'open',
  orderId: clientOrderId,
});
/** A bot with a position, a stop `s` and a take-profit `t`. */
function holding(): Turn {
  const state = startState(initialMemory(busySettings({ market: 'usdm' })), 10);
  return {
    ...state,
    memory: {
      ...state.memory,
      position: bookFill(openPosition(0, entry), entry, PAID_IN_QUOTE),
      order: resting('stop', 's'),
      others: [resting('take-profit', 't')],
    },
    time: 10_000,
    context: resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS }),
    effects: [],
  };
}
/** A look at the account that shows no position. */
const look = (turn: Turn, askedTime: number, ...open: string[]): void =>
  applyAccount(turn, {
    type: 'account',
    time: askedTime,
    askedTime,
    balances: [],
    openOrders: open.map((clientOrderId) => ({ clientOrderId }) as OrderReport),
    rules,
    positions: [],
  });

test.each([
  ['all orders are open: by other hands', ['s', 't'], ['fetch-position-fills']],
  ['an order is not open any more: it may have been executed, and is asked for first', ['s'], []],
])('a position that is gone while %s', (_, open, wanted) => {
  const turn = holding();
  look(turn, 10_000, ...open);
  look(turn, 10_100, ...open);
  expect(turn.effects.map(({ type }) => type)).toEqual(wanted);
  expect(turn.memory.mismatch).toBeNull();
});

test('fills of a position that were overtaken by news of an order prove nothing', () => {
  const turn = holding();
  Object.assign(turn.observed, { rules, accountTime: 10_000, changeTime: 10_050 });
  applyPositionFills(turn, []);
  expect(turn.memory.position?.missing).toBe(0n);
  expect(turn.observed.accountTime).toBeUndefined();
  Object.assign(turn.observed, { accountTime: 10_100 });
  applyPositionFills(turn, []);
  expect(turn.memory.position?.missing).toBe(0n);
  const later = { ...turn, time: 30_000 };
  applyPositionFills(later, []);
  expect(later.memory.position?.missing).toBe(decimal('1'));
});
