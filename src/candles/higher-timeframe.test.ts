import { describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { alignToCloses, requireAscendingRows } from './align.js';
import { candleSeriesFromRows } from './candle-series.js';
import { higherCandles, higherTimeframeMs } from './higher-timeframe.js';

const HOUR = 3_600_000;
const MIDNIGHT = Date.UTC(2024, 0, 1);

function hours(...present: number[]) {
  const rows = present.map((hour) => [
    MIDNIGHT + hour * HOUR,
    hour,
    hour + 0.5,
    hour - 0.5,
    hour,
    1,
  ]);
  return candleSeriesFromRows({ symbol: 'X', market: 'spot', timeframe: '1h' }, rows);
}

describe('S-61 higher timeframes', () => {
  test.each([
    ['4h', 4],
    ['3h', 3],
    ['480m', 8],
    ['1d', 24],
    ['24h', 24],
    ['1w', 168],
    ['1h', 1],
  ])('higherTimeframeMs(%s) is %d hours', (text, count) => {
    expect(higherTimeframeMs(text, HOUR)).toBe(count * HOUR);
  });

  test.each([
    ['5h', 'must divide a day'],
    ['3d', 'must divide a day'],
    ['1M', 'must divide a day'],
    ['0h', 'must divide a day'],
    ['hour', 'must divide a day'],
    ['30m', 'cannot be built from candles of 60 minutes'],
    ['90m', 'cannot be built from candles of 60 minutes'],
  ])('higherTimeframeMs(%s) says: %s', (text, message) => {
    expect(() => higherTimeframeMs(text, HOUR)).toThrow(UsageError);
    expect(() => higherTimeframeMs(text, HOUR)).toThrow(message);
  });

  test('the bucket in which the history begins counts only with its first candle', () => {
    expect([...higherCandles(hours(0, 1, 2, 3, 4), 4 * HOUR).open]).toEqual([0, 4]);
    expect([...higherCandles(hours(1, 2, 3, 4, 5), 4 * HOUR).open]).toEqual([4]);
    expect(higherCandles(hours(), 4 * HOUR)).toHaveLength(0);
  });

  test('a bucket without candles does not exist, one with a hole is built from the rest', () => {
    const built = higherCandles(hours(0, 3, 9, 10), 4 * HOUR);
    expect([...built.openTime].map((time) => (time - MIDNIGHT) / HOUR)).toEqual([0, 8]);
    expect([built.open[0], built.high[0], built.low[0], built.close[0]]).toEqual([0, 3.5, -0.5, 3]);
  });

  test('weeks begin on Monday', () => {
    const week = higherCandles(hours(...Array.from({ length: 170 }, (_, k) => k)), 168 * HOUR);
    expect([...week.openTime]).toEqual([MIDNIGHT, MIDNIGHT + 168 * HOUR]);
  });
});

describe('S-60 alignToCloses()', () => {
  const { openTime } = hours(0, 1, 2, 6);

  test('gives the last value that was known at each close, and nothing before the first', () => {
    const known = [MIDNIGHT + 2 * HOUR, MIDNIGHT + 3 * HOUR, MIDNIGHT + 3 * HOUR + 1];
    expect([...alignToCloses([7, Number.NaN, 9], known, openTime, HOUR)]).toEqual([
      Number.NaN,
      7,
      Number.NaN,
      9,
    ]);
    expect([...alignToCloses([], [], openTime, HOUR)]).toEqual(Array(4).fill(Number.NaN));
  });

  test('never looks ahead: what is known after a close changes nothing up to it', () => {
    const known = Float64Array.from(openTime, (time) => time + HOUR);
    const early = alignToCloses(openTime, known, openTime, HOUR);
    expect([...early]).toEqual([...openTime]);
    const late = alignToCloses(
      openTime,
      known.map((time) => time + 1),
      openTime,
      HOUR,
    );
    expect([...late]).toEqual([Number.NaN, openTime[0], openTime[1], openTime[2]]);
  });

  test('S-62 requireAscendingRows() names the row that is out of order', () => {
    expect(() => requireAscendingRows([1, 2, 3], 'mood.csv')).not.toThrow();
    expect(() => requireAscendingRows([1, 2, 2], 'mood.csv')).toThrow(
      'mood.csv: row 3 must have a time after the row before it',
    );
    expect(() => requireAscendingRows([Number.NaN], 'mood.csv')).toThrow('row 1');
  });
});
