import { expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Fill, InstrumentRules } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { PAID_IN_QUOTE } from './fees.js';
import { assess, baseOrder } from './make-order.js';
import { initialMemory } from './memory.js';
import { bookFill, openPosition } from './position.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';

const rules = {
  market: 'spot',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  status: 'trading',
  orderTypes: ['market'],
  notionalMin: decimal('5'),
  notionalMinAppliesToMarket: true,
  quantityMin: 0n,
} as unknown as InstrumentRules;
const fill = {
  side: 'buy',
  price: decimal('100'),
  quantity: decimal('1'),
  commission: 0n,
  commissionAsset: 'USDT',
  time: 0,
} as Fill;

test.each([
  ['0.06', undefined, true],
  ['0.04', undefined, false],
  ['0.04', decimal('200'), true],
])('an exit of %s bought at 100, the best price %s, is sent: %s', (quantity, bidPrice, isSent) => {
  const state = startState(initialMemory(busySettings()), 10);
  const position = bookFill(openPosition(0, fill), fill, PAID_IN_QUOTE);
  const turn: Turn = {
    ...state,
    memory: { ...state.memory, position },
    observed: { ...state.observed, rules, bidPrice },
    time: 0,
    context: resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS }),
    effects: [],
  };
  const order = {
    ...baseOrder(turn, 'exit'),
    type: 'market',
    quantity: decimal(quantity),
  } as const;
  const result = assess(turn, 'exit', order);
  expect('refusal' in result ? result.refusal : 'sent').toBe(isSent ? 'sent' : 'notional');
});
