import { atr } from './atr.js';
import type { TrendLine } from './psar.js';
import { requirePeriod, requirePositive, undefinedColumn } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** Options of `superTrend()`. */
export interface SuperTrendOptions {
  /** Of the average true range, candles, integer >= 1. Default 10. */
  readonly period?: number;
  /** Ranges between the middle of a candle and a band. Default 3. */
  readonly multiplier?: number;
}

/**
 * Returns the SuperTrend: the lower of the bands `(high + low) / 2 ± multiplier * atr` while the trend is up, the upper one while it is
 * down. A band only follows the price, until a close lies beyond it: the trend then turns.
 *
 * The first trend is up when the close is not below the middle of its candle.
 *
 * @param candles - Columns of shape `[n]`.
 * @param options - Default 10, 3.
 * @returns Columns of shape `[n]`; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1 or the multiplier not a number > 0.
 * @see Olivier Seban. TradingView's `ta.supertrend` begins downwards and has the direction the other way round (-1 is up), pandas-ta
 *   upwards; TA-Lib and Skender begin a candle later (their ATR has no first range): all meet after the first turns.
 */
export function superTrend(
  candles: PriceRanges,
  { period = 10, multiplier = 3 }: SuperTrendOptions = {},
): TrendLine {
  requirePeriod('SuperTrend', period);
  requirePositive('SuperTrend', 'multiplier', multiplier);
  const { high, low, close } = candles;
  const range = atr(candles, period);
  const line = undefinedColumn(close.length);
  const direction = undefinedColumn(close.length);
  let upper = Number.NaN;
  let lower = Number.NaN;
  let trend = 0;
  for (let i = 0; i < close.length; i++) {
    const middle = (high[i]! + low[i]!) / 2;
    const newUpper = middle + multiplier * range[i]!;
    const newLower = middle - multiplier * range[i]!;
    if (Number.isNaN(newUpper)) {
      trend = 0;
      continue;
    }
    if (trend === 0) {
      trend = close[i]! >= middle ? 1 : -1;
      upper = newUpper;
      lower = newLower;
    } else {
      const before = close[i - 1]!;
      if (newUpper < upper || before > upper) upper = newUpper;
      if (newLower > lower || before < lower) lower = newLower;
      if (trend === 1 ? close[i]! < lower : close[i]! > upper) trend = -trend;
    }
    line[i] = trend === 1 ? lower : upper;
    direction[i] = trend;
  }
  return { line, direction };
}
