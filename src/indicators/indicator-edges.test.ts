import { describe, expect, test } from 'vitest';
import { INDICATORS } from './catalogue.js';

const N = Number.NaN;
const HOUR_MS = 3_600_000;
const of = (...values: number[]): Float64Array => Float64Array.from(values);
const use = INDICATORS;

/** Candles of `[high, low, close]` with volume 1, hourly from a time. */
function candles(rows: readonly (readonly number[])[], start = Date.UTC(2024, 0, 1)) {
  const column = (k: number) => Float64Array.from(rows, (row) => row[k]!);
  return {
    openTime: Float64Array.from(rows, (_, i) => start + i * HOUR_MS),
    open: column(2),
    high: column(0),
    low: column(1),
    close: column(2),
    volume: new Float64Array(rows.length).fill(1),
  };
}

describe('cross()', () => {
  test.each<[string, Float64Array, Float64Array | number, number[]]>([
    ['above and below', of(1, 3, 1), of(2, 2, 2), [0, 1, -1]],
    ['a level', of(1, 3, 1), 2, [0, 1, -1]],
    ['after a touch from below', of(1, 2, 3), 2, [0, 0, 1]],
    ['after a touch from above', of(3, 2, 3, 2, 1), 2, [0, 0, 1, 0, -1]],
    ['a difference of rounding is a touch', of(1, 2 + 1e-12, 1), 2, [0, 0, -1]],
    ['nothing at the first candle', of(3), 2, [0]],
    ['nothing after an undefined value', of(1, N, 3, 1), 2, [0, 0, 0, -1]],
    ['nothing with an undefined level', of(1, 3), N, [0, 0]],
  ])('%s', (_, a, b, expected) => {
    expect([...use.cross(a, b)]).toEqual(expected);
  });
});

describe('where nothing moves', () => {
  const still = candles(Array.from({ length: 60 }, () => [5, 5, 5]));
  test.each<[string, Float64Array, number]>([
    ['mfi is 50', use.mfi(still, 14), 50],
    ['cci is undefined', use.cci(still, 20), N],
    ['adx is 0', use.adx(still, 14).adx, 0],
    ['+DI is 0', use.adx(still, 14).plusDI, 0],
    ['williamsR is undefined', use.williamsR(still, 14), N],
    ['stochRsi is undefined', use.stochRsi(still.close).k, N],
    ['kama is the price', use.kama(still.close), 5],
    ['cmf is 0', use.cmf(still, 20), 0],
    ['fisher is 0', use.fisher(still, 10).fisher, 0],
    ['a slope is 0', use.linearRegression(still.close, 14).slope, 0],
    ['r² is undefined', use.linearRegression(still.close, 14).rSquared, N],
    ['superTrend is the price, upwards', use.superTrend(still).line, 5],
    ['superTrend does not turn', use.superTrend(still).direction, 1],
    ['ssl has no direction', use.ssl(still, 10).direction, N],
    ['keltner is one line', use.keltner(still).upper, 5],
    ['aroon has its newest extreme', use.aroon(still, 14).up, 100],
  ])('%s', (_, values, expected) => {
    expect(values[59]).toEqual(expected);
  });
});

describe('where nothing is traded', () => {
  const idle = { ...candles([[6, 4, 5]]), volume: of(0) };
  test('averages by volume are undefined', () => {
    expect([...use.vwma(idle, 1), ...use.cmf(idle, 1), ...use.sessionVwap(idle)]).toEqual([
      N,
      N,
      N,
    ]);
  });
});

describe('psar()', () => {
  test('begins as the second candle moves, from the other end of the first', () => {
    expect(
      use.psar(
        candles([
          [10, 8, 9],
          [12, 9, 11],
          [13, 10, 12],
        ]),
        { step: 0.5, max: 1 },
      ),
    ).toEqual({
      line: of(N, 8, 9),
      direction: of(N, 1, 1),
    });
    expect(
      use.psar(
        candles([
          [10, 8, 9],
          [9, 6, 7],
          [8, 6, 7],
        ]),
        { step: 0.5, max: 1 },
      ),
    ).toEqual({
      line: of(N, 10, 9),
      direction: of(N, -1, -1),
    });
  });
  test('a touch turns it, to the extreme of the trend', () => {
    const rows = [
      [10, 8, 9],
      [12, 9, 11],
      [13, 9, 12],
    ];
    expect(use.psar(candles(rows), { step: 0.5, max: 1 })).toEqual({
      line: of(N, 8, 13),
      direction: of(N, 1, -1),
    });
  });
});

