import { requirePeriod, undefinedColumn } from './require-period.js';

/**
 * Returns the linearly weighted moving average: weights 1 for the oldest to `period` for the newest value.
 *
 * Summed per window from the oldest to the newest value, so nothing drifts; the cost grows with the period.
 *
 * @param values - Shape `[n]`; `NaN` makes every window undefined that contains it.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see TA-Lib and TradingView are the same.
 */
export function wma(values: Float64Array, period: number): Float64Array {
  requirePeriod('WMA', period);
  const averages = undefinedColumn(values.length);
  const weights = (period * (period + 1)) / 2;
  for (let i = period - 1; i < values.length; i++) {
    let sum = 0;
    for (let k = 1; k <= period; k++) sum += k * values[i - period + k]!;
    averages[i] = sum / weights;
  }
  return averages;
}
