import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { BotEvent } from './events.js';
import { exitFill, LOST, leaving, reportOf, rulesOf } from './leaving-turn.contract.js';
import { sendingOrder } from './order.js';
import type { QuantityOrder } from './risk.js';
import { step } from './step.js';

/** A bot of BTCUSDT with an exit in flight; what the exchange tells bears the id of that exit. */
function exiting(market: 'spot' | 'usdm') {
  const { memory, observed, candles, context } = leaving(market, 'long', decimal('1'));
  const order = {
    ...{ type: 'market', symbol: 'BTCUSDT', side: 'sell', clientOrderId: LOST },
    quantity: decimal('1'),
  } as QuantityOrder;
  const sent = sendingOrder({ leg: 'exit', order }, 9_000);
  const state = { memory: { ...memory, absentOrders: [], order: sent }, observed, candles };
  return { state, context };
}

const report = (symbol: string) =>
  reportOf('long', { symbol, fills: [exitFill('long', { symbol, clientOrderId: LOST })] });
const events: readonly [string, (symbol: string) => BotEvent][] = [
  ['an event', (symbol) => ({ type: 'order', time: 10_000, report: report(symbol) })],
  [
    'an event with its fill',
    (symbol) => ({
      ...{ type: 'order', time: 10_000 },
      report: { ...report(symbol), fills: [] },
      fill: exitFill('long', { symbol, clientOrderId: LOST }),
    }),
  ],
  [
    'an answer',
    (symbol) => ({
      ...{ type: 'query-answer', time: 10_000, askedTime: 9_500, clientOrderId: LOST },
      report: report(symbol),
    }),
  ],
  [
    'a list of fills',
    (symbol) => ({
      ...{ type: 'fills', time: 10_000, clientOrderId: LOST },
      fills: [exitFill('long', { symbol, clientOrderId: LOST })],
    }),
  ],
  [
    'a liquidation',
    (symbol) => ({
      ...{ type: 'order', time: 10_000 },
      report: { ...report(symbol), clientOrderId: 'autoclose-1', forced: 'liquidation' },
    }),
  ],
];

describe.each(['spot', 'usdm'] as const)('of another symbol on %s', (market) => {
  test.each(events)('%s changes nothing', (_, eventOf) => {
    const { state, context } = exiting(market);
    const nothing = step(state, { type: 'timer', time: 10_000 }, context);
    const { memory } = step(state, eventOf('BTCUSDC'), context).state;
    expect(memory.position).toEqual(nothing.state.memory.position);
    expect(memory.order).toEqual(nothing.state.memory.order);
    expect(memory.mismatch).toBeNull();
  });

  test.each(events)('%s of the own symbol does', (_, eventOf) => {
    const { state, context } = exiting(market);
    const nothing = step(state, { type: 'timer', time: 10_000 }, context);
    const { memory } = step(state, eventOf('BTCUSDT'), context).state;
    expect(memory.position).not.toEqual(nothing.state.memory.position);
  });

  test('an open order with the own name is left alone', () => {
    const { state, context } = exiting(market);
    const listed = reportOf('long', {
      symbol: 'BTCUSDC',
      clientOrderId: 'wus-b1-0s-1-1',
      status: 'new',
    });
    const { effects } = step(
      { ...state, memory: { ...state.memory, order: null, position: null } },
      {
        ...{ type: 'account', time: 60_000, askedTime: 59_000, balances: [], positions: [] },
        openOrders: [{ ...listed, executedQuantity: 0n }],
        rules: rulesOf(market),
      },
      context,
    );
    expect(effects.filter(({ type }) => type === 'cancel')).toEqual([]);
  });
});
