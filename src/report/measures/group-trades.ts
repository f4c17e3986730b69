import type { Trade } from '../../domain/index.js';

/** Results of the trades that share something. */
export interface TradeGroup<Key> {
  readonly key: Key;
  readonly trades: number;
  /** Fraction. */
  readonly winRate: number;
  /** Quote. */
  readonly netPnl: number;
  /** Mean return per trade, percent. */
  readonly meanReturnPct: number;
}

/**
 * Groups trades and sums up each group.
 *
 * @param trades - Closed trades.
 * @param keyOf - What the trades of a group share.
 * @returns One group per key that occurs, in order of first occurrence.
 */
export function groupTrades<Key>(
  trades: readonly Trade[],
  keyOf: (trade: Trade) => Key,
): readonly TradeGroup<Key>[] {
  const sums = new Map<Key, { trades: number; wins: number; netPnl: number; returnPct: number }>();
  for (const trade of trades) {
    const key = keyOf(trade);
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { trades: 0, wins: 0, netPnl: 0, returnPct: 0 };
      sums.set(key, sum);
    }
    sum.trades += 1;
    sum.wins += trade.netPnl > 0 ? 1 : 0;
    sum.netPnl += trade.netPnl;
    sum.returnPct += trade.returnPct;
  }
  return [...sums].map(([key, sum]) => ({
    key,
    trades: sum.trades,
    winRate: sum.wins / sum.trades,
    netPnl: sum.netPnl,
    meanReturnPct: sum.returnPct / sum.trades,
  }));
}
