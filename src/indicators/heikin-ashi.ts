import { undefinedColumn } from './require-period.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`, quote. */
export interface HeikinAshiCandles extends PriceRanges {
  readonly open: Float64Array;
}

/**
 * Returns Heikin-Ashi candles: `close = (open + high + low + close) / 4`, `open` the middle of the body before,
 * `high` and `low` widened to both.
 *
 * The first `open` is the middle of its own candle's body; a candle that is not finite starts them anew. They are smoothed prices: nobody fills at them.
 *
 * @param candles - Columns of shape `[n]`.
 * @returns Columns of shape `[n]`; defined from index 0.
 * @see Dan Valcu, Stocks & Commodities 22:2, 2004; TradingView, TA-Lib, Skender and pandas-ta are the same.
 */
export function heikinAshi(candles: HeikinAshiCandles): HeikinAshiCandles {
  const { length } = candles.close;
  const open = undefinedColumn(length);
  const high = undefinedColumn(length);
  const low = undefinedColumn(length);
  const close = undefinedColumn(length);
  let middle = Number.NaN;
  for (let i = 0; i < length; i++) {
    const first = candles.open[i]!;
    const top = candles.high[i]!;
    const bottom = candles.low[i]!;
    const last = candles.close[i]!;
    const mean = (first + top + bottom + last) / 4;
    if (!Number.isFinite(mean)) {
      middle = Number.NaN;
      continue;
    }
    const start = Number.isNaN(middle) ? (first + last) / 2 : middle;
    open[i] = start;
    high[i] = Math.max(top, start, mean);
    low[i] = Math.min(bottom, start, mean);
    close[i] = mean;
    middle = (start + mean) / 2;
  }
  return { open, high, low, close };
}
