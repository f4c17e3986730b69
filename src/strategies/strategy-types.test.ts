// The compiler is the test: a line with @ts-expect-error fails when it begins to compile. Nothing of it runs on candles.
import { expectTypeOf, test } from 'vitest';
import type { ManageView } from '../semantics/index.js';
import { defineStrategy } from './define-strategy.js';
import { integer, number } from './parameter-specs.js';
import { series } from './series-specs.js';

const warmUp = 1;

test('types follow from the declaration', () => {
  defineStrategy({
    name: 'Full',
    parameters: {
      period: integer({ default: 14, min: 2, description: 'RSI length' }),
      stop: number({ default: 2, min: 0.5, max: 6, description: 'Stop in ATR' }),
    },
    series: {
      day: series.timeframe('1d'),
      btc: series.symbol('BTCUSDT'),
      mood: series.table('./mood.csv', ['score']),
    },
    history: 2_000,
    warmUp: ({ period }) => period,
    signals({
      candles,
      parameters: { period, stop },
      series: { day, btc, mood },
      indicators,
      symbol,
      timeframe,
    }) {
      expectTypeOf(period).toEqualTypeOf<number>();
      expectTypeOf(mood.score).toEqualTypeOf<Float64Array>();
      expectTypeOf(symbol).toEqualTypeOf<string>();
      expectTypeOf(timeframe).toExtend<string>();
      const rsi = indicators.rsi(candles.close, period);
      const trend = day.align(indicators.ema(day.candles.close, 50));
      const market = btc.align(indicators.sma(btc.candles.close, 200));
      const score = mood.align(mood.score);
      const range = indicators.atr(candles, 14);
      return {
        enter: (i) =>
          rsi[i]! < 30 &&
          candles.close[i]! > trend[i]! &&
          btc.close(i) > market[i]! &&
          score[i]! > 0
            ? 1
            : 0,
        exit: (i) => rsi[i]! > 55 && 'long',
        stopDistance: (i) => stop * range[i]!,
        rank: (i) => -rsi[i]!,
        columns: { lowest: indicators.lowest(candles.low, 22) },
      };
    },
    manage: ({ i, stop }, { lowest }) => {
      expectTypeOf(lowest).toEqualTypeOf<Float64Array>();
      return { stop: Math.max(stop, lowest[i]!) };
    },
  });
});

test('columns, functions and arrays of every kind are allowed', () => {
  defineStrategy({ name: 'A', warmUp, signals: () => () => 1 });
  defineStrategy({ name: 'B', warmUp, signals: ({ candles }) => new Int8Array(candles.length) });
  defineStrategy({ name: 'C', warmUp, signals: () => ({ enter: [1, 0], exit: ['long', false] }) });
  defineStrategy({ name: 'D', warmUp, signals: () => ({ enter: () => 1, exit: () => 3 }) });
  defineStrategy({
    name: 'E',
    warmUp,
    signals: () => ({ enter: () => 1, size: new Float64Array(2), columns: { a: (i) => i } }),
    manage: ({ i, profit }, { a }) => (profit > a[i]! ? { exit: true } : undefined),
  });
  defineStrategy({ name: 'F', warmUp, signals: () => () => 1, manage: () => {} });
});

test('wrong names do not compile', () => {
  const make = (): void => {
    defineStrategy({
      name: 'A',
      series: { day: series.timeframe('1d'), mood: series.table('./a.csv', ['score']) },
      warmUp,
      signals: ({ series: { day, mood }, series: all }) => {
        // @ts-expect-error No such series.
        all.dya;
        // @ts-expect-error No such column.
        mood.scroe;
        // @ts-expect-error No such member.
        day.algin;
        return () => 1;
      },
    });
    defineStrategy({
      name: 'B',
      warmUp,
      // @ts-expect-error No such key.
      signals: () => ({ enter: () => 1, stopDistanc: () => 1 }),
    });
    defineStrategy({
      name: 'C',
      warmUp,
      // @ts-expect-error Entries are missing.
      signals: () => ({ exit: () => 'long' as const }),
    });
    defineStrategy({
      name: 'D',
      warmUp,
      // @ts-expect-error No such side.
      signals: () => ({ enter: () => 1, exit: () => 'lonk' }),
    });
    defineStrategy({
      name: 'E',
      warmUp,
      signals: () => ({ enter: () => 1, columns: { lowest: new Float64Array(1) } }),
      // @ts-expect-error No such column.
      manage: (view: ManageView, { lowset }) => ({ stop: lowset[view.i] as number }),
    });
    defineStrategy({
      name: 'F',
      warmUp,
      signals: () => () => 1,
      // @ts-expect-error No such level.
      manage: ({ stop }) => ({ stop, tagret: 1 }),
    });
    defineStrategy({
      name: 'G',
      parameters: { period: integer({ default: 1, description: '' }) },
      warmUp,
      signals: ({ parameters }) => {
        // @ts-expect-error No such parameter.
        const { peroid } = parameters;
        return () => peroid as number;
      },
    });
    defineStrategy({
      name: 'H',
      warmUp,
      signals: () => () => 1,
      // @ts-expect-error No such key of a definition.
      warmup: 3,
    });
    defineStrategy({
      name: 'I',
      warmUp,
      // @ts-expect-error A series is made by series.timeframe(), series.symbol() or series.table().
      series: { day: '1d' },
      signals: () => () => 1,
    });
    // @ts-expect-error Columns that do not exist.
    series.table('./a.csv', 'score');
  };
  expectTypeOf(make).toBeFunction();
});
