import { exponentialAverage } from './exponential-average.js';
import { requirePeriod } from './require-period.js';

/**
 * Returns the exponential moving average with α = 2 / (period + 1), seeded with the simple mean of the first `period` values.
 *
 * Arithmetic: the seed is the plain left-to-right sum of the first `period` values divided by `period`; then
 * `ema += (2 / (period + 1)) * (value - ema)`. A value that is not finite starts the average anew.
 *
 * @param values - Shape `[n]`; leading `NaN` is skipped.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before `period` values in a row are defined.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see TA-Lib and TradingView are the same; Tulip Indicators and `ewm(adjust=False)` of pandas start with the first value.
 */
export function ema(values: Float64Array, period: number): Float64Array {
  requirePeriod('EMA', period);
  return exponentialAverage(values, period, 2 / (period + 1));
}
