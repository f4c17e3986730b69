import { ema } from './ema.js';
import { rateOfChange } from './rate-of-change.js';
import { requirePeriod } from './require-period.js';

/**
 * Returns TRIX: the change of a triple EMA over one candle, in percent: `100 * (e3 / e3[1] - 1)`.
 *
 * Its usual signal line is an EMA or SMA of it over 9 candles.
 *
 * @param values - Shape `[n]`; a value that is not finite starts the averages anew.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, percent; `NaN` before index `3 * (period - 1) + 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Jack Hutson, Stocks & Commodities 1:5, 1983; TA-Lib is the same. TradingView takes logarithms and 10,000 instead of 100.
 */
export function trix(values: Float64Array, period: number): Float64Array {
  requirePeriod('TRIX', period);
  const smooth = ema(ema(ema(values, period), period), period);
  return rateOfChange(smooth, 1).map((change) => 100 * change);
}
