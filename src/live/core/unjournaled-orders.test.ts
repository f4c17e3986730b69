import { describe, expect, test } from 'vitest';
import { type Decimal, decimal } from '../../domain/index.js';
import type { OrderReport } from '../../exchange/index.js';
import { applyPositionFills } from './apply-account.js';
import { applyReport } from './apply-orders.js';
import { asked, CASES, exitFill, later, leaving, reportOf } from './leaving-turn.contract.js';
import { supervise } from './supervise.js';
import type { Turn } from './turn.js';
import { isReconcilePending, reconcilePendingAtStart } from './unjournaled-orders.js';

/** The journal of the bot knows three orders; the fourth left while the state could not be saved. */
const FOURTH = 'wus-b1-0x-1-4';
/** A bot right after its start, with a position that wants nothing; five coins of others lie on the account. */
function started(market: 'spot' | 'usdm', side: 'long' | 'short', shown: Decimal): Turn {
  const turn = leaving(market, side, shown);
  const position = { ...turn.memory.position!, exit: null };
  turn.memory = { ...turn.memory, position, absentOrders: [], foreignBase: decimal('5') };
  Object.assign(turn.observed, { reconcilePending: reconcilePendingAtStart(turn.memory) });
  return turn;
}
/** What the account shows while the position is there, and after it left. */
const SHOWN = {
  spot: { long: ['6', '5'], short: ['6', '5'] },
  usdm: { long: ['1', '0'], short: ['-1', '0'] },
} as const;
const byHand = (side: 'long' | 'short', part: Partial<OrderReport> = {}) =>
  reportOf(side, { clientOrderId: 'web_1', ...part });

describe.each(CASES)('after a start with a position, %s %s', (market, side) => {
  const [there, gone] = SHOWN[market][side].map((text) => decimal(text)) as [Decimal, Decimal];

  test('its fills are asked for, with the orders behind unknown ones, before any order leaves', () => {
    const turn = started(market, side, there);
    supervise(turn);
    expect(turn.effects).toContainEqual({
      type: 'fetch-position-fills',
      fromTime: 0,
      unknown: { side: side === 'long' ? 'sell' : 'buy', tradeIds: ['1'] },
    });
    expect(asked(turn)).toEqual(['fetch-position-fills']);
    applyPositionFills(turn, []);
    expect(isReconcilePending(turn)).toBe(false);
    expect(turn.memory.position?.exited).toBe(0n);
  });

  test('an exit of its own is booked as one, and nobody is called', () => {
    const turn = started(market, side, gone);
    supervise(turn);
    applyPositionFills(turn, [exitFill(side)], [reportOf(side, { clientOrderId: FOURTH })]);
    supervise(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(side === 'long' ? '3.8' : '-4.2'));
    expect(turn.memory.mismatch).toBeNull();
    expect(turn.memory.orderCounter).toBe(4);
    expect(turn.observed.reconcilePending).toBeUndefined();
  });

  test('it is booked once, however often it is reported', () => {
    const turn = started(market, side, gone);
    const half = { quantity: decimal('0.5') };
    const report = reportOf(side, {
      clientOrderId: FOURTH,
      quantity: decimal('0.5'),
      executedQuantity: decimal('0.5'),
      executedNotional: decimal('52'),
    });
    applyPositionFills(turn, [exitFill(side, half)], [report]);
    applyReport(turn, report, exitFill(side, half));
    applyReport(turn, report);
    expect(turn.memory.position?.exited).toBe(decimal('0.5'));
    expect(turn.memory.order).toBeNull();
    expect(turn.memory.mismatch).toBeNull();
  });

  test.each<[string, Partial<OrderReport>]>([
    ['an order that the journal knows', { clientOrderId: 'wus-b1-0x-1-3' }],
    ['an order of another signal', { clientOrderId: 'wus-b1-7x-1-4' }],
    ['an order of a later start', { clientOrderId: 'wus-b1-0x-2-4' }],
    ['an entry', { clientOrderId: 'wus-b1-0e-1-4' }],
    [
      'an order that did nothing',
      { clientOrderId: FOURTH, status: 'canceled', executedQuantity: 0n },
    ],
  ])('%s is not taken over', (_, part) => {
    const turn = started(market, side, there);
    applyReport(turn, reportOf(side, part));
    expect(turn.memory.order).toBeNull();
    expect(turn.memory.position?.exit).toBeNull();
  });

  test('what the position was changed externally: its fills are booked did and did back is left alone', () => {
    const turn = started(market, side, there);
    supervise(turn);
    applyPositionFills(turn, [exitFill(side)], [byHand(side)]);
    expect(turn.memory.position?.exited).toBe(0n);
    expect(turn.memory.mismatch).toBeNull();
    expect(isReconcilePending(turn)).toBe(false);
  });
});

test('USD-M: a position that the position was changed externally: its fills are booked closed meanwhile is booked, and a person is called', () => {
  const turn = started('usdm', 'long', 0n);
  supervise(turn);
  applyPositionFills(turn, [exitFill('long')], [byHand('long')]);
  expect(turn.memory.position?.exited).toBe(decimal('1'));
  expect(turn.memory.mismatch).toContain(
    'the position was changed externally: its fills are booked',
  );
});

describe('spot: coins of others that left meanwhile are no loss of the bot', () => {
  test.each([
    ['sold by hand', [exitFill('long')], [byHand('long')]],
    ['withdrawn', [], []],
  ])('%s', (_, fills, orders) => {
    const first = started('spot', 'long', decimal('5'));
    applyPositionFills(first, fills, orders);
    expect(isReconcilePending(first)).toBe(true);
    const turn = later(first, 30_000);
    applyPositionFills(turn, fills, orders);
    expect(isReconcilePending(turn)).toBe(false);
    expect(turn.memory.position).toMatchObject({ exited: 0n, missing: 0n, exit: null });
    expect(turn.memory.mismatch).toBeNull();
  });

  test('coins of the bot that were sold by hand are booked', () => {
    const turn = started('spot', 'long', 0n);
    applyPositionFills(turn, [exitFill('long')], [byHand('long')]);
    expect(turn.memory.position?.exited).toBe(decimal('1'));
    expect(turn.memory.mismatch).toContain(
      'the position was changed externally: its fills are booked',
    );
  });
});

test('a start without a position has nothing to search', () => {
  const { memory } = started('spot', 'long', 0n);
  expect(reconcilePendingAtStart({ ...memory, position: null })).toBeUndefined();
});
