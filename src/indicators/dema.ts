import { ema } from './ema.js';
import { requirePeriod } from './require-period.js';

/**
 * Returns the double exponential moving average: `2 * ema1 - ema2`, each the EMA of the one before.
 *
 * @param values - Shape `[n]`; a value that is not finite starts the average anew.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `2 * (period - 1)`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Patrick Mulloy, Stocks & Commodities 12:1, 1994; TA-Lib is the same. Skender seeds the second average at the first's seed.
 */
export function dema(values: Float64Array, period: number): Float64Array {
  requirePeriod('DEMA', period);
  const once = ema(values, period);
  const twice = ema(once, period);
  return once.map((value, i) => 2 * value - twice[i]!);
}
