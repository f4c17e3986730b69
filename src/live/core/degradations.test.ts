import { describe, expect, test } from 'vitest';
import type { Degradation, DegradationReason } from './degradation.js';
import { noteDegradation } from './degradations.js';
import { leaving } from './leaving-turn.contract.js';
import { timeframeOf } from './turn.js';

type Past = Degradation & { readonly toTime: number };

/** Stretches as `reason from to`, in s, and the length of a candle as `c`. */
function noted(...stretches: readonly [DegradationReason, number, number][]): string[] {
  const turn = leaving('spot', 'long');
  for (const [reason, from, to] of stretches) {
    const past: Past = { reason, fromTime: from * 1_000, toTime: to * 1_000 };
    noteDegradation(turn, past);
  }
  return turn.memory.degradations.map(
    ({ reason, fromTime, toTime }) => `${reason} ${fromTime / 1_000} ${Number(toTime) / 1_000}`,
  );
}

describe('stretches in which a bot was hindered', () => {
  const candle = timeframeOf(leaving('spot', 'long')).lengthMs / 1_000;

  test.each<[string, [DegradationReason, number, number][], string[]]>([
    [
      'candles in a row that were late are one',
      [
        ['candles-late', 0, 20],
        ['candles-late', candle, candle + 30],
        ['candles-late', 2 * candle, 2 * candle + 20],
      ],
      [`candles-late 0 ${2 * candle + 20}`],
    ],
    [
      'whatever else hindered meanwhile',
      [
        ['candles-late', 0, 20],
        ['order-slow', 5, 40],
        ['candles-late', candle, candle + 30],
      ],
      ['order-slow 5 40', `candles-late 0 ${candle + 30}`],
    ],
    [
      'with a candle in time between them they are two',
      [
        ['candles-late', 0, 20],
        ['candles-late', 2 * candle, 2 * candle + 20],
      ],
      ['candles-late 0 20', `candles-late ${2 * candle} ${2 * candle + 20}`],
    ],
    [
      'orders are one only where they touch',
      [
        ['order-slow', 0, 20],
        ['order-slow', 20, 30],
        ['order-slow', 31, 40],
      ],
      ['order-slow 0 30', 'order-slow 31 40'],
    ],
  ])('%s', (_, stretches, expected) => {
    expect(noted(...stretches)).toEqual(expected);
  });

  test('of very many the newest are kept', () => {
    const many = Array.from({ length: 300 }, (_, i): [DegradationReason, number, number] => [
      'order-slow',
      10 * i,
      10 * i + 1,
    ]);
    expect(noted(...many)).toHaveLength(200);
    expect(noted(...many).at(-1)).toBe('order-slow 2990 2991');
  });
});
