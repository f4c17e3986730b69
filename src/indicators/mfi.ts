import { requirePeriod, undefinedColumn } from './require-period.js';
import { sma } from './sma.js';
import type { PriceRanges } from './true-range.js';
import { typicalPrice } from './typical-price.js';

/** The columns that volume indicators need. */
export interface PricesWithVolume extends PriceRanges {
  readonly volume: Float64Array;
}

/**
 * Returns the money flow index: `100 * inflow / (inflow + outflow)`, a flow being typical price × volume, summed over the last
 * `period` candles whose typical price rose (inflow) or fell (outflow).
 *
 * The sums are exact over their windows, as in `sma()`. 50 when nothing moved.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, 0 to 100; `NaN` before index `period`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Gene Quong and Avrum Soudack, Stocks & Commodities 7:3, 1989. Where nothing flows TA-Lib gives 0, also for sums below 1.
 */
export function mfi(candles: PricesWithVolume, period: number): Float64Array {
  requirePeriod('MFI', period);
  const price = typicalPrice(candles);
  const inflows = undefinedColumn(price.length);
  const outflows = undefinedColumn(price.length);
  for (let i = 1; i < price.length; i++) {
    const change = price[i]! - price[i - 1]!;
    const flow = price[i]! * candles.volume[i]!;
    if (!Number.isFinite(change) || !Number.isFinite(flow)) continue;
    inflows[i] = change > 0 ? flow : 0;
    outflows[i] = change < 0 ? flow : 0;
  }
  const outflow = sma(outflows, period);
  return sma(inflows, period).map((inflow, i) => {
    const total = inflow + outflow[i]!;
    return total === 0 ? 50 : 100 * (inflow / total);
  });
}
