import { describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../util/index.js';
import { INDICATORS } from './catalogue.js';
import { ColumnDigests } from './column-digests.js';
import { compare } from './compare.js';
import { compareColumns } from './compare-columns.js';
import { compareRuns, levelRuns } from './compare-runs.js';
import { rememberIndicators } from './remember.js';
import { expandRuns, findSignalRuns, type SignalRuns, sliceRuns } from './signal-runs.js';

const SEED = Number(process.env.WUS_SEED ?? 3);

/** Values with ties within and just beyond the tolerance, undefined and infinite ones, at many distances. */
function randomColumns(seed: number): [Float64Array, Float64Array] {
  const random = seededRandom(seed);
  const length = Math.floor(random() * 100);
  const distance = 10 ** -Math.floor(random() * 12);
  const broken = random() < 0.5 ? 0 : 0.03;
  const level = random() < 0.2 ? 0 : (random() - 0.3) * 100;
  const a = Float64Array.from({ length }, () => level * (1 + distance * (random() - 0.5)));
  const b = a.map(
    (value) => value * (1 + distance * (random() - 0.5) * (random() < 0.5 ? 0.1 : 1)),
  );
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const column of [a, b]) {
    for (let i = 0; i < length; i++) {
      if (random() < broken) column[i] = special[Math.floor(random() * 4)]!;
    }
  }
  // Columns that cross once lie apart over many blocks.
  const crosses = random() < 0.3;
  return [a, crosses ? b.map((value, i) => value * (i < length / 2 ? 0.5 : 2)) : b];
}

describe('compareColumns()', () => {
  test(`gives what compare() gives candle by candle, as runs as well (seed ${SEED})`, () => {
    const signs = new Set<number>();
    const digests = new ColumnDigests();
    let digested = 0;
    for (let k = 0; k < 2000; k++) {
      const [a, b] = randomColumns(SEED + k);
      const expected = Int8Array.from(a, (value, i) => compare(value, b[i]));
      for (const sign of expected) signs.add(sign);
      expect(compareColumns(a, b)).toEqual(expected);
      const runs = compareRuns(a, b);
      expect(expandRuns(runs)).toEqual(expected);
      const found = findSignalRuns(expected);
      expect(runs.count).toBe(found.count);
      expect(runs.starts.slice(0, runs.count + 1)).toEqual(found.starts.slice(0, runs.count + 1));
      const [digestOfA, digestOfB] = [digests.digest(a), digests.digest(b)];
      const vector = digests.compare(
        digestOfA,
        digestOfB,
        (i) => a[i]!,
        (i) => b[i]!,
      );
      digests.release(digestOfA);
      digests.release(digestOfB);
      if (vector !== undefined) {
        digested++;
        expect(vector.count).toBe(found.count);
        expect(expandRuns(vector)).toEqual(expected);
      }
      const from = a.length >> 2;
      expect(expandRuns(sliceRuns(runs, from, a.length - 3))).toEqual(
        expected.slice(from, Math.max(from, a.length - 3)),
      );
    }
    expect(signs).toEqual(new Set([-1, 0, 1]));
    expect(digested).toBeGreaterThan(500);
  });

  test.each([[[100, 600_000, 1_200_000]], [[1_200_000, 100, 600_000]]])(
    'columns of %j candles one after the other: the memory grows wherever it has to',
    (lengths) => {
      const digests = new ColumnDigests();
      for (const length of lengths) {
        const a = Float64Array.from({ length }, (_, i) => 1 + (i % 7));
        const b = new Float64Array(length).fill(4.5);
        const runs = digests.compare(
          digests.digest(a),
          digests.digest(b),
          (i) => a[i]!,
          (i) => b[i]!,
        )!;
        expect(runs.count).toBe(compareRuns(a, b).count);
      }
    },
  );

  test('refuses columns of different lengths', () => {
    expect(() => compareColumns(new Float64Array(2), new Float64Array(3))).toThrow(
      'Cannot compare columns as their lengths differ: current values are 2 and 3',
    );
  });
});

describe('levelRuns()', () => {
  test(`is 1 at or below the lower level, -1 at or above the upper one, 0 for both (seed ${SEED})`, () => {
    const signs = new Set<number>();
    for (let k = 0; k < 2000; k++) {
      const [values, others] = randomColumns(SEED + k);
      const low = others[0] ?? 0;
      const high = k % 3 === 0 ? low : (others[values.length >> 1] ?? 1);
      const expected = Int8Array.from(
        values,
        (value) => Number(compare(value, low) <= 0) - Number(compare(value, high) >= 0),
      );
      for (const sign of expected) signs.add(sign);
      expect(expandRuns(levelRuns(values, low, high))).toEqual(expected);
    }
    expect(signs).toEqual(new Set([-1, 0, 1]));
  });
});

