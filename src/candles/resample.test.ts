import { describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { candleSeriesFromRows } from './candle-series.js';
import { resample } from './resample.js';

const MONDAY = Date.UTC(2022, 0, 3);
const M = 60_000;
const series = (rows: number[][]) =>
  candleSeriesFromRows({ symbol: 'X', market: 'spot', timeframe: '1m' }, rows);
const minute = (n: number, price = n + 1, volume = 0.1): number[] => [
  MONDAY + n * M,
  price,
  price + 2,
  price - 0.5,
  price + 1,
  volume,
];
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

describe('resample()', () => {
  test('takes the first open, the extremes, the last close and the exact sum', () => {
    const { columns, ...rest } = resample(series(range(0, 6).map((n) => minute(n))), '1m', '3m');
    expect([...columns.openTime]).toEqual([MONDAY, MONDAY + 3 * M]);
    expect([...columns.open]).toEqual([1, 4]);
    expect([...columns.high]).toEqual([5, 8]);
    expect([...columns.low]).toEqual([0.5, 3.5]);
    expect([...columns.close]).toEqual([4, 7]);
    expect([...columns.volume]).toEqual([0.3, 0.3]); // 0.1 + 0.1 + 0.1 in doubles is 0.30000000000000004
    expect(rest).toEqual({
      extras: {},
      droppedFirst: false,
      droppedLast: false,
      missing: 0,
      incomplete: 0,
    });
  });

  test('drops a first and a last candle that the data do not cover', () => {
    const built = resample(series(range(1, 8).map((n) => minute(n))), '1m', '3m');
    expect([...built.columns.openTime]).toEqual([MONDAY + 3 * M]);
    expect([built.droppedFirst, built.droppedLast]).toEqual([true, true]);
  });

  test('builds from the minutes present, counts missing ones and leaves absent candles absent', () => {
    const present = [0, 1, 2, 3, 5, 9, 11];
    const built = resample(series(present.map((n) => minute(n))), '1m', '3m');
    expect([...built.columns.openTime]).toEqual([0, 3, 9].map((n) => MONDAY + n * M));
    expect([...built.columns.close]).toEqual([4, 7, 13]);
    expect([built.missing, built.incomplete]).toEqual([2, 2]);
  });

  test('gives nothing when the data do not cover a single candle', () => {
    const built = resample(series([minute(1)]), '1m', '1h');
    expect([built.columns.length, built.droppedFirst]).toEqual([0, true]);
    expect(resample(series([]), '1m', '1h').columns.length).toBe(0);
  });

  test('opens weeks on Monday', () => {
    const days = range(-2, 9).map((day) => [MONDAY + day * 1440 * M, 1, 1, 1, 1, 1]);
    const source = candleSeriesFromRows({ symbol: 'X', market: 'spot', timeframe: '1d' }, days);
    expect([...resample(source, '1d', '1w').columns.openTime]).toEqual([MONDAY]);
  });

  test('sums the extra columns and keeps the last close time', () => {
    const source = series(range(0, 3).map((n) => minute(n)));
    const { extras } = resample(source, '1m', '3m', {
      close_time: source.openTime.map((time) => time + 59_999),
      count: Float64Array.of(1, 2, 3),
      quote_volume: Float64Array.of(71234567.1234567, 1e-8, 0.2),
    });
    expect([...extras.close_time!]).toEqual([MONDAY + 3 * M - 1]);
    expect([...extras.count!]).toEqual([6]);
    expect([...extras.quote_volume!]).toEqual([Number('71234567.32345671')]);
  });

  test('sums values with more than eight decimals without rounding them away', () => {
    const tiny = series([minute(0, 1, 1e-12), minute(1, 1, 2e-12), minute(2, 1, 4e-12)]);
    expect(resample(tiny, '1m', '3m').columns.volume[0]).toBeCloseTo(7e-12, 24);
  });

  test.each([
    ['1h', '1m'],
    ['1h', '1h'],
    ['3m', '5m'],
  ] as const)('refuses %s to %s', (from, to) => {
    expect(() => resample(series([]), from, to)).toThrow(UsageError);
  });
});
