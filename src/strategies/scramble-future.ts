import { type CandleColumns, EXTRA_COLUMN_NAMES } from '../candles/index.js';
import type { Random } from '../util/index.js';

/** How a check takes the future away: cut it off, or put another one there. */
export type OtherFuture = 'removed' | 'higher' | 'lower' | 'noise';

export type CandleColumnName = Exclude<keyof CandleColumns, 'length'>;

/** Candles `[from, to)` that are replaced, and by what. */
export interface ReplacedFuture {
  /** At least 1: the candle before it says where the other future starts. */
  readonly from: number;
  readonly to: number;
  readonly future: Exclude<OtherFuture, 'removed'>;
}

/**
 * Writes another valid future: a market that jumps up or down at once, or wild noise at other times.
 * Of the next candle, "higher" and "lower" change every price in opposite directions.
 *
 * @param candles - As they are; only read, so that the same random source gives the same future again.
 * @param targets - The columns that are written to. Shape `[n]` each.
 * @param replaced - Which candles, and how.
 * @param random - Uniform source; what is drawn from it does not depend on the targets.
 */
export function scrambleFuture(
  candles: CandleColumns,
  targets: Partial<Record<CandleColumnName, Float64Array>>,
  { from, to, future }: ReplacedFuture,
  random: Random,
): void {
  const { openTime, open, high, low, close, volume } = targets;
  // What is not read costs nothing.
  const extras = EXTRA_COLUMN_NAMES.filter((name) => targets[name] !== undefined);
  const anchor = candles.close[from - 1]!;
  const step = from > 1 ? candles.openTime[from - 1]! - candles.openTime[from - 2]! : 60_000;
  const volumeFactor = future === 'higher' ? 20 : 0.05;
  let price = future === 'higher' ? anchor * 1.3 : anchor / 1.3;
  for (let i = from; i < to; i++) {
    const before = price;
    if (future === 'noise') {
      price = anchor * (0.5 + random());
      const share = random();
      if (openTime !== undefined) openTime[i] = candles.openTime[i]! + 24 * step;
      if (volume !== undefined) volume[i] = candles.volume[i]! * 100 * share;
      for (const name of extras) targets[name]![i] = candles[name]![i]! * 100 * share;
    } else {
      price *= 1 + 0.01 * (random() - 0.5);
      if (volume !== undefined) volume[i] = (candles.volume[i]! + 1) * volumeFactor;
      for (const name of extras) targets[name]![i] = (candles[name]![i]! + 1) * volumeFactor;
    }
    if (open !== undefined) open[i] = before;
    if (close !== undefined) close[i] = price;
    if (high !== undefined) high[i] = Math.max(before, price) * 1.001;
    if (low !== undefined) low[i] = Math.min(before, price) * 0.999;
  }
}
