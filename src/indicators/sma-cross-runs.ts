import { compareRuns } from './compare-runs.js';
import type { SignalRuns } from './signal-runs.js';
import { sma } from './sma.js';

/**
 * Compares two simple moving averages of a column; the same as `compareRuns()` of both, but with a memory (`rememberIndicators()`)
 * far cheaper, because the averages themselves need not be kept.
 *
 * @param values - Shape `[n]`.
 * @param fast - Candles, integer >= 1.
 * @param slow - Candles, integer >= 1.
 * @returns Runs of 1 where the fast average is greater, -1 where it is less, 0 on ties and where one is undefined (S-05).
 * @throws {RangeError} If a period is not an integer >= 1.
 */
export function smaCrossRuns(values: Float64Array, fast: number, slow: number): SignalRuns {
  return compareRuns(sma(values, fast), sma(values, slow));
}
