import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { fromJournalText, initialMemory, mustBeWritten, toJournalText } from './memory.js';
import { polledOrder, sendingOrder } from './order.js';

describe('toJournalText()', () => {
  test.each([
    [null, 'null'],
    [true, 'true'],
    [-0.5, '-0.5'],
    [-0, '0'],
    [1e21, '1e+21'],
    [Number.NaN, '{"$number":"NaN"}'],
    [decimal('-0.00001'), '{"$decimal":"-0.00001"}'],
    [decimal('120'), '{"$decimal":"120"}'],
    ['a "quoted"\nline', '"a \\"quoted\\"\\nline"'],
    [[], '[]'],
    [['a', 'b'], '["a","b"]'],
    [[1, 'a', null, [2n]], '[1,"a",null,[{"$decimal":"0.00000002"}]]'],
    [{}, '{}'],
    [{ a: undefined, 'b"': { c: 1 }, d: null }, '{"b\\"":{"c":1},"d":null}'],
  ])('writes %o on one line', (value, text) => {
    expect(toJournalText(value)).toBe(text);
  });

  test('is read back as it was', () => {
    const memory = { ...initialMemory(busySettings()), dust: decimal('0.1'), retryTime: 12 };
    expect(fromJournalText(toJournalText(memory))).toEqual(memory);
  });
});

describe('mustBeWritten()', () => {
  const request = {
    type: 'market',
    symbol: 'BTCUSDT',
    side: 'buy',
    quantity: decimal('1'),
    clientOrderId: 'wus-b1-1e-1-1',
  } as const;
  const none = initialMemory(busySettings());
  const order = sendingOrder({ leg: 'entry', order: request }, 1_000);
  const sent = { ...none, order };
  test.each([
    ['nothing', sent, sent, false],
    [
      'nothing but when to ask again',
      sent,
      { ...sent, order: polledOrder(order, 2_000, 20_000) },
      false,
    ],
    [
      'nothing but when to ask for another again',
      { ...sent, others: [order] },
      { ...sent, others: [polledOrder(order, 2_000, 20_000)] },
      false,
    ],
    ['another order', sent, { ...sent, others: [order] }, true],
    [
      'the phase of another order',
      { ...sent, others: [order] },
      { ...sent, others: [{ ...order, phase: 'open' }] },
      true,
    ],
    ['a new order', none, sent, true],
    ['an order that is done with', sent, none, true],
    ['the phase of the order', sent, { ...sent, order: { ...order, phase: 'open' } }, true],
    [
      'anything else',
      sent,
      { ...sent, order: polledOrder(order, 2_000, 20_000), retryTime: 5 },
      true,
    ],
  ] as const)('after a change of %s', (_, before, after, expected) => {
    expect(mustBeWritten(before, after)).toBe(expected);
  });
});
