import type { PriceRanges } from './true-range.js';

/**
 * Returns the typical price: `(high + low + close) / 3`.
 *
 * @param candles - Columns of shape `[n]`.
 * @returns Shape `[n]`, quote; defined from index 0.
 * @see The `hlc3` of TradingView, `TYPPRICE` of TA-Lib.
 */
export function typicalPrice({ high, low, close }: PriceRanges): Float64Array {
  return close.map((value, i) => (high[i]! + low[i]! + value) / 3);
}
