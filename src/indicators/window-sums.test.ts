import { expect, test } from 'vitest';
import { seededRandom } from '../util/index.js';
import { blockExtremes } from './compare-columns.js';
import { sma } from './sma.js';
import { prefixSums, smaOfSums } from './window-sums.js';

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

test(`smaOfSums() gives the bits of sma() (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  let done = 0;
  for (let k = 0; k < 500; k++) {
    const length = Math.floor(random() * 300);
    const values =
      k % 4 === 0
        ? Float64Array.from({ length }, () => (random() - 0.5) * 1000)
        : prices(random, length);
    const sums = prefixSums(values);
    if (sums === undefined) continue;
    done++;
    for (const period of [1, 2, 3, 7, 20, length, length + 1]) {
      if (period < 1) continue;
      const average = smaOfSums(values, sums, period);
      expect(average.values).toEqual(sma(values, period));
      const extremes = blockExtremes(average.values);
      for (const key of ['lowest', 'highest'] as const) {
        for (const [block, value] of extremes[key].entries()) {
          const own = average.extremes[key][block]!;
          expect(Math.abs(own - value) <= 2 ** -50 * Math.abs(value) || Object.is(own, value)).toBe(
            true,
          );
        }
      }
      expect(average.extremes.size).toBeGreaterThanOrEqual(extremes.size * (1 - 2 ** -50));
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
