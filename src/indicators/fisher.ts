import { highest, lowest } from './highest-lowest.js';
import { requirePeriod, undefinedColumn } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`. */
export interface FisherLines {
  readonly fisher: Float64Array;
  /** `fisher` of the candle before. */
  readonly trigger: Float64Array;
}

/** Ehlers' weights of the newest place in the range and of the smoothed one before. */
const NEW_WEIGHT = 0.33;
const OLD_WEIGHT = 0.67;
/** Beyond this the transform would run away. */
const PLACE_MAX = 0.99;
const PLACE_LIMIT = 0.999;

/**
 * Returns Ehlers' Fisher transform of the median price: `0.5 * ln((1 + x) / (1 - x)) + 0.5 * before`, `x` the place of `(high + low) / 2` in its
 * range over `period` candles, from -1 to 1, smoothed as `0.33 * place + 0.67 * before`.
 *
 * It starts from 0. Without a range the place is the middle, 0. A median that is not finite starts it anew.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1; usually 10.
 * @returns Columns of shape `[n]`; `NaN` before index `period - 1`, the trigger one candle later.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see John Ehlers, Stocks & Commodities 20:11, 2002; Tulip Indicators and TradingView are the same but where there is no range. Skender starts with
 *   shorter windows at the second candle, pandas-ta from another value: both meet these after some sixty candles.
 */
export function fisher(
  { high, low }: Pick<PriceRanges, 'high' | 'low'>,
  period: number,
): FisherLines {
  requirePeriod('Fisher transform', period);
  const median = high.map((top, i) => (top + low[i]!) / 2);
  const top = highest(median, period);
  const bottom = lowest(median, period);
  const values = undefinedColumn(median.length);
  const trigger = undefinedColumn(median.length);
  let smoothed = 0;
  let before = 0;
  for (let i = 0; i < median.length; i++) {
    const range = top[i]! - bottom[i]!;
    if (!Number.isFinite(range)) {
      smoothed = before = 0;
      continue;
    }
    const place = range > 0 ? 2 * ((median[i]! - bottom[i]!) / range - 0.5) : 0;
    smoothed = limited(NEW_WEIGHT * place + OLD_WEIGHT * smoothed);
    if (i > 0 && !Number.isNaN(values[i - 1]!)) trigger[i] = before;
    before = 0.5 * Math.log((1 + smoothed) / (1 - smoothed)) + 0.5 * before;
    values[i] = before;
  }
  return { fisher: values, trigger };
}

function limited(place: number): number {
  if (place > PLACE_MAX) return PLACE_LIMIT;
  return place < -PLACE_MAX ? -PLACE_LIMIT : place;
}
