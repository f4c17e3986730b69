/** The measures of SEMANTICS §6; names in result files are the same in snake_case. */
export interface Metrics {
  /** Quote. */
  readonly cumulativeProfit: number;
  readonly finalBalance: number;
  readonly totalTrades: number;
  /** Percent. */
  readonly winRate: number;
  /** Infinity when nothing was lost. */
  readonly profitFactor: number;
  /** Fraction, positive. */
  readonly maxDrawdown: number;
  /** ms. */
  readonly maxDrawdownDuration: number;
  readonly sharpeRatio: number;
  readonly sortinoRatio: number;
  /** Fraction per year. */
  readonly cagr: number;
  readonly calmarRatio: number;
  /** Fraction. */
  readonly timeInMarket: number;
  /** Mean return per trade, percent. */
  readonly expectancy: number;
  /** Quote. */
  readonly avgTrade: number;
  readonly bestTrade: number;
  readonly worstTrade: number;
  readonly sqn: number;
  readonly avgCandlesHeld: number;
  /** Quote. */
  readonly totalCommission: number;
  readonly skippedEntries: number;
  /** Fraction. */
  readonly buyAndHoldReturn: number;
  readonly ambiguousTrades: number;
  /** Quote. */
  readonly ambiguousNetPnl: number;
  /** Σ|net_pnl| of ambiguous trades over Σ|net_pnl| of all; 0 without trades. Fraction. */
  readonly ambiguousShare: number;
}
