import { describe, expect, test } from 'vitest';
import type { Timeframe } from '../domain/index.js';
import { candleSeriesFromRows } from './candle-series.js';
import { findCandleProblems, findOtherTimeframe, inferTimeframe } from './validate.js';

const T0 = Date.UTC(2022, 0, 3);
const M = 60_000;
const problems = (rows: number[][], timeframe: Timeframe = '1m', hasVolume = true): string[] => {
  const columns = candleSeriesFromRows({ symbol: 'X', market: 'spot', timeframe }, rows);
  return findCandleProblems(columns, timeframe, { hasVolume }).first.map(
    ({ row, message }) => `${row}: ${message}`,
  );
};
const fine = (time: number): number[] => [time, 2, 3, 1, 2, 5];

describe('findCandleProblems()', () => {
  test('accepts sound candles, gaps, zero volume and weeks from Monday', () => {
    expect(
      problems([fine(T0), fine(T0 + M), fine(T0 + 5 * M), [T0 + 6 * M, 1, 1, 1, 1, 0]]),
    ).toEqual([]);
    expect(problems([fine(T0), fine(T0 + 7 * 1440 * M)], '1w')).toEqual([]);
  });

  test.each<[string, number[][], string]>([
    [
      'order',
      [fine(T0 + M), fine(T0)],
      `1: open_time ${T0} (2022-01-03 00:00) comes after the later ${T0 + M} (2022-01-03 00:01)`,
    ],
    ['duplicates', [fine(T0), fine(T0)], `1: open_time ${T0} (2022-01-03 00:00) appears twice`],
    [
      'misaligned times',
      [fine(T0), fine(T0 + M + 1)],
      `1: open_time ${T0 + M + 1} (2022-01-03 00:01:00.001) is not the open time of a 1m candle`,
    ],
    [
      'a misaligned first time',
      [fine(T0 + 1)],
      `0: open_time ${T0 + 1} (2022-01-03 00:00:00.001) is not the open time of a 1m candle`,
    ],
    [
      'a misread unit',
      [fine(8e13)],
      '0: open_time 80000000000000 is not between 1970 and 2100 (ms or µs UTC)',
    ],
    [
      'a negative time',
      [fine(-M)],
      '0: open_time -60000 is not between 1970 and 2100 (ms or µs UTC)',
    ],
    ['high below low', [[T0, 2, 1, 3, 2, 5]], '0: high 1 is below low 3'],
    ['high below open', [[T0, 4, 3, 1, 2, 5]], '0: high 3 is below open 4'],
    ['high below close', [[T0, 2, 3, 1, 4, 5]], '0: high 3 is below close 4'],
    ['low above open', [[T0, 1, 3, 2, 3, 5]], '0: low 2 is above open 1'],
    ['low above close', [[T0, 2, 3, 2, 1, 5]], '0: low 2 is above close 1'],
    ['NaN', [[T0, 2, 3, 1, Number.NaN, 5]], '0: close NaN is not a price above zero'],
    ['zero', [[T0, 2, 3, 0, 2, 5]], '0: low 0 is not a price above zero'],
    ['negative', [[T0, -2, 3, -2, 2, 5]], '0: open -2 is not a price above zero'],
    [
      'infinite',
      [[T0, 2, Number.POSITIVE_INFINITY, 1, 2, 5]],
      '0: high Infinity is not a price above zero',
    ],
    ['negative volume', [[T0, 2, 3, 1, 2, -1]], '0: volume -1 is not a quantity >= 0'],
    ['unknown volume', [[T0, 2, 3, 1, 2, Number.NaN]], '0: volume NaN is not a quantity >= 0'],
  ])('finds %s', (_, rows, message) => {
    expect(problems(rows)).toEqual([message]);
  });

  test('allows unknown volume when there is no volume column', () => {
    expect(problems([[T0, 2, 3, 1, 2, Number.NaN]], '1m', false)).toEqual([]);
  });

  test('counts all problems and describes the first', () => {
    const rows = Array.from({ length: 50 }, (_, i) => [T0 + i * M, 2, 3, 0, 2, 5]);
    const columns = candleSeriesFromRows({ symbol: 'X', market: 'spot', timeframe: '1m' }, rows);
    const found = findCandleProblems(columns, '1m', { limit: 3 });
    expect(found.count).toBe(50);
    expect(found.first.map(({ row }) => row)).toEqual([0, 1, 2]);
  });

  test('takes three-day candles from any day, three days apart', () => {
    const day = 1440 * M;
    expect(problems([fine(T0), fine(T0 + 3 * day), fine(T0 + 9 * day)], '3d')).toEqual([]);
    expect(problems([fine(T0 + day), fine(T0 + 4 * day)], '3d')).toEqual([]);
    expect(problems([fine(T0), fine(T0 + 4 * day)], '3d')).toHaveLength(1);
  });
});

describe('inferTimeframe() and findOtherTimeframe()', () => {
  const times = (...minutes: number[]): Float64Array =>
    Float64Array.from(minutes, (minute) => T0 + minute * M);

  test('tell the distance of most candles', () => {
    expect(inferTimeframe(times(0, 15, 30, 60, 75))).toBe('15m');
    expect(inferTimeframe(times(0, 7, 14))).toBeUndefined();
    expect(inferTimeframe(times(0))).toBeUndefined();
  });

  test('tell another timeframe than the expected one', () => {
    expect(findOtherTimeframe(times(0, 15, 30), '1h')).toBe('15m');
    expect(findOtherTimeframe(times(0, 240, 480), '1h')).toBe('4h');
    expect(findOtherTimeframe(times(0, 60, 120, 600), '1h')).toBeUndefined();
    expect(findOtherTimeframe(times(0, 240), '1h')).toBeUndefined();
  });
});
