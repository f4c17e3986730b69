import { describe, expect, test } from 'vitest';
import {
  type CandleSeries,
  candleRange,
  higherCandles,
  syntheticCandles,
} from '../candles/index.js';
import { checkHistory } from './check-history.js';
import { checkStrategy } from './check-strategy.js';
import { defineStrategy } from './define-strategy.js';
import type { SeriesSources } from './series-sources.js';
import { type SeriesOf, type SeriesSpecs, series } from './series-specs.js';
import type { Strategy } from './strategy.js';

const HOUR = 3_600_000;
const eth = syntheticCandles({ length: 1_500, timeframe: '1h', seed: 1, symbol: 'ETHUSDT' });
const btcWhole = syntheticCandles({ length: 1_500, timeframe: '1h', seed: 2, symbol: 'BTCUSDT' });
/** Holes of its own; ETH has candles there. */
const btc = without(btcWhole, 700, 705);
const scores = {
  time: Float64Array.from({ length: 60 }, (_, j) => eth.openTime[25 * j]! + 1),
  columns: { score: Float64Array.from({ length: 60 }, (_, j) => Math.sin(j)) },
};
const SOURCES: SeriesSources = {
  firstTime: eth.openTime[0]!,
  byName: {
    btc: { kind: 'candles', candles: btc },
    btc4: { kind: 'candles', candles: btc },
    mood: { kind: 'table', table: scores },
  },
};
const SPECS = {
  day: series.timeframe('1d'),
  btc: series.symbol('BTCUSDT'),
  btc4: series.symbol('BTCUSDT', '4h'),
  mood: series.table('./mood.csv', ['score']),
};

function without(candles: CandleSeries, from: number, to: number): CandleSeries {
  const kept = candles.openTime.map((_, i) => i).filter((i) => i < from || i >= to);
  const column = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!);
  const { openTime, open, high, low, close, volume } = candles;
  const columns = { openTime, open, high, low, close, volume };
  const cut = Object.entries(columns).map(([name, values]) => [name, column(values)]);
  return { ...candles, ...(Object.fromEntries(cut) as typeof columns), length: kept.length };
}

/** Runs a function in the context of a strategy. */
function inContext<Result>(
  read: (all: SeriesOf<typeof SPECS>) => Result,
  candles: CandleSeries = eth,
): Result {
  let result: Result | undefined;
  const strategy = defineStrategy({
    name: 'X',
    series: SPECS,
    warmUp: 0,
    signals: (context) => {
      result = read(context.series);
      return () => 0;
    },
  });
  strategy.withSeries!(SOURCES).signals(candles, {});
  return result!;
}

