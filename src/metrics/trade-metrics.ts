/** What the trade measures read; every closed trade has it. */
export interface MeasuredTrade {
  readonly netPnl: number;
  readonly returnPct: number;
  readonly commission: number;
  readonly candlesHeld: number;
  readonly ambiguous: boolean;
}

/**
 * Returns the percent of trades that won (`net_pnl > 0`).
 *
 * @param netPnls - Shape `[trades]`, quote.
 * @returns 0 without trades.
 */
export function winRate(netPnls: readonly number[]): number {
  if (netPnls.length === 0) return 0;
  return (100 * netPnls.filter((pnl) => pnl > 0).length) / netPnls.length;
}

/**
 * Returns the sum of net wins over the absolute sum of net losses.
 *
 * @param netPnls - Shape `[trades]`, quote.
 * @returns `Infinity` when nothing was lost, 0 when nothing was won either.
 */
export function profitFactor(netPnls: readonly number[]): number {
  const wins = sum(netPnls.filter((pnl) => pnl > 0));
  const losses = sum(netPnls.filter((pnl) => pnl < 0));
  if (losses === 0) return wins > 0 ? Number.POSITIVE_INFINITY : 0;
  return wins / Math.abs(losses);
}

/**
 * Returns the system quality number: √trades × mean / sample deviation of `net_pnl`.
 *
 * @param netPnls - Shape `[trades]`, quote.
 * @returns 0 with fewer than two trades or zero deviation.
 * @see V. K. Tharp, Trade Your Way to Financial Freedom; without his cap of 100 trades.
 */
export function systemQualityNumber(netPnls: readonly number[]): number {
  const deviation = sampleDeviation(netPnls);
  return deviation === 0 ? 0 : (Math.sqrt(netPnls.length) * mean(netPnls)) / deviation;
}

/**
 * Returns the share of the trades' absolute profit that hangs on ambiguous candles (S-46).
 *
 * @param trades - Closed trades.
 * @returns Fraction; 0 when no trade won or lost anything.
 */
export function ambiguousShare(
  trades: readonly Pick<MeasuredTrade, 'netPnl' | 'ambiguous'>[],
): number {
  const all = sum(trades.map((trade) => Math.abs(trade.netPnl)));
  const ambiguous = trades.filter((trade) => trade.ambiguous);
  return all === 0 ? 0 : sum(ambiguous.map((trade) => Math.abs(trade.netPnl))) / all;
}

/**
 * Returns the sum, added from first to last.
 *
 * @param values - Any.
 */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/**
 * Returns the arithmetic mean.
 *
 * @param values - Any.
 * @returns 0 without values.
 */
export function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/**
 * Returns the sample deviation (n-1), in two passes.
 *
 * @param values - Any.
 * @returns 0 with fewer than two values; exactly 0 when all are equal, whatever rounding does to their mean.
 */
export function sampleDeviation(values: ArrayLike<number>): number {
  if (values.length < 2 || allEqual(values)) return 0;
  const average = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - average) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** The largest absolute value; 0 without values. */
export function largestAbsolute(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

function allEqual(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
