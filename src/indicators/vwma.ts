import { requirePeriod } from './require-period.js';
import { sma } from './sma.js';

/**
 * Returns the volume-weighted moving average: `Σ(close * volume) / Σ volume` over `period` candles.
 *
 * Both sums are exact over their windows, as in `sma()`.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, quote; `NaN` before index `period - 1` and where nothing was traded.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see TradingView, TA-Lib, Tulip Indicators and Skender are the same.
 */
export function vwma(
  { close, volume }: { readonly close: Float64Array; readonly volume: Float64Array },
  period: number,
): Float64Array {
  requirePeriod('VWMA', period);
  const traded = sma(volume, period);
  const money = close.map((price, i) => price * volume[i]!);
  return sma(money, period).map((mean, i) => mean / traded[i]!);
}