describe('series at the closes of the run (S-60, S-61)', () => {
  test('are the last elements that are complete then, NaN before the first', () => {
    const { day, four, row, close } = inContext(({ day: d, btc4, mood, btc: b }) => ({
      day: d.align(d.candles.close),
      four: btc4.align(btc4.candles.high),
      row: mood.align(mood.score),
      close: eth.openTime.map((_, i) => b.close(i)),
    }));
    const days = higherCandles(eth, 24 * HOUR);
    const fours = higherCandles(btc, 4 * HOUR);
    const last = (known: (j: number) => number, count: number, end: number): number => {
      let j = -1;
      while (j + 1 < count && known(j + 1) <= end) j++;
      return j;
    };
    for (let i = 0; i < eth.length; i++) {
      const end = eth.openTime[i]! + HOUR;
      const at = (values: Float64Array, j: number): number => (j < 0 ? Number.NaN : values[j]!);
      const d = last((j) => days.openTime[j]! + 24 * HOUR, days.length, end);
      const f = last((j) => fours.openTime[j]! + 4 * HOUR, fours.length, end);
      const b = last((j) => btc.openTime[j]! + HOUR, btc.length, end);
      const r = last((j) => scores.time[j]!, scores.time.length, end);
      expect([day[i], four[i], row[i], close[i]], `candle ${i}`).toEqual([
        at(days.close, d),
        at(fours.high, f),
        at(scores.columns.score, r),
        at(btc.close, b),
      ]);
    }
  });

  test('of the timeframe of the run are its candles, and pass the check', () => {
    const strategy = defineStrategy({
      name: 'X',
      series: { same: series.timeframe('1h') },
      warmUp: 1,
      signals: ({ series: { same } }) => {
        const close = same.align(same.candles.close);
        return (i) => Math.sign(close[i]! - close[i - 1]!);
      },
    });
    const expected = eth.close.map((close, i) =>
      i < 1 ? 0 : Math.sign(close - eth.close[i - 1]!),
    );
    expect([...strategy.signals(eth, {})]).toEqual([...expected]);
    expect(checkStrategy(strategy, {}, eth).cuts).toBeGreaterThan(0);
  });

  test('hold nothing that is not known at the last close', () => {
    const early = candleRange(eth, 0, 100);
    const lengths = inContext(
      ({ day, btc: b, mood }) => [day.candles.length, b.candles.length, mood.score.length],
      early,
    );
    const end = early.openTime[99]! + HOUR;
    const known = btc.openTime.filter((time) => time + HOUR <= end).length;
    const rows = scores.time.filter((time) => time <= end).length;
    expect(lengths).toEqual([Math.floor((end - eth.openTime[0]!) / (24 * HOUR)), known, rows]);
  });

  test('in a window of the history begin with it, in the whole history before it', () => {
    const later = candleRange(eth, 200, 400);
    const countIn = (firstTime: number): number => {
      let count = 0;
      const strategy = defineStrategy({
        name: 'X',
        series: { btc: series.symbol('BTCUSDT') },
        warmUp: 0,
        signals: (context) => {
          count = context.series.btc.candles.length;
          return () => 0;
        },
      });
      strategy.withSeries!({ ...SOURCES, firstTime }).signals(later, {});
      return count;
    };
    const [first, last] = [later.openTime[0]!, later.openTime.at(-1)!];
    const known = btc.openTime.filter((time) => time <= last);
    expect(countIn(eth.openTime[0]!)).toBe(known.filter((time) => time >= first).length);
    expect(countIn(first)).toBe(known.length);
  });

  test.each<
    [(all: Record<string, Record<string, (column: unknown) => unknown>>) => unknown, string]
  >([
    [
      (all) => all.dya,
      'Strategy "X": series has no "dya" (did you mean "day"?); there is day, btc, btc4, mood',
    ],
    [
      (all) => all.mood!.scroe,
      'Strategy "X": series.mood has no "scroe" (did you mean "score"?); there is score, time, align',
    ],
    [(all) => all.day!.algin, 'series.day has no "algin" (did you mean "align"?)'],
    [
      (all) => all.day!.align!([1, 2]),
      'series.day.align() needs a column with one value for each of its 62 elements: it has 2; compute it from Strategy "X": series.day.candles',
    ],
  ])('a wrong name or column is told: %s', (read, message) => {
    expect(() => inContext(read as never)).toThrow(message);
  });

  test('without data, or with a timeframe that does not fit, they are refused', () => {
    const run = (specs: SeriesSpecs): void => {
      defineStrategy({ name: 'X', series: specs, warmUp: 0, signals: () => () => 0 }).signals(
        eth,
        {},
      );
    };
    expect(() => run({ btc: series.symbol('BTCUSDT') })).toThrow('series.btc has no data');
    expect(() => run({ short: series.timeframe('15m') })).toThrow(
      'cannot be built from candles of',
    );
    expect(() => run({ odd: series.timeframe('7h') })).toThrow('must divide a day');
  });
});

const strategyOf = (signals: (all: SeriesOf<typeof SPECS>) => (i: number) => number): Strategy =>
  defineStrategy({
    name: 'X',
    series: SPECS,
    history: 500,
    warmUp: 60,
    signals: (context) => signals(context.series),
  }).withSeries!(SOURCES);
const check = (strategy: Strategy) => checkStrategy(strategy, {}, eth);

describe('the check for look-ahead', () => {
  test('passes a strategy that aligns', () => {
    const strategy = strategyOf(({ day, btc: b, btc4, mood }) => {
      const trend = day.align(day.candles.close);
      const score = mood.align(mood.score);
      const four = btc4.align(btc4.candles.close);
      return (i) =>
        eth.close[0]! > 0 && b.close(i) > four[i]! && score[i]! > -0.5 && b.close(i) !== trend[i]
          ? 1
          : -1;
    });
    expect(check(strategy).cutCandles).toBeGreaterThan(28);
    expect(checkHistory(strategy, {}, eth).differing).toBe(0);
  });

  test.each<[string, (all: SeriesOf<typeof SPECS>) => (i: number) => number]>([
    [
      'the next candle of another symbol',
      ({ btc: b }) =>
        (i) =>
          Math.sign(b.close(i + 1) - b.close(i)) || 0,
    ],
    [
      'the forming candle of the day',
      ({ day }) =>
        (i) => {
          const j = day.candles.openTime.findLastIndex((time) => time <= eth.openTime[i]!);
          return (day.candles.close[j] ?? 0) > eth.open[0]! ? 1 : -1;
        },
    ],
    [
      'the row that comes next',
      ({ mood }) =>
        (i) => {
          const j = mood.time.findIndex((time) => time > eth.openTime[i]! + HOUR);
          return (mood.score[j] ?? 0) > 0 ? 1 : -1;
        },
    ],
    [
      'the last value of all',
      ({ btc4 }) => {
        const last = btc4.candles.close.at(-1)!;
        return () => (last > 100 && Math.floor(last) % 2 === 0 ? 1 : -1);
      },
    ],
  ])('refuses one that reads %s', (_, signals) => {
    expect(() => check(strategyOf(signals))).toThrow('looks ahead: its signal at');
  });

  test('refuses one that writes to a series', () => {
    const strategy = strategyOf(({ btc: b }) => {
      b.candles.close[3] = 1;
      return () => 0;
    });
    expect(() => check(strategy)).toThrow('modifies its input series (btc)');
  });
});
