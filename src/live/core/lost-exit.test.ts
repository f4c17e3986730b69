import { describe, expect, test } from 'vitest';
import { type Decimal, decimal } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { drive } from './drive.js';
import { hearPositionFills } from './hear-account.js';
import { hearFills, hearNotFound, hearReport } from './hear-orders.js';
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
/** What became of the order, in the words of the exchange. */
const reportOf = (side: 'long' | 'short', part: Partial<OrderReport> = {}): OrderReport => ({
  symbol: 'BTCUSDT',
  orderId: '2',
  clientOrderId: LOST,
  side: side === 'long' ? 'sell' : 'buy',
  type: 'market',
  status: 'filled',
  quantity: decimal('1'),
  executedQuantity: decimal('1'),
  executedNotional: decimal('104'),
  price: 0n,
  triggerPrice: 0n,
  updateTime: 5_000,
  fills: [],
  ...part,
});
const asked = ({ effects }: Turn) =>
  effects.map(({ type }) => type).filter((type) => /^(query|place|fetch-.*fills)$/.test(type));
const later = (turn: Turn, time: number): Turn => ({
  ...turn,
  time,
  senses: { ...turn.senses, time, accountTime: time, accountAskedTime: time },
  effects: [],
});
const denied = (turn: Turn): void => hearNotFound(turn, LOST, turn.time);

describe.each(CASES)('an exit that was given up, %s %s', (market, side) => {
  const sign = side === 'long' ? 1 : -1;

  test('is asked for, once, before the position counts as closed', () => {
    const turn = leaving(market, side);
    drive(turn);
    drive(turn);
    expect(asked(turn)).toEqual(['query']);
    denied(turn);
    drive(turn);
    expect(asked(turn)).toEqual(['query', 'fetch-position-fills']);
    expect(turn.memory.position).not.toBeNull();
    expect(turn.memory.netPnl).toBe(0n);
  });

  test('is booked with its own price and commission when it is found', () => {
    const turn = leaving(market, side);
    drive(turn);
    denied(turn);
    hearPositionFills(turn, [exitFill(side)]);
    drive(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
    expect(turn.memory.dust).toBe(0n);
  });

  test('is booked at the last price, with an alarm, when it is not found for twenty seconds', () => {
    const first = leaving(market, side);
    drive(first);
    denied(first);
    hearPositionFills(first, []);
    drive(first);
    expect(first.memory.position).not.toBeNull();
    const second = later(first, 29_999);
    drive(second);
    hearPositionFills(second, []);
    expect(second.memory.position?.missing).toBe(0n);
    const turn = later(second, 35_000);
    drive(turn);
    hearPositionFills(turn, []);
    drive(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '2.9' : '-3.1'));
    expect(turn.memory.mismatch).toBe(
      '1 of the position left the account, closed by other hands: no fill is listed, booked at the last price 103',
    );
  });

  test('is waited for when the exchange has it and does not list its fills yet', () => {
    const turn = leaving(market, side);
    drive(turn);
    hearReport(turn, reportOf(side));
    drive(turn);
    hearPositionFills(turn, []);
    expect(asked(turn)).toEqual(['query', 'fetch-fills']);
    expect(turn.memory.position?.missing).toBe(0n);
    hearFills(turn, LOST, [exitFill(side)]);
    drive(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
  });

  test('is booked when it appears', () => {
    const turn = leaving(market, side);
    hearReport(turn, reportOf(side), exitFill(side, { clientOrderId: LOST }));
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
  turn.memory = { ...turn.memory, absentOrders: [] };
  drive(turn);
  expect(asked(turn)).toEqual([]);
  expect(turn.memory.position).toBeNull();
  expect(turn.memory.dust).toBe(decimal('0.0004'));
});

test('coins that somebody else sold are not booked to the position beyond what it misses', () => {
  const turn = leaving('spot', 'long');
  const sale = exitFill('long', { quantity: decimal('5') });
  hearPositionFills(turn, [sale]);
  const late = later(turn, 30_000);
  hearPositionFills(late, [sale]);
  expect(late.memory.position?.exited).toBe(0n);
  expect(late.memory.position?.missing).toBe(decimal('1'));
});

describe('where five coins of others lie on the account, an order that was given up', () => {
  const shown = (total: string): Turn => {
    const turn = leaving('spot', 'long', decimal(total));
    turn.memory = { ...turn.memory, foreignBase: decimal('5') };
    return turn;
  };
  const sent = ({ effects }: Turn) => effects.some(({ type }) => type === 'place');

  test('is looked for before the next is sent, which leaves when there is no trace of it', () => {
    const turn = shown('6');
    drive(turn);
    denied(turn);
    drive(turn);
    expect(asked(turn)).toEqual(['query', 'fetch-position-fills']);
    hearPositionFills(turn, []);
    drive(turn);
    expect(asked(turn).at(-1)).toBe('place');
  });

  test('and was executed leaves nothing to be sold', () => {
    const turn = shown('5');
    drive(turn);
    denied(turn);
    hearPositionFills(turn, [exitFill('long')]);
    drive(turn);
    expect(sent(turn)).toBe(false);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal('3.8'));
  });

  test('and was executed without a fill that is listed leaves nothing to be sold either', () => {
    const first = shown('5');
    drive(first);
    denied(first);
    hearPositionFills(first, []);
    drive(first);
    const turn = later(first, 30_000);
    hearPositionFills(turn, []);
    drive(turn);
    expect([sent(first), sent(turn)]).toEqual([false, false]);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal('2.9'));
    expect(turn.memory.foreignBase).toBe(decimal('5'));
  });
});

test('an entry that was given up and was executed is taken back and protected', () => {
  const entered = leaving('spot', 'long');
  const id = 'wus-b1-0e-1-1';
  const memory = {
    ...initialMemory(busySettings()),
    ...{ absentOrders: [id], enteredSignalTime: 0, orderCounter: 1, epoch: 1 },
  };
  const turn: Turn = { ...entered, memory, effects: [] };
  const report = reportOf('short', { clientOrderId: id, orderId: '1' });
  hearReport(turn, report, fillOf('buy', '100', { clientOrderId: id }));
  expect(turn.memory.position?.entered).toBe(decimal('1'));
  Object.assign(turn.senses, { accountTime: 20_000, baseTotal: decimal('1') });
  drive(turn);
  expect(turn.memory.order?.leg).toBe('stop');
  expect(turn.memory.mismatch).toContain('appeared');
});
