import { describe, expect, expectTypeOf, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { UsageError } from '../domain/index.js';
import { defineStrategy } from './define-strategy.js';
import { boolean, choice, integer, number } from './parameter-specs.js';
import { resolveParameters } from './resolve-parameters.js';
import { trendFilterOptions } from './trend-filter-parameters.js';

const candles = candleSeriesFromRows(
  { symbol: 'X', market: 'spot', timeframe: '1h' },
  [1, 2, 3, 2].map((close, i) => [i, close, close, close, close, 1]),
);
const text = 'For the test';

describe('defineStrategy()', () => {
  test('runs are as good as a column, and must be the runs of one', () => {
    const given = (starts: number[], values: number[], count = values.length) =>
      defineStrategy({
        name: 'Runs',
        warmUp: 0,
        signals: () => ({
          length: 4,
          count,
          starts: Int32Array.from(starts),
          values: Int8Array.from(values),
        }),
      });
    const parameters = resolveParameters(given([0, 4], [0]), {});
    const good = given([0, 1, 3, 4], [0, 1, -1]);
    expect([...good.signals(candles, parameters)]).toEqual([0, 1, 1, -1]);
    expect(good.signalRuns?.(candles, parameters)).toMatchObject({ length: 4, count: 3 });
    for (const bad of [
      given([0, 1, 3, 5], [0, 1, -1]),
      given([1, 3, 4], [0, 1]),
      given([0, 3, 1, 4], [0, 1, -1]),
      given([0, 1, 4], [0, 2]),
      given([0, 1, 4], [1, 1]),
      given([0, 1, 4], [0, 1], 3),
      given([0], []),
    ]) {
      expect(() => bad.signals(candles, parameters)).toThrow(
        'Strategy "Runs": its runs do not describe a column of 4 signals',
      );
    }
  });

  test('hands typed parameters, candles and indicators to the signals', () => {
    const strategy = defineStrategy({
      name: 'Typed',
      parameters: {
        period: integer({ default: 2, min: 1, description: text }),
        limit: number({ default: null, description: text }),
        level: number({ default: 1.5, nullable: true, description: text }),
        kind: choice({ choices: ['a', 'b'], default: 'b', description: text }),
        on: boolean({ default: true, description: text }),
      },
      warmUp: ({ period }) => period - 1,
      signals({ candles: { close }, parameters, indicators }) {
        expectTypeOf(parameters.period).toEqualTypeOf<number>();
        expectTypeOf(parameters.limit).toEqualTypeOf<number | null>();
        expectTypeOf(parameters.level).toEqualTypeOf<number | null>();
        expectTypeOf(parameters.kind).toEqualTypeOf<'a' | 'b'>();
        expectTypeOf(parameters.on).toEqualTypeOf<boolean>();
        const average = indicators.sma(close, parameters.period);
        return (i) => indicators.compare(close[i], average[i]);
      },
    });
    const parameters = resolveParameters(strategy);
    expect([...strategy.signals(candles, parameters)]).toEqual([0, 1, 1, -1]);
    expect(strategy.shortName).toBe('Typed');
    expect(strategy.plots(candles, parameters)).toEqual([]);
    expect(strategy.findConflict(parameters)).toBeUndefined();
    expect(Object.keys(strategy.parameters).slice(-2)).toEqual([
      'trend_filter_period',
      'trend_filter_use_ema',
    ]);
  });

  test('undefined signals are neutral (S-02), and a function is not asked inside the warm-up', () => {
    const asked: number[] = [];
    const strategy = defineStrategy({
      name: 'Undefined',
      warmUp: 2,
      signals: () => (i) => {
        asked.push(i);
        return Number.NaN;
      },
    });
    expect([...strategy.signals(candles, resolveParameters(strategy))]).toEqual([0, 0, 0, 0]);
    expect(asked).toEqual([2, 3]);
  });

  const good = { name: 'Good', warmUp: 0, signals: () => () => 0 } as const;
  test.each<[string, object, string]>([
    ['a name with a slash', { name: 'a/b' }, 'Strategy name "a/b": use letters, digits'],
    ['an empty name', { name: '' }, 'Strategy name ""'],
    ['a hidden name', { name: '.x' }, 'Strategy name ".x"'],
    ['a long name', { name: 'x'.repeat(81) }, 'at most 80'],
    ['no name', { name: undefined }, 'Strategy name undefined'],
    ['a bad short name', { shortName: 'a b' }, 'Strategy name "a b"'],
    ['no signals', { signals: undefined }, 'Strategy "Good": signals must be a function'],
    ['no warm-up', { warmUp: undefined }, 'Strategy "Good": warmUp must be a number of candles'],
    [
      'a camelCase parameter',
      { parameters: { fastPeriod: integer({ default: 1, description: text }) } },
      'parameter name "fastPeriod" must be snake_case',
    ],
    [
      'a parameter of the trend filter',
      { parameters: { trend_filter_period: integer({ default: 1, description: text }) } },
      '"trend_filter_period" is reserved for a filter or a stop',
    ],
    [
      'a parameter of a stop',
      { parameters: { stop_loss_pct: number({ default: 1, description: text }) } },
      '"stop_loss_pct" is reserved for a filter or a stop',
    ],
    [
      'a default out of range',
      { parameters: { a: integer({ default: 0, min: 1, description: text }) } },
      'the default of a must be an integer >= 1: current value is 0',
    ],
    [
      'a switch that does not exist',
      { parameters: { a: integer({ default: 1, dependsOn: 'b', description: text }) } },
      'a depends on "b", which is not a parameter',
    ],
  ])('refuses %s', (_, change, message) => {
    const define = () => defineStrategy({ ...good, ...change });
    expect(define).toThrow(UsageError);
    expect(define).toThrow(message);
  });

  test.each([[-1], [1.5], [Number.NaN]])('refuses a warm-up of %d', (warmUp) => {
    const strategy = defineStrategy({ ...good, warmUp });
    expect(() => strategy.signals(candles, resolveParameters(strategy))).toThrow(
      `Strategy "Good": warmUp must be an integer >= 0: current value is ${warmUp}`,
    );
  });
});

describe('trendFilterOptions()', () => {
  const strategy = defineStrategy({ name: 'Any', warmUp: 0, signals: () => () => 0 });
  test.each([
    [{}, undefined],
    [{ trend_filter_use_ema: false }, undefined],
    [{ trend_filter_period: 50 }, { period: 50, useEma: true }],
    [
      { trend_filter_period: 50, trend_filter_use_ema: false },
      { period: 50, useEma: false },
    ],
  ])('%j', (given, expected) => {
    expect(trendFilterOptions(resolveParameters(strategy, given))).toEqual(expected);
  });
});
