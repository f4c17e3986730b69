import { ema } from './ema.js';
import { requirePeriod } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`, quote. */
export interface ElderRayLines {
  readonly bullPower: Float64Array;
  readonly bearPower: Float64Array;
}

/**
 * Returns Elder's ray: bull power `high - ema(close, period)` and bear power `low - ema(close, period)`.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1; usually 13.
 * @returns Columns of shape `[n]`; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Alexander Elder, Trading for a Living, 1993; TA-Lib and Skender are the same.
 */
export function elderRay({ high, low, close }: PriceRanges, period: number): ElderRayLines {
  requirePeriod('Elder ray', period);
  const average = ema(close, period);
  return {
    bullPower: average.map((value, i) => high[i]! - value),
    bearPower: average.map((value, i) => low[i]! - value),
  };
}
