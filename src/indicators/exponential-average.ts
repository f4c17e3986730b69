import { undefinedColumn } from './require-period.js';

/**
 * Returns the exponential average with a given α, seeded with the simple mean of the first `period` values of every defined stretch.
 *
 * @param values - Shape `[n]`.
 * @param period - Candles of the seed, integer >= 1.
 * @param alpha - Weight of the newest value, (0, 1].
 * @returns Shape `[n]`, `NaN` until the seed.
 */
export function exponentialAverage(
  values: Float64Array,
  period: number,
  alpha: number,
): Float64Array {
  const averages = undefinedColumn(values.length);
  let defined = 0;
  let average = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) {
      defined = 0;
      average = 0;
      continue;
    }
    defined++;
    if (defined > period) {
      average += alpha * (value - average);
    } else {
      average += value;
      if (defined < period) continue;
      average /= period;
    }
    averages[i] = average;
  }
  return averages;
}
