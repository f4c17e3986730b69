import { requirePeriod, undefinedColumn } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`. */
export interface AroonLines {
  /** 0 to 100. */
  readonly up: Float64Array;
  /** 0 to 100. */
  readonly down: Float64Array;
  /** `up - down`. */
  readonly oscillator: Float64Array;
}

/**
 * Returns Aroon: `100 * (period - candles since the highest high) / period`, the same of the lowest low, and their difference.
 *
 * The window is the current candle and `period` before it; of equal extremes the newest counts.
 *
 * @param candles - Columns of shape `[n]`; `NaN` makes every window undefined that contains it.
 * @param period - Candles, integer >= 1.
 * @returns Columns of shape `[n]`; `NaN` before index `period`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Tushar Chande, Stocks & Commodities 13:9, 1995; TA-Lib is the same. For Skender the oldest of equal extremes counts.
 */
export function aroon(
  { high, low }: Pick<PriceRanges, 'high' | 'low'>,
  period: number,
): AroonLines {
  requirePeriod('Aroon', period);
  const up = freshness(high, period, 1);
  const down = freshness(low, period, -1);
  return { up, down, oscillator: up.map((value, i) => value - down[i]!) };
}

/** How new the extreme is: 100 for the newest candle, 0 for the oldest. */
function freshness(values: Float64Array, period: number, sign: 1 | -1): Float64Array {
  const shares = undefinedColumn(values.length);
  for (let i = period; i < values.length; i++) {
    let extreme = sign * values[i]!;
    let age = 0;
    let isDefined = !Number.isNaN(extreme);
    for (let k = 1; k <= period && isDefined; k++) {
      const value = sign * values[i - k]!;
      isDefined = !Number.isNaN(value);
      if (!(value > extreme)) continue;
      extreme = value;
      age = k;
    }
    if (isDefined) shares[i] = (100 * (period - age)) / period;
  }
  return shares;
}
