import { highest, lowest } from './highest-lowest.js';
import { requirePeriod, undefinedColumn } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`, quote. */
export interface IchimokuLines {
  /** Tenkan-sen. */
  readonly conversion: Float64Array;
  /** Kijun-sen. */
  readonly base: Float64Array;
  /** Senkou span A as it stands at the candle: computed `displacement` candles before. */
  readonly spanA: Float64Array;
  /** Senkou span B as it stands at the candle. */
  readonly spanB: Float64Array;
  /** Senkou span A of now, which a chart draws `displacement` candles ahead. */
  readonly leadingSpanA: Float64Array;
  /** Senkou span B of now. */
  readonly leadingSpanB: Float64Array;
}

/** Periods of `ichimoku()`, in candles, integers >= 1. */
export interface IchimokuPeriods {
  /** Default 9. */
  readonly conversion?: number;
  /** Default 26. */
  readonly base?: number;
  /** Of span B. Default 52. */
  readonly span?: number;
  /** Candles that the cloud is drawn ahead, integer >= 0. Default 26. */
  readonly displacement?: number;
}

/**
 * Returns the Ichimoku lines: `(highest high + lowest low) / 2` over 9 candles (conversion), 26 (base) and 52 (span B); span A is the middle of conversion and
 * base; both spans stand `displacement` candles ahead.
 *
 * The lagging line (chikou) is the close itself, drawn back: as a column it would look ahead. Compare `close[i]` with `close[i - displacement]` instead.
 *
 * @param candles - Columns of shape `[n]`.
 * @param periods - Default 9, 26, 52, 26.
 * @returns Columns of shape `[n]`; `NaN` before index `conversion - 1`, `base - 1`, leading span A `max(conversion, base) - 1`, leading span B
 *   `span - 1`; the spans `displacement` later.
 * @throws {RangeError} If a period is not an integer >= 1, or the displacement not an integer >= 0.
 * @see Goichi Hosoda, 1969; Skender is the same. TradingView counts the newest candle, so that its displacement 26 is 25 here.
 */
export function ichimoku(
  { high, low }: Pick<PriceRanges, 'high' | 'low'>,
  periods: IchimokuPeriods = {},
): IchimokuLines {
  const { conversion = 9, base = 26, span = 52, displacement = 26 } = periods;
  requirePeriod('Ichimoku', conversion, 1, 'conversion');
  requirePeriod('Ichimoku', base, 1, 'base');
  requirePeriod('Ichimoku', span, 1, 'span');
  requirePeriod('Ichimoku', displacement, 0, 'displacement');
  const middle = (period: number): Float64Array => {
    const bottom = lowest(low, period);
    return highest(high, period).map((top, i) => (top + bottom[i]!) / 2);
  };
  const shifted = (column: Float64Array): Float64Array => {
    const later = undefinedColumn(column.length);
    later.set(
      column.subarray(0, Math.max(0, column.length - displacement)),
      Math.min(displacement, column.length),
    );
    return later;
  };
  const tenkan = middle(conversion);
  const kijun = middle(base);
  const leadingSpanA = tenkan.map((value, i) => (value + kijun[i]!) / 2);
  const leadingSpanB = middle(span);
  return {
    conversion: tenkan,
    base: kijun,
    spanA: shifted(leadingSpanA),
    spanB: shifted(leadingSpanB),
    leadingSpanA,
    leadingSpanB,
  };
}