test('superTrend() turns at a close beyond the band, not at a touch', () => {
  // Period 1, multiplier 1: bands are the middle ± the candle's true range.
  const rows = [
    [11, 9, 10],
    [11, 9, 8],
    [11, 9, 7.5],
  ];
  expect(use.superTrend(candles(rows), { period: 1, multiplier: 1 })).toEqual({
    line: of(8, 8, 12),
    direction: of(1, 1, -1),
  });
});

test('ssl() changes places after a close beyond the channel', () => {
  const rows = [
    [11, 9, 10],
    [11, 9, 12],
    [11, 9, 10],
    [11, 9, 8],
  ];
  expect(use.ssl(candles(rows), 1)).toEqual({
    up: of(N, 11, 11, 9),
    down: of(N, 9, 9, 11),
    direction: of(N, 1, 1, -1),
  });
});

describe('sessions', () => {
  const rows = Array.from({ length: 60 }, (_, i) => [i + 2, i, i + 1]);
  const day = Date.UTC(2024, 0, 1);

  test('a VWAP begins anew at midnight UTC', () => {
    const vwap = use.sessionVwap(candles(rows, day));
    expect([vwap[0], vwap[1], vwap[23], vwap[24], vwap[25]]).toEqual([1, 1.5, 12.5, 25, 25.5]);
  });

  test('a VWAP is undefined while its session began before the data', () => {
    const vwap = use.sessionVwap(candles(rows, day + HOUR_MS));
    expect([vwap[0], vwap[22], vwap[23]]).toEqual([N, N, 24]);
  });

  test('pivots come from the last whole session', () => {
    const whole = use.pivotPoints(candles(rows, day));
    // High 25, low 0, close 24.
    expect([whole.pivot[23], whole.pivot[24], whole.r1[47], whole.s1[24]]).toEqual([
      N,
      49 / 3,
      98 / 3,
      98 / 3 - 25,
    ]);
    const partial = use.pivotPoints(candles(rows, day + HOUR_MS));
    expect(partial.pivot.findIndex((value) => !Number.isNaN(value))).toBe(47);
  });

  test('a session without candles is left out', () => {
    const holed = candles(rows, day);
    holed.openTime.set(
      holed.openTime.subarray(24).map((time) => time + 48 * HOUR_MS),
      24,
    );
    const { pivot } = use.pivotPoints(holed);
    expect([pivot[23], pivot[24]]).toEqual([N, 49 / 3]);
  });

  test('weeks begin on Mondays, months on the first', () => {
    const starts = (session: 'week' | 'month', start: number) =>
      use.sessionVwap(candles([[2, 0, 1]], start), session)[0];
    expect([starts('week', day), starts('week', Date.UTC(2024, 0, 7)), starts('week', 0)]).toEqual([
      1,
      N,
      N,
    ]);
    expect([starts('month', day), starts('month', Date.UTC(2024, 1, 29))]).toEqual([1, N]);
  });

  test('fibonacci and camarilla levels', () => {
    const fibonacci = use.pivotPoints(candles(rows, day), { kind: 'fibonacci' });
    const camarilla = use.pivotPoints(candles(rows, day), { kind: 'camarilla' });
    expect(fibonacci.r1[24]).toBeCloseTo(49 / 3 + 0.382 * 25, 12);
    expect(fibonacci.s3[24]).toBeCloseTo(49 / 3 - 25, 12);
    expect(camarilla.r3[24]).toBeCloseTo(24 + (25 * 1.1) / 4, 12);
    expect(camarilla.s1[24]).toBeCloseTo(24 - (25 * 1.1) / 12, 12);
  });
});

test('linearRegression() finds a line that is one, far from zero as near it', () => {
  const line = Float64Array.from({ length: 50 }, (_, i) => 1e8 + i);
  const { value, slope, rSquared } = use.linearRegression(line, 20);
  expect([value[49], slope[49], rSquared[49]]).toEqual([1e8 + 49, 1, 1]);
});

test('ichimoku() has the spans of displacement candles before, and no lagging line', () => {
  const rows = Array.from({ length: 10 }, (_, i) => [i + 1, i, i]);
  const lines = use.ichimoku(candles(rows), { conversion: 1, base: 2, span: 3, displacement: 4 });
  expect(lines.spanA[9]).toBe(lines.leadingSpanA[5]);
  expect(lines.spanB[9]).toBe(lines.leadingSpanB[5]);
  expect(lines.leadingSpanB[9]).toBe((10 + 7) / 2);
  expect(Object.keys(lines)).not.toContain('lagging');
  expect(use.ichimoku(candles(rows.slice(0, 2))).spanA).toEqual(of(N, N));
});
