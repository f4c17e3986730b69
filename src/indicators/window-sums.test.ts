import { expect, test } from 'vitest';
import { seededRandom } from '../util/index.js';
import { compareColumns } from './compare-columns.js';
import { rememberIndicators } from './remember.js';
import { expandRuns } from './signal-runs.js';
import { sma } from './sma.js';
import { prefixSums, smaAt, smaOfSums } from './window-sums.js';

/** Large values that cancel, so that averages are as small as what rounding takes away. */
function cancelling(random: () => number, length: number): Float64Array {
  const tick = 2 ** -Math.floor(random() * 60);
  return Float64Array.from(
    { length },
    (_, i) => (i % 2 === 0 ? 1000 : -1000) + Math.round((random() - 0.5) * 5) * tick,
  );
}

const SEED = Number(process.env.WUS_SEED ?? 5);

/** Prices on a tick, with stretches of equal ones. */
function prices(random: () => number, length: number): Float64Array {
  const tick = 10 ** -Math.floor(random() * 9);
  let price = 1 + Math.floor(random() * 2 ** (10 + 20 * random()));
  return Float64Array.from({ length }, () => {
    if (random() < 0.7) price = Math.max(1, price + Math.round((random() - 0.5) * 9));
    return price * tick;
  });
}

test(`smaOfSums() gives the bits of sma(), and averages that are never written out cross in the same candles (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  const remembered = rememberIndicators();
  let done = 0;
  for (let k = 0; k < 500; k++) {
    const length = Math.floor(random() * 300);
    const values =
      k % 4 === 0
        ? Float64Array.from({ length }, () => (random() - 0.5) * 1000)
        : k % 4 === 1
          ? cancelling(random, length)
          : prices(random, length);
    const sums = prefixSums(values);
    if (sums === undefined) continue;
    done++;
    for (const period of [1, 2, 3, 7, 20, length, length + 1]) {
      if (period < 1) continue;
      const expected = sma(values, period);
      expect(smaOfSums(values, sums, period)).toEqual(expected);
      expect(values.map((_, i) => smaAt(values, sums, period, i))).toEqual(expected);
      const other = 1 + Math.floor(random() * 30);
      const runs = remembered.smaCrossRuns(values, period, other);
      expect(expandRuns(runs)).toEqual(compareColumns(expected, sma(values, other)));
    }
  }
  expect(done).toBeGreaterThan(300);
});

test.each([
  ['an undefined value', [1, Number.NaN, 3]],
  ['an infinite value', [1, Number.POSITIVE_INFINITY]],
  ['values of very different sizes', [1e30, 1, 1e-30]],
  ['zeros', [0, 0, 0]],
  ['nothing', []],
])('prefixSums() declines %s', (_, values) => {
  expect(prefixSums(Float64Array.from(values))).toBeUndefined();
});

test('powers of two are exact, which the units of the sums rely on', () => {
  for (let exponent = -1000, power = 2 ** -1000; exponent <= 1000; exponent++, power *= 2) {
    expect(2 ** exponent).toBe(power);
  }
});
