import { requirePeriod } from './require-period.js';
import { rma } from './rma.js';
import { type PriceRanges, trueRange } from './true-range.js';

/**
 * Returns Wilder's average true range: `rma(trueRange(candles), period)`.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, quote; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978; TradingView is the same. TA-Lib and Skender leave the first
 *   candle's range out and begin one candle later.
 */
export function atr(candles: PriceRanges, period: number): Float64Array {
  requirePeriod('ATR', period);
  return rma(trueRange(candles), period);
}
