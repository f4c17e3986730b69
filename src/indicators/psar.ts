import { requirePositive, undefinedColumn } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** A line on one side of the price; columns of shape `[n]`. */
export interface TrendLine {
  /** Quote. */
  readonly line: Float64Array;
  /** 1 while the price is above the line, -1 while it is below. */
  readonly direction: Float64Array;
}

/** Options of `psar()`. */
export interface PsarOptions {
  /** First acceleration, and what a new extreme adds. Default 0.02. */
  readonly step?: number;
  /** Greatest acceleration. Default 0.2. */
  readonly max?: number;
}

interface Trail {
  direction: 1 | -1;
  /** For the next candle. */
  stop: number;
  extreme: number;
  acceleration: number;
}

/**
 * Returns Wilder's parabolic stop and reverse: `next = stop + acceleration * (extreme - stop)`, never beyond the last two candles.
 *
 * The second candle decides the first direction: down when its low fell further than its high rose, else up; the stop then begins at the
 * other end of the first candle. A touch reverses. A candle that is not finite starts it anew.
 *
 * @param candles - Columns of shape `[n]`.
 * @param options - Default 0.02, 0.2.
 * @returns Columns of shape `[n]`; `NaN` before index 1.
 * @throws {RangeError} If `step` or `max` is not a number > 0.
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978; the beginning is TA-Lib's (`SAR`). TradingView takes the
 *   first direction from the first two closes, Tulip and pandas-ta hold the first stop otherwise, Skender begins upwards and leaves the first trend
 *   out: all meet soon after the first reversals.
 */
export function psar(
  { high, low }: Pick<PriceRanges, 'high' | 'low'>,
  { step = 0.02, max = 0.2 }: PsarOptions = {},
): TrendLine {
  requirePositive('PSAR', 'step', step);
  requirePositive('PSAR', 'max', max);
  const first = Math.min(step, max);
  const line = undefinedColumn(high.length);
  const direction = undefinedColumn(high.length);
  let trail: Trail | undefined;
  for (let i = 1; i < high.length; i++) {
    let top = Math.max(high[i]!, high[i - 1]!);
    let bottom = Math.min(low[i]!, low[i - 1]!);
    if (!Number.isFinite(top - bottom)) {
      trail = undefined;
      continue;
    }
    if (trail === undefined) {
      top = high[i]!;
      bottom = low[i]!;
      const rise = high[i]! - high[i - 1]!;
      const fall = low[i - 1]! - low[i]!;
      trail =
        fall > 0 && fall > rise
          ? { direction: -1, stop: high[i - 1]!, extreme: low[i]!, acceleration: first }
          : { direction: 1, stop: low[i - 1]!, extreme: high[i]!, acceleration: first };
    }
    const isLong = trail.direction === 1;
    if (isLong ? low[i]! <= trail.stop : high[i]! >= trail.stop) {
      trail.stop = isLong ? Math.max(trail.extreme, top) : Math.min(trail.extreme, bottom);
      trail.direction = isLong ? -1 : 1;
      trail.extreme = isLong ? low[i]! : high[i]!;
      trail.acceleration = first;
    } else if (isLong ? high[i]! > trail.extreme : low[i]! < trail.extreme) {
      trail.extreme = isLong ? high[i]! : low[i]!;
      trail.acceleration = Math.min(max, trail.acceleration + step);
    }
    line[i] = trail.stop;
    direction[i] = trail.direction;
    const next = trail.stop + trail.acceleration * (trail.extreme - trail.stop);
    trail.stop = trail.direction === 1 ? Math.min(next, bottom) : Math.max(next, top);
  }
  return { line, direction };
}
