import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Fill } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { applyFills, onNotFound, onQueryFailed, onReplaceFailed } from './apply-orders.js';
import { ordersOf } from './in-flight.js';
import { initialMemory } from './memory.js';
import { type LiveOrder, sendingOrder } from './order.js';
import { openPosition } from './position.js';
import type { Leg, QuantityOrder } from './risk.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';

const order = (leg: Leg, clientOrderId: string, part: Partial<LiveOrder> = {}): LiveOrder => {
  const terms = { symbol: 'BTCUSDT', side: 'sell', quantity: decimal('1'), clientOrderId } as const;
  const request: QuantityOrder =
    leg === 'stop'
      ? { ...terms, type: 'stop-loss', triggerPrice: decimal('90') }
      : { ...terms, type: 'limit-maker', price: decimal('110') };
  return { ...sendingOrder({ leg, order: request }, 0), ...part };
};
const turnWith = (time: number, now: LiveOrder | null, ...others: LiveOrder[]): Turn => {
  const state = startState(initialMemory(busySettings()), 10);
  const context = resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS });
  return { ...state, memory: { ...state.memory, order: now, others }, time, context, effects: [] };
};
const entry: Fill = {
  ...{
    symbol: 'BTCUSDT',
    isMaker: false,
    side: 'buy',
    price: decimal('100'),
    quantity: decimal('1'),
    commission: 0n,
  },
  ...{ commissionAsset: 'USDT', time: 0, tradeId: '1', orderId: '1' },
};
const ids = ({ memory }: Turn) => ordersOf(memory).map(({ request }) => request.clientOrderId);
const open = { phase: 'open', orderId: '1' } as const;

describe('onNotFound()', () => {
  const list = 'pair';
  test.each<[string, number, LiveOrder | null, string[]]>([
    ['is no proof before the time is over', 19_999, null, ['profit']],
    ['is proof when the time is over', 20_000, null, []],
    [
      'is no proof while the other leg is known',
      20_000,
      order('stop', 'stop', { list, ...open }),
      ['stop', 'profit'],
    ],
    [
      'is proof when the other leg is not known either',
      20_000,
      order('stop', 'stop', { list }),
      ['stop'],
    ],
  ])('of a leg of a pair %s', (_, time, stop, left) => {
    const turn = turnWith(time, stop, order('take-profit', 'profit', { list, phase: 'unknown' }));
    onNotFound(turn, 'profit', turn.time);
    expect(ids(turn)).toEqual(left);
  });
});

describe('onReplaceFailed()', () => {
  test.each<[string, Parameters<typeof onReplaceFailed>[3], string[], boolean]>([
    [
      'the outcome is unknown: both may exist',
      { outcome: 'unknown', message: '' },
      ['new', 'old'],
      true,
    ],
    [
      'the former stop could not be cancelled: it is asked for',
      { outcome: 'refused', reason: 'replace-cancel-failed', message: '' },
      ['old'],
      false,
    ],
    [
      'the new stop was declined: the former is asked for',
      { outcome: 'refused', reason: 'replace-order-failed', message: '' },
      ['old'],
      false,
    ],
    ['nothing was sent: the former rests', { outcome: 'not-sent', message: '' }, ['old'], false],
  ])('%s', (_, failure, left, isCanceling) => {
    const former = order('stop', 'old', { ...open, cancelSent: true, pollTime: 9_000 });
    const turn = turnWith(1_000, order('stop', 'new'), former);
    onReplaceFailed(turn, 'new', 'old', failure);
    expect(ids(turn)).toEqual(left);
    const known = ordersOf(turn.memory).find(({ request }) => request.clientOrderId === 'old');
    expect(known).toMatchObject({ phase: 'open', cancelSent: isCanceling, pollTime: 1_000 });
  });
});

describe('what is noted of an order that ends', () => {
  const LATE = DEFAULT_LIVE_LIMITS.decisionAgeMsMax / 2;
  const ended = (leg: Leg, sentTime: number): LiveOrder =>
    order(leg, 'it', { phase: 'ended', orderId: '1', sentTime, executed: 0n, cancelSent: true });
  test.each<[string, LiveOrder, number, number | undefined]>([
    ['an exit soon after it was decided on', ended('exit', 1_000), LATE, undefined],
    ['an exit late after it was decided on', ended('exit', 1_000), LATE + 1, 0],
    ['an entry soon after it was sent', ended('entry', 1_000), 1_000 + LATE, undefined],
    ['an entry late after it was sent', ended('entry', 1_000), 1_001 + LATE, 1_000],
    ['a stop that rested for long', ended('stop', 1_000), 1_001 + LATE, undefined],
  ])('%s', (_, known, time, fromTime) => {
    const turn = turnWith(time, known);
    const position = openPosition(0, { ...entry, orderId: 'entry' });
    Object.assign(turn.memory, {
      position: { ...position, exit: { reason: 'signal', decidedTime: 0 } },
    });
    applyFills(turn, 'it', []);
    expect(ordersOf(turn.memory)).toEqual([]);
    const slow = turn.memory.degradations.filter(({ reason }) => reason === 'order-slow');
    expect(slow).toEqual(
      fromTime === undefined ? [] : [{ reason: 'order-slow', fromTime, toTime: time }],
    );
  });
});

test('a question about a resting order that goes unanswered is asked again soon, an answered one later', () => {
  const failure = { outcome: 'not-sent', message: '' } as const;
  const asked = (pollTime: number): number => {
    const turn = turnWith(1_000, order('stop', 'it', { ...open, pollTime }));
    onQueryFailed(turn, 'it', failure);
    return ordersOf(turn.memory)[0]!.pollTime;
  };
  expect(asked(31_000)).toBe(6_000);
  expect(asked(3_000)).toBe(3_000);
});
