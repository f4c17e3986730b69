/** One calendar year (UTC) of a run, beside buy and hold. */
export interface YearlyReturn {
  readonly year: number;
  /** Fraction of the equity at the end of the year before. */
  readonly value: number;
  /** Of the same money in the instrument; fraction. */
  readonly holding: number;
  /** Deepest fall below the highest equity of the year, its beginning included; fraction. */
  readonly maxDrawdown: number;
  /** Trades that ended in the year, and how many of them won. */
  readonly trades: number;
  readonly wins: number;
}

/**
 * Measures every calendar year (UTC) that has candles.
 *
 * @param columns - Open times (ms UTC) and closes of the candles of the period, equity at each close. Shape `[n]` each.
 * @param start - Balance and price before the first candle.
 * @param trades - Closed trades.
 * @returns Ascending in time.
 */
export function yearlyReturns(
  columns: {
    readonly openTime: Float64Array;
    readonly close: Float64Array;
    readonly equity: Float64Array;
  },
  start: { readonly balance: number; readonly price: number },
  trades: readonly { readonly exitTime: number; readonly netPnl: number }[],
): readonly YearlyReturn[] {
  const { openTime, close, equity } = columns;
  const years: YearlyReturn[] = [];
  let [balance, price] = [start.balance, start.price];
  for (let i = 0; i < equity.length; ) {
    const year = new Date(openTime[i]!).getUTCFullYear();
    const [from, until] = [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
    let peak = balance;
    let maxDrawdown = 0;
    for (; i < equity.length && openTime[i]! < until; i++) {
      peak = Math.max(peak, equity[i]!);
      if (peak > 0) maxDrawdown = Math.max(maxDrawdown, 1 - equity[i]! / peak);
    }
    // A trade that ends at midnight of the new year ended with the last candle of the old one.
    const ended = trades.filter(({ exitTime }) => exitTime > from && exitTime <= until);
    years.push({
      year,
      value: balance > 0 ? equity[i - 1]! / balance - 1 : 0,
      holding: close[i - 1]! / price - 1,
      maxDrawdown,
      trades: ended.length,
      wins: ended.filter(({ netPnl }) => netPnl > 0).length,
    });
    [balance, price] = [equity[i - 1]!, close[i - 1]!];
  }
  return years;
}
