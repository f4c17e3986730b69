import type { CandleSeries } from '../candles/index.js';
import { compare, INDICATORS } from '../indicators/index.js';
import { type EntryFilter, LONG_ALLOWED, SHORT_ALLOWED } from './entry-filter.js';

export interface TrendFilterOptions {
  /** Candles, integer >= 1. */
  readonly period: number;
  /** EMA, or SMA when false. Default true. */
  readonly useEma?: boolean;
}

/**
 * Returns the filter that allows entries only with the trend (S-13): longs at or above the moving average of the close, shorts at
 * or below it.
 *
 * @param options - Period and kind of average.
 * @throws {RangeError} If the period is not an integer >= 1 (when the mask is computed).
 */
export function trendFilter(options: TrendFilterOptions): EntryFilter {
  const { period, useEma = true } = options;
  return {
    name: 'trend',
    warmUp: period - 1,
    mask({ close }: CandleSeries, { ema, sma } = INDICATORS): Uint8Array {
      const average = useEma ? ema(close, period) : sma(close, period);
      const mask = new Uint8Array(close.length);
      for (let i = 0; i < mask.length; i++) {
        const side = compare(close[i], average[i]);
        mask[i] = (side >= 0 ? LONG_ALLOWED : 0) | (side <= 0 ? SHORT_ALLOWED : 0);
      }
      return mask;
    },
  };
}
