import { highest, lowest } from './highest-lowest.js';
import { requirePeriod } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/**
 * Returns Williams %R: `-100 * (highest high - close) / (highest high - lowest low)` over `period` candles.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, -100 to 0; `NaN` before index `period - 1` and where the window has no range.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Larry Williams, How I Made One Million Dollars, 1973; TA-Lib gives 0 where the window has no range.
 */
export function williamsR(candles: PriceRanges, period: number): Float64Array {
  requirePeriod('Williams %R', period);
  const top = highest(candles.high, period);
  const bottom = lowest(candles.low, period);
  return candles.close.map((close, i) => {
    const range = top[i]! - bottom[i]!;
    return range > 0 ? -100 * ((top[i]! - close) / range) : Number.NaN;
  });
}
