import { sampleDeviation } from './deviation.js';
import { undefinedColumn } from './require-period.js';
import { sma } from './sma.js';

/**
 * Returns how many sample deviations the newest value lies from the mean of its window, itself included.
 *
 * @param values - Shape `[n]`; a value that is not finite makes every window undefined that contains it.
 * @param period - Candles, integer >= 2.
 * @returns Shape `[n]`, deviations: `(value - sma) / sampleDeviation`; `NaN` before index `period - 1` and where the deviation is 0.
 * @throws {RangeError} If the period is not an integer >= 2.
 */
export function zScore(values: Float64Array, period: number): Float64Array {
  const deviation = sampleDeviation(values, period);
  const mean = sma(values, period);
  const scores = undefinedColumn(values.length);
  for (let i = 0; i < values.length; i++) {
    if (deviation[i] !== 0) scores[i] = (values[i]! - mean[i]!) / deviation[i]!;
  }
  return scores;
}
