import { ema } from './ema.js';
import { requirePeriod } from './require-period.js';

/**
 * Returns the triple exponential moving average: `3 * ema1 - 3 * ema2 + ema3`, each the EMA of the one before.
 *
 * @param values - Shape `[n]`; a value that is not finite starts the average anew.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `3 * (period - 1)`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Patrick Mulloy, Stocks & Commodities 12:1, 1994; TA-Lib is the same. Skender seeds all three averages at the first's seed.
 */
export function tema(values: Float64Array, period: number): Float64Array {
  requirePeriod('TEMA', period);
  const once = ema(values, period);
  const twice = ema(once, period);
  const thrice = ema(twice, period);
  return once.map((value, i) => 3 * value - 3 * twice[i]! + thrice[i]!);
}
