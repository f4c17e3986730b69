import { requirePeriod, undefinedColumn } from './require-period.js';

/**
 * Returns the change over `period` candles as a fraction: `values[i] / values[i - period] - 1`.
 *
 * @param values - Shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, fraction; `NaN` before index `period` and where the earlier value is 0.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see `ROCP` of TA-Lib, `pct_change` of pandas; `ROC` of TA-Lib and TradingView is in percent.
 */
export function rateOfChange(values: Float64Array, period: number): Float64Array {
  requirePeriod('rate of change', period);
  const changes = undefinedColumn(values.length);
  for (let i = period; i < values.length; i++) {
    const before = values[i - period]!;
    if (before !== 0) changes[i] = values[i]! / before - 1;
  }
  return changes;
}
