import { describe, expect, test } from 'vitest';
import { type Decimal, decimal } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { drive } from './drive.js';
import { hearPositionFills } from './hear-account.js';
import { hearReport } from './hear-orders.js';
import { initialMemory } from './memory.js';
import { bookFill, openPosition } from './position.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';

/**
 * An exit was given up as never received and was executed all the same: 1 entered at 100 and left at 104, and the next exit
 * finds nothing. The best price is 103.
 */
type Case = ['spot' | 'usdm', 'long' | 'short'];
const CASES: Case[] = [
  ['spot', 'long'],
  ['usdm', 'long'],
  ['usdm', 'short'],
];
const rulesOf = (market: 'spot' | 'usdm') =>
  ({
    symbol: 'BTCUSDT',
    market,
    status: 'trading',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    tickSize: decimal('0.01'),
    priceMin: decimal('0.01'),
    priceMax: decimal('100000'),
    stepSize: decimal('0.001'),
    quantityMin: decimal('0.001'),
    quantityMax: decimal('1000'),
    marketStepSize: decimal('0.001'),
    marketQuantityMin: decimal('0.001'),
    marketQuantityMax: decimal('1000'),
    notionalMin: decimal('5'),
    notionalMinAppliesToMarket: true,
    orderTypes: ['market', 'limit', 'stop-loss'],
  }) as unknown as InstrumentRules;
const fillOf = (side: 'buy' | 'sell', price: string, part: Partial<Fill>): Fill => ({
  symbol: 'BTCUSDT',
  side,
  price: decimal(price),
  quantity: decimal('1'),
  commission: decimal('0.1'),
  commissionAsset: 'USDT',
  isMaker: false,
  time: 0,
  tradeId: '1',
  orderId: '1',
  ...part,
});
const LOST = 'wus-b1-0x-1-2';

function leaving(market: 'spot' | 'usdm', side: 'long' | 'short', shown: Decimal = 0n): Turn {
  const settings = busySettings({ market, direction: side, stop_loss_pct: null });
  const state = startState(initialMemory(settings), 10);
  const rules = rulesOf(market);
  const entry = fillOf(side === 'long' ? 'buy' : 'sell', '100', {});
  const position = bookFill(openPosition(0, entry), entry, rules);
  const exit = { reason: 'signal', decidedTime: 1_000 } as const;
  const memory = {
    ...state.memory,
    position: { ...position, exit },
    absentOrders: [LOST],
    orderCounter: 3,
    epoch: 1,
  };
  const senses = {
    ...state.senses,
    time: 10_000,
    rules,
    bidPrice: decimal('103'),
    askPrice: decimal('103'),
    priceTime: 10_000,
    accountTime: 10_000,
    accountAskedTime: 10_000,
    changeTime: 1_000,
    baseTotal: shown,
    exchangePosition: shown,
  };
  const context = { strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS };
  return { ...state, memory, senses, time: 10_000, context, effects: [] };
}
const exitFill = (side: 'long' | 'short', part: Partial<Fill> = {}): Fill =>
  fillOf(side === 'long' ? 'sell' : 'buy', '104', {
    time: 5_000,
    tradeId: '2',
    orderId: '2',
    ...part,
  });
const asked = ({ effects }: Turn) =>
  effects.filter(({ type }) => type === 'fetch-position-fills').length;

describe.each(CASES)('an exit that was given up, %s %s', (market, side) => {
  const sign = side === 'long' ? 1 : -1;

  test('is asked for, once, before the position counts as closed', () => {
    const turn = leaving(market, side);
    drive(turn);
    drive(turn);
    expect(asked(turn)).toBe(1);
    expect(turn.memory.position).not.toBeNull();
    expect(turn.memory.netPnl).toBe(0n);
  });

  test('is booked with its own price and commission when it is found', () => {
    const turn = leaving(market, side);
    drive(turn);
    hearPositionFills(turn, [exitFill(side)]);
    drive(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
    expect(turn.memory.dust).toBe(0n);
  });

  test('is booked at the last price, with an alarm, when it is not found', () => {
    const turn = leaving(market, side);
    drive(turn);
    hearPositionFills(turn, []);
    drive(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '2.9' : '-3.1'));
    expect(turn.memory.mismatch).toBe(
      '1 of the position left the account, closed by other hands: no fill is listed, booked at the last price 103',
    );
  });

  test('is booked when it appears', () => {
    const turn = leaving(market, side);
    const report = {
      symbol: 'BTCUSDT',
      clientOrderId: LOST,
      fills: [],
    } as unknown as OrderReport;
    hearReport(turn, report, exitFill(side, { clientOrderId: LOST }));
    drive(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
    expect(turn.memory.mismatch).toContain('appeared');
  });
});

test('a remainder below the minimum is dust, and nothing is asked', () => {
  const turn = leaving('spot', 'long', decimal('0.0004'));
  const most = exitFill('long', { quantity: decimal('0.9996') });
  turn.memory = {
    ...turn.memory,
    position: bookFill(turn.memory.position!, most, rulesOf('spot')),
  };
  drive(turn);
  expect(asked(turn)).toBe(0);
  expect(turn.memory.position).toBeNull();
  expect(turn.memory.dust).toBe(decimal('0.0004'));
});

test('coins that somebody else sold are not booked to the position beyond what it misses', () => {
  const turn = leaving('spot', 'long');
  hearPositionFills(turn, [exitFill('long', { quantity: decimal('5') })]);
  expect(turn.memory.position?.exited).toBe(0n);
  expect(turn.memory.position?.missing).toBe(decimal('1'));
});
