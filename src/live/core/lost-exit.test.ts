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
} from './leaving-bot.contract.js';
import { initialMemory } from './memory.js';
import { bookFill } from './position.js';
import type { StepContext } from './step-context.js';
import { supervise } from './supervise.js';

const denied = (ctx: StepContext): void => onNotFound(ctx, LOST, ctx.time);

describe.each(CASES)('an exit that was given up, %s %s', (market, side) => {
  const sign = side === 'long' ? 1 : -1;

  test('is asked for, once, before the position counts as closed', () => {
    const ctx = leaving(market, side);
    supervise(ctx);
    supervise(ctx);
    expect(asked(ctx)).toEqual(['query']);
    denied(ctx);
    supervise(ctx);
    expect(asked(ctx)).toEqual(['query', 'fetch-position-fills']);
    expect(ctx.memory.position).not.toBeNull();
    expect(ctx.memory.netPnl).toBe(0n);
  });

  test('is booked with its own price and commission when it is found', () => {
    const ctx = leaving(market, side);
    supervise(ctx);
    denied(ctx);
    applyPositionFills(ctx, [exitFill(side)]);
    supervise(ctx);
    expect(ctx.memory.position).toBeNull();
    expect(ctx.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
    expect(ctx.memory.dust).toBe(0n);
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
    const ctx = later(second, 35_000);
    supervise(ctx);
    applyPositionFills(ctx, []);
    supervise(ctx);
    expect(ctx.memory.position).toBeNull();
    expect(ctx.memory.netPnl).toBe(decimal(sign > 0 ? '2.9' : '-3.1'));
    expect(ctx.memory.mismatch).toBe(
      '1 of the position are missing without a listed fill: booked as closed externally at the last price 103',
    );
  });

  test('is waited for when the exchange has it and does not list its fills yet', () => {
    const ctx = leaving(market, side);
    supervise(ctx);
    applyReport(ctx, reportOf(side));
    supervise(ctx);
    applyPositionFills(ctx, []);
    expect(asked(ctx)).toEqual(['query', 'fetch-fills']);
    expect(ctx.memory.position?.missing).toBe(0n);
    applyFills(ctx, LOST, [exitFill(side)]);
    supervise(ctx);
    expect(ctx.memory.position).toBeNull();
    expect(ctx.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
  });

  test('is booked when it appears', () => {
    const ctx = leaving(market, side);
    applyReport(ctx, reportOf(side), exitFill(side, { clientOrderId: LOST }));
    supervise(ctx);
    expect(ctx.memory.position).toBeNull();
    expect(ctx.memory.netPnl).toBe(decimal(sign > 0 ? '3.8' : '-4.2'));
    expect(ctx.memory.mismatch).toContain('appeared');
  });
});

test('a remainder below the minimum is dust, and nothing is asked', () => {
  const ctx = leaving('spot', 'long', decimal('0.0004'));
  const most = exitFill('long', { quantity: decimal('0.9996') });
  ctx.memory = {
    ...ctx.memory,
    position: bookFill(ctx.memory.position!, most, PAID_IN_QUOTE),
  };
  ctx.memory = { ...ctx.memory, absentOrders: [] };
  supervise(ctx);
  expect(asked(ctx)).toEqual([]);
  expect(ctx.memory.position).toBeNull();
  expect(ctx.memory.dust).toBe(decimal('0.0004'));
});

test.each([
  ['9', '10', 'the same ms, before the entry: of the position before', 0n],
  ['11', '10', 'the same ms, after the entry: of this one', decimal('1')],
])('a fill %s beside the entry %s of %s', (tradeId, entryId, _, exited) => {
  const ctx = leaving('usdm', 'long');
  ctx.memory = {
    ...ctx.memory,
    position: { ...ctx.memory.position!, firstFillTime: 5_000, tradeIds: [entryId] },
  };
  supervise(ctx);
  denied(ctx);
  applyPositionFills(ctx, [exitFill('long', { tradeId })]);
  expect(ctx.memory.position?.exited).toBe(exited);
});

test('coins that somebody else sold are not booked to the position beyond what it misses', () => {
  const ctx = leaving('spot', 'long');
  const sale = exitFill('long', { quantity: decimal('5') });
  applyPositionFills(ctx, [sale]);
  const late = later(ctx, 30_000);
  applyPositionFills(late, [sale]);
  expect(late.memory.position?.exited).toBe(0n);
  expect(late.memory.position?.missing).toBe(decimal('1'));
});

describe('where five coins of others lie on the account, an order that was given up', () => {
  const shown = (total: string): StepContext => {
    const ctx = leaving('spot', 'long', decimal(total));
    ctx.memory = { ...ctx.memory, foreignBase: decimal('5') };
    return ctx;
  };
  const sent = ({ effects }: StepContext) => effects.some(({ type }) => type === 'place');

  test('is looked for before the next is sent, which leaves when there is no trace of it', () => {
    const ctx = shown('6');
    supervise(ctx);
    denied(ctx);
    supervise(ctx);
    expect(asked(ctx)).toEqual(['query', 'fetch-position-fills']);
    applyPositionFills(ctx, []);
    supervise(ctx);
    expect(asked(ctx).at(-1)).toBe('place');
  });

  test('and was executed leaves nothing to be sold', () => {
    const ctx = shown('5');
    supervise(ctx);
    denied(ctx);
    applyPositionFills(ctx, [exitFill('long')]);
    supervise(ctx);
    expect(sent(ctx)).toBe(false);
    expect(ctx.memory.position).toBeNull();
    expect(ctx.memory.netPnl).toBe(decimal('3.8'));
  });

  test('and was executed without a fill that is listed leaves nothing to be sold either', () => {
    const first = shown('5');
    supervise(first);
    denied(first);
    applyPositionFills(first, []);
    supervise(first);
    const ctx = later(first, 30_000);
    applyPositionFills(ctx, []);
    supervise(ctx);
    expect([sent(first), sent(ctx)]).toEqual([false, false]);
    expect(ctx.memory.position).toBeNull();
    expect(ctx.memory.netPnl).toBe(decimal('2.9'));
    expect(ctx.memory.foreignBase).toBe(decimal('5'));
  });
});

test('an entry that was given up and was executed is taken back and protected', () => {
  const entered = leaving('spot', 'long');
  const id = 'wus-b1-0e-1-1';
  const memory = {
    ...initialMemory(busySettings()),
    ...{ tag: TAG, absentOrders: [id], enteredSignalTime: 0, orderCounter: 1, epoch: 1 },
  };
  const ctx: StepContext = { ...entered, memory, effects: [] };
  const report = reportOf('short', { clientOrderId: id, orderId: '1' });
  applyReport(ctx, report, fillOf('buy', '100', { clientOrderId: id }));
  expect(ctx.memory.position?.entered).toBe(decimal('1'));
  Object.assign(ctx.observed, { accountTime: 20_000, baseTotal: decimal('1') });
  supervise(ctx);
  expect(ctx.memory.order?.role).toBe('stop');
  expect(ctx.memory.mismatch).toContain('appeared');
});
