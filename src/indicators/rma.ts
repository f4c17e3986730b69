import { exponentialAverage } from './exponential-average.js';
import { requirePeriod } from './require-period.js';

/**
 * Returns Wilder's moving average: α = 1 / period, seeded with the simple mean of the first `period` values.
 *
 * Arithmetic: as `ema()`, with `rma += (1 / period) * (value - rma)`.
 *
 * @param values - Shape `[n]`; leading `NaN` is skipped, a later one starts the average anew.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before `period` values in a row are defined.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978; TradingView's `ta.rma` is the same.
 */
export function rma(values: Float64Array, period: number): Float64Array {
  requirePeriod('RMA', period);
  return exponentialAverage(values, period, 1 / period);
}
