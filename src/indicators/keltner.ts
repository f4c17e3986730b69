import { atr } from './atr.js';
import type { Bands } from './bollinger-bands.js';
import { ema } from './ema.js';
import { requirePeriod, requirePositive } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** Options of `keltner()`. */
export interface KeltnerOptions {
  /** Of the EMA in the middle, candles, integer >= 1. Default 20. */
  readonly period?: number;
  /** Ranges between the middle and a band. Default 2. */
  readonly multiplier?: number;
  /** Of the average true range, candles, integer >= 1. Default 10. */
  readonly atrPeriod?: number;
}

/**
 * Returns the Keltner channel: `ema(close, period) ± multiplier * atr(atrPeriod)`.
 *
 * @param candles - Columns of shape `[n]`.
 * @param options - Default 20, 2, 10.
 * @returns Columns of shape `[n]`, quote; `NaN` before index `period - 1`, of the bands before index `max(period, atrPeriod) - 1`.
 * @throws {RangeError} If a period is not an integer >= 1 or the multiplier not a number > 0.
 * @see Linda Bradford Raschke's form of Chester Keltner's channel; TradingView is the same. pandas-ta averages the true range with an EMA of `period`, TA-Lib's
 *   middle is an EMA of the typical price.
 */
export function keltner(
  candles: PriceRanges,
  { period = 20, multiplier = 2, atrPeriod = 10 }: KeltnerOptions = {},
): Bands {
  requirePeriod('Keltner channel', period);
  requirePeriod('Keltner channel', atrPeriod, 1, 'atrPeriod');
  requirePositive('Keltner channel', 'multiplier', multiplier);
  const middle = ema(candles.close, period);
  const range = atr(candles, atrPeriod);
  return {
    middle,
    upper: middle.map((value, i) => value + multiplier * range[i]!),
    lower: middle.map((value, i) => value - multiplier * range[i]!),
  };
}
