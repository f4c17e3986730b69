import type { Bands } from './bollinger-bands.js';
import { highest, lowest } from './highest-lowest.js';
import { requirePeriod } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/**
 * Returns the Donchian channel: highest high and lowest low of the last `period` candles, the current one included, and their middle.
 *
 * A close cannot be beyond a channel that contains its candle: a breakout compares with the channel at `i - 1`.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @returns Columns of shape `[n]`, quote; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Richard Donchian; TradingView and TA-Lib are the same. Skender leaves the current candle out: its channel is this one a candle later.
 */
export function donchian({ high, low }: Pick<PriceRanges, 'high' | 'low'>, period: number): Bands {
  requirePeriod('Donchian channel', period);
  const upper = highest(high, period);
  const lower = lowest(low, period);
  return { middle: upper.map((top, i) => (top + lower[i]!) / 2), upper, lower };
}
