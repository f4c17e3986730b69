import { lowerBound } from '../../util/index.js';

/** Return of one calendar month (UTC). */
export interface MonthlyReturn {
  readonly year: number;
  /** 0-11. */
  readonly month: number;
  /** Fraction of the equity at the end of the month before. */
  readonly value: number;
}

/**
 * Computes the return of every calendar month (UTC) that has candles.
 *
 * @param openTime - Open times of the candles of the period, ms UTC. Shape `[n]`.
 * @param equity - Equity at the close of each, quote. Shape `[n]`.
 * @param initialBalance - Quote.
 * @returns Ascending in time; 0 when the equity before was not positive.
 */
export function monthlyReturns(
  openTime: Float64Array,
  equity: Float64Array,
  initialBalance: number,
): readonly MonthlyReturn[] {
  const months: MonthlyReturn[] = [];
  let before = initialBalance;
  for (let i = 0; i < equity.length; i++) {
    const date = new Date(openTime[i]!);
    // The first candle of the next month settles this one; skip ahead to it.
    const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    const end = lowerBound(openTime, next, i, equity.length);
    const last = equity[end - 1]!;
    months.push({
      year: date.getUTCFullYear(),
      month: date.getUTCMonth(),
      value: before > 0 ? last / before - 1 : 0,
    });
    before = last;
    i = end - 1;
  }
  return months;
}
