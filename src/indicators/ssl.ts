import { compare } from './compare.js';
import { requirePeriod, undefinedColumn } from './require-period.js';
import { sma } from './sma.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`. */
export interface SslLines {
  /** Above `down` while the trend is up. Quote. */
  readonly up: Float64Array;
  readonly down: Float64Array;
  /** 1 or -1. */
  readonly direction: Float64Array;
}

/**
 * Returns the SSL channel: `sma(high, period)` and `sma(low, period)`, which change places with the trend: up after a close above the first, down after
 * one below the second.
 *
 * A difference of 1e-10 of the larger value is a tie (S-05) and leaves the trend as it is.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1; usually 10.
 * @returns Columns of shape `[n]`; `NaN` before index `period - 1` and until a close has left the channel.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Erwin Beckers. Scripts for freqtrade take the trend as up until a close has left the channel.
 */
export function ssl({ high, low, close }: PriceRanges, period: number): SslLines {
  requirePeriod('SSL channel', period);
  const top = sma(high, period);
  const bottom = sma(low, period);
  const up = undefinedColumn(close.length);
  const down = undefinedColumn(close.length);
  const direction = undefinedColumn(close.length);
  let trend = Number.NaN;
  for (let i = 0; i < close.length; i++) {
    const above = compare(close[i], top[i]);
    if (Number.isNaN(above)) trend = Number.NaN;
    else if (above > 0) trend = 1;
    else if (compare(close[i], bottom[i]) < 0) trend = -1;
    if (Number.isNaN(trend)) continue;
    up[i] = trend === 1 ? top[i]! : bottom[i]!;
    down[i] = trend === 1 ? bottom[i]! : top[i]!;
    direction[i] = trend;
  }
  return { up, down, direction };
}
