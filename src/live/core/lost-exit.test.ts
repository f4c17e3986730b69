import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { applyPositionFills } from './apply-account.js';
import { applyFills, applyReport, onNotFound } from './apply-orders.js';
import { PAID_IN_QUOTE } from './fees.js';
import {
  asked,
  CASES,
  exitFill,
  fillOf,
  LOST,
  later,
  leaving,
  reportOf,
  TAG,
} from './leaving-turn.contract.js';
import { initialMemory } from './memory.js';
import { bookFill } from './position.js';
import { supervise } from './supervise.js';
import type { Turn } from './turn.js';

const denied = (turn: Turn): void => onNotFound(turn, LOST, turn.time);

describe.each(CASES)('an exit that was given up, %s %s', (market, side) => {
  const sign = side === 'long' ? 1 : -1;

  test('is asked for, once, before the position counts as closed', () => {
    const turn = leaving(market, side);
    supervise(turn);
    supervise(turn);
    expect(asked(turn)).toEqual(['query']);
    denied(turn);
    supervise(turn);
    expect(asked(turn)).toEqual(['query', 'fetch-position-fills']);
    expect(turn.memory.position).not.toBeNull();
    expect(turn.memory.netPnl).toBe(0n);
  });

  test('is booked with its own price and commission when it is found', () => {
    const turn = leaving(market, side);
    supervise(turn);
    denied(turn);
    applyPositionFills(turn, [exitFill(side)]);
    supervise(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
    expect(turn.memory.dust).toBe(0n);
  });

  test('is booked at the last price, with an alarm, when it is not found for twenty seconds', () => {
    const first = leaving(market, side);
    supervise(first);
    denied(first);
    applyPositionFills(first, []);
    supervise(first);
    expect(first.memory.position).not.toBeNull();
    const second = later(first, 29_999);
    supervise(second);
    applyPositionFills(second, []);
    expect(second.memory.position?.missing).toBe(0n);
    const turn = later(second, 35_000);
    supervise(turn);
    applyPositionFills(turn, []);
    supervise(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '2.9' : '-3.1'));
    expect(turn.memory.mismatch).toBe(
      '1 of the position are missing without a listed fill: booked as closed externally at the last price 103',
    );
  });

  test('is waited for when the exchange has it and does not list its fills yet', () => {
    const turn = leaving(market, side);
    supervise(turn);
    applyReport(turn, reportOf(side));
    supervise(turn);
    applyPositionFills(turn, []);
    expect(asked(turn)).toEqual(['query', 'fetch-fills']);
    expect(turn.memory.position?.missing).toBe(0n);
    applyFills(turn, LOST, [exitFill(side)]);
    supervise(turn);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
  });

  test('is booked when it appears', () => {
    const turn = leaving(market, side);
    applyReport(turn, reportOf(side), exitFill(side, { clientOrderId: LOST }));
    supervise(turn);
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
    position: bookFill(turn.memory.position!, most, PAID_IN_QUOTE),
  };
  turn.memory = { ...turn.memory, absentOrders: [] };
  supervise(turn);
  expect(asked(turn)).toEqual([]);
  expect(turn.memory.position).toBeNull();
  expect(turn.memory.dust).toBe(decimal('0.0004'));
});

test.each([
  ['9', '10', 'the same ms, before the entry: of the position before', 0n],
  ['11', '10', 'the same ms, after the entry: of this one', decimal('1')],
])('a fill %s beside the entry %s of %s', (tradeId, entryId, _, exited) => {
  const turn = leaving('usdm', 'long');
  turn.memory = {
    ...turn.memory,
    position: { ...turn.memory.position!, firstFillTime: 5_000, tradeIds: [entryId] },
  };
  supervise(turn);
  denied(turn);
  applyPositionFills(turn, [exitFill('long', { tradeId })]);
  expect(turn.memory.position?.exited).toBe(exited);
});

test('coins that somebody else sold are not booked to the position beyond what it misses', () => {
  const turn = leaving('spot', 'long');
  const sale = exitFill('long', { quantity: decimal('5') });
  applyPositionFills(turn, [sale]);
  const late = later(turn, 30_000);
  applyPositionFills(late, [sale]);
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
    supervise(turn);
    denied(turn);
    supervise(turn);
    expect(asked(turn)).toEqual(['query', 'fetch-position-fills']);
    applyPositionFills(turn, []);
    supervise(turn);
    expect(asked(turn).at(-1)).toBe('place');
  });

  test('and was executed leaves nothing to be sold', () => {
    const turn = shown('5');
    supervise(turn);
    denied(turn);
    applyPositionFills(turn, [exitFill('long')]);
    supervise(turn);
    expect(sent(turn)).toBe(false);
    expect(turn.memory.position).toBeNull();
    expect(turn.memory.netPnl).toBe(decimal('3.8'));
  });

  test('and was executed without a fill that is listed leaves nothing to be sold either', () => {
    const first = shown('5');
    supervise(first);
    denied(first);
    applyPositionFills(first, []);
    supervise(first);
    const turn = later(first, 30_000);
    applyPositionFills(turn, []);
    supervise(turn);
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
    ...{ tag: TAG, absentOrders: [id], enteredSignalTime: 0, orderCounter: 1, epoch: 1 },
  };
  const turn: Turn = { ...entered, memory, effects: [] };
  const report = reportOf('short', { clientOrderId: id, orderId: '1' });
  applyReport(turn, report, fillOf('buy', '100', { clientOrderId: id }));
  expect(turn.memory.position?.entered).toBe(decimal('1'));
  Object.assign(turn.observed, { accountTime: 20_000, baseTotal: decimal('1') });
  supervise(turn);
  expect(turn.memory.order?.leg).toBe('stop');
  expect(turn.memory.mismatch).toContain('appeared');
});
