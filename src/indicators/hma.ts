import { requirePeriod } from './require-period.js';
import { wma } from './wma.js';

/**
 * Returns Hull's moving average: `wma(2 * wma(values, floor(period / 2)) - wma(values, period), floor(√period))`.
 *
 * @param values - Shape `[n]`; `NaN` makes every window undefined that contains it.
 * @param period - Candles, integer >= 2.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `period + floor(√period) - 2`.
 * @throws {RangeError} If the period is not an integer >= 2.
 * @see Alan Hull, 2005; TradingView, TA-Lib, Tulip Indicators and Skender are the same.
 */
export function hma(values: Float64Array, period: number): Float64Array {
  requirePeriod('HMA', period, 2);
  const slow = wma(values, period);
  const ahead = wma(values, period >> 1).map((fast, i) => 2 * fast - slow[i]!);
  return wma(ahead, Math.floor(Math.sqrt(period)));
}
