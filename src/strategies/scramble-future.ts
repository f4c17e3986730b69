import type { CandleColumns } from '../candles/index.js';
import type { Random } from '../util/index.js';

/** How a check takes the future away: cut it off, or put another one there. */
export type OtherFuture = 'removed' | 'higher' | 'lower' | 'noise';

/**
 * Overwrites all candles after one with another valid future: a market that jumps up or down at once, or wild noise at other times.
 * Of the next candle, "higher" and "lower" change every price in opposite directions.
 *
 * @param columns - Written to.
 * @param last - Index of the last candle that stays.
 * @param future - Which.
 * @param random - Uniform source.
 */
export function scrambleFuture(
  columns: CandleColumns,
  last: number,
  future: Exclude<OtherFuture, 'removed'>,
  random: Random,
): void {
  const { openTime, open, high, low, close, volume } = columns;
  const anchor = close[last]!;
  const step = last > 0 ? openTime[last]! - openTime[last - 1]! : 60_000;
  const volumeFactor = future === 'higher' ? 20 : 0.05;
  let price = future === 'higher' ? anchor * 1.3 : anchor / 1.3;
  for (let i = last + 1; i < columns.length; i++) {
    const before = price;
    if (future === 'noise') {
      price = anchor * (0.5 + random());
      openTime[i] = openTime[i]! + 24 * step;
      volume[i] = volume[i]! * 100 * random();
    } else {
      price *= 1 + 0.01 * (random() - 0.5);
      volume[i] = (volume[i]! + 1) * volumeFactor;
    }
    open[i] = before;
    close[i] = price;
    high[i] = Math.max(before, price) * 1.001;
    low[i] = Math.min(before, price) * 0.999;
  }
}
