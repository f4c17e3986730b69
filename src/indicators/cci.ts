import { requirePeriod } from './require-period.js';
import { sma } from './sma.js';
import type { PriceRanges } from './true-range.js';
import { typicalPrice } from './typical-price.js';

/** Lambert's constant: most values then lie between -100 and 100. */
const LAMBERT = 0.015;

/**
 * Returns the commodity channel index: `(price - sma(price)) / (0.015 * mean absolute deviation)` of the typical price.
 *
 * The deviation is summed per window, so nothing drifts; the cost grows with the period.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 2.
 * @returns Shape `[n]`; `NaN` before index `period - 1` and where the deviation is 0.
 * @throws {RangeError} If the period is not an integer >= 2.
 * @see Donald Lambert, Commodities magazine, October 1980. Where the deviation is 0 TA-Lib gives 0.
 */
export function cci(candles: PriceRanges, period: number): Float64Array {
  requirePeriod('CCI', period, 2);
  const price = typicalPrice(candles);
  return sma(price, period).map((mean, i) => {
    if (Number.isNaN(mean)) return mean;
    let deviations = 0;
    for (let k = i - period + 1; k <= i; k++) deviations += Math.abs(price[k]! - mean);
    return deviations === 0 ? Number.NaN : (price[i]! - mean) / (LAMBERT * (deviations / period));
  });
}