describe('rememberIndicators()', () => {
  const random = seededRandom(SEED);
  const close = Float64Array.from({ length: 500 }, () => 100 + random());
  const high = close.map((value) => value + random());
  const low = close.map((value) => value - random());

  test('gives the same values as the indicators without a memory, once per period', () => {
    const remembered = rememberIndicators();
    for (const name of ['sma', 'ema', 'rma', 'rsi', 'zScore'] as const) {
      const column = remembered[name](close, 14);
      expect(column).toEqual(INDICATORS[name](close, 14));
      expect(remembered[name](close, 14)).toBe(column);
      expect(remembered[name](close, 15)).toEqual(INDICATORS[name](close, 15));
      expect(remembered[name](high, 14)).toEqual(INDICATORS[name](high, 14));
    }
    const range = remembered.atr({ high, low, close }, 14);
    expect(range).toEqual(INDICATORS.atr({ high, low, close }, 14));
    expect(remembered.atr({ high, low, close }, 14)).toBe(range);
    expect(remembered.atr({ high, low: close, close }, 14)).not.toEqual(range);
    const fast = remembered.sma(close, 3);
    const slow = remembered.sma(close, 30);
    expect(remembered.compareColumns(fast, slow)).toEqual(compareColumns(fast, slow));
  });

  test('forgets a column when its memory is full, but none of the four used last', () => {
    const remembered = rememberIndicators({ bytesMax: 6.5 * 500 * 8 });
    const periods = [1, 2, 3, 4, 5, 6, 7, 8];
    const computed = periods.map((period) => remembered.sma(close, period));
    for (const k of [4, 5, 6, 7]) expect(remembered.sma(close, periods[k]!)).toBe(computed[k]);
    const kept = periods.filter((period, k) => remembered.sma(close, period) === computed[k]);
    expect(kept.length).toBeLessThanOrEqual(6);
  });

  test('walking through more columns than fit finds some of them again', () => {
    const remembered = rememberIndicators({ bytesMax: 20.5 * 500 * 8 });
    const seen = new Map<number, Float64Array>();
    let found = 0;
    for (let k = 0; k < 300; k++) {
      const period = 1 + (k % 30);
      const column = remembered.sma(close, period);
      if (seen.get(period) === column) found++;
      seen.set(period, column);
    }
    expect(found).toBeGreaterThan(60);
  });

  test.each([
    [1, 2],
    [5, 16],
    [17, 64],
    [65, 64],
    [2_048, 3],
    [3, 2_049],
    [2_500, 2_600],
    [2, 9_000],
  ])('averages of %d and %d candles cross where their columns do', (fast, slow) => {
    const own = seededRandom(SEED);
    for (const length of [2_495, 2_496, 5_000]) {
      // Steps of whole numbers: many ties, and many crossings of short averages.
      let price = 1_000;
      const walk = Float64Array.from({ length }, () => (price += Math.floor(own() * 5) - 2));
      const expected = compareRuns(INDICATORS.sma(walk, fast), INDICATORS.sma(walk, slow));
      const runs = rememberIndicators().smaCrossRuns(walk, fast, slow);
      expect(runs.count).toBe(expected.count);
      expect(expandRuns(runs)).toEqual(expandRuns(expected));
    }
  });

  test('compares with WebAssembly and without it alike', () => {
    const [a, b] = [3, 9].map((period) => INDICATORS.sma(close, period)) as [
      Float64Array,
      Float64Array,
    ];
    const expected = compareRuns(a, b);
    const runs = (): SignalRuns[] => {
      const own = rememberIndicators();
      return [
        own.compareRuns(own.sma(close, 3), own.sma(close, 9)),
        own.smaCrossRuns(close, 3, 9),
        own.compareRuns(a, b),
      ];
    };
    const vector = runs();
    vi.stubGlobal('WebAssembly', undefined);
    const plain = runs();
    vi.unstubAllGlobals();
    for (const own of [...vector, ...plain]) {
      expect(expandRuns(own)).toEqual(expandRuns(expected));
      expect(own.count).toBe(expected.count);
    }
  });

  test('with copies, writing into a column harms nobody', () => {
    const remembered = rememberIndicators({ copies: true });
    remembered.sma(close, 5).fill(0);
    expect(remembered.sma(close, 5)).toEqual(INDICATORS.sma(close, 5));
  });
});
