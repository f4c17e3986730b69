import { sampleDeviation } from './deviation.js';
import { writeSma } from './sma.js';

const BLOCK_CANDLES = 16_384;

/**
 * Returns how many sample deviations the newest value lies from the mean of its window, itself included.
 *
 * @param values - Shape `[n]`; a value that is not finite makes every window undefined that contains it.
 * @param period - Candles, integer >= 2.
 * @returns Shape `[n]`, deviations: `(value - sma) / sampleDeviation`; `NaN` before index `period - 1` and where the deviation is 0.
 * @throws {RangeError} If the period is not an integer >= 2.
 * @see `(x - x.rolling(period).mean()) / x.rolling(period).std()` of pandas.
 */
export function zScore(values: Float64Array, period: number): Float64Array {
  // Each score takes the place of its deviation, and an SMA depends on its window alone, so that the means are made block by
  // block in one place: no column but the result is ever whole, and nothing is left for the garbage collector.
  const scores = sampleDeviation(values, period);
  const block = Math.max(BLOCK_CANDLES, 4 * period);
  const means = new Float64Array(Math.min(values.length, block + period - 1));
  for (let start = 0; start < values.length; start += block) {
    const from = Math.max(0, start - period + 1);
    const end = Math.min(values.length, start + block);
    writeSma(values.subarray(from, end), period, means.fill(Number.NaN));
    for (let i = start; i < end; i++) {
      const deviation = scores[i]!;
      scores[i] = deviation === 0 ? Number.NaN : (values[i]! - means[i - from]!) / deviation;
    }
  }
  return scores;
}
