import { maxDrawdown, maxDrawdownDuration } from './drawdown.js';
import type { Metrics } from './metrics.js';
import {
  calmarRatio,
  compoundAnnualGrowthRate,
  periodReturns,
  returnsPerYear,
  sharpeRatio,
  sortinoRatio,
} from './returns.js';
import {
  ambiguousShare,
  type MeasuredTrade,
  mean,
  profitFactor,
  sum,
  systemQualityNumber,
  winRate,
} from './trade-metrics.js';

/** What the measures of §6 are computed from. */
export interface MetricsInput {
  /** Quote, > 0. */
  readonly initialBalance: number;
  readonly finalBalance: number;
  /** Closed trades in the order of their exits. */
  readonly trades: readonly MeasuredTrade[];
  /** Equity at each close; the last is the final balance. Shape `[candles of the period]`, quote. */
  readonly equity: Float64Array;
  /** Open time of those candles, ms UTC. Same shape. */
  readonly openTimes: Float64Array;
  /** Δ, ms. */
  readonly timeframeMs: number;
  /** First open and last close of the period. */
  readonly firstOpen: number;
  readonly lastClose: number;
  readonly candlesInMarket: number;
  readonly skippedEntries: number;
  /** Takes the returns that Sharpe and Sortino are measured on (S-50), fractions; not to be kept. */
  readonly onReturns?: ((returns: readonly number[]) => void) | undefined;
}

/**
 * Computes every measure of SEMANTICS §6.
 *
 * @param input - Trades, equity per candle and the counts of an engine.
 */
export function computeMetrics(input: MetricsInput): Metrics {
  const { initialBalance, finalBalance, trades, equity, openTimes, timeframeMs } = input;
  const netPnls = trades.map((trade) => trade.netPnl);
  const returns = periodReturns(initialBalance, equity, openTimes, timeframeMs);
  input.onReturns?.(returns);
  const perYear = returnsPerYear(timeframeMs);
  const drawdown = maxDrawdown(initialBalance, equity);
  const spanMs = (openTimes.at(-1) ?? 0) + timeframeMs - (openTimes[0] ?? 0);
  const cagr = compoundAnnualGrowthRate(initialBalance, finalBalance, spanMs);
  const ambiguous = trades.filter((trade) => trade.ambiguous);
  return {
    cumulativeProfit: finalBalance - initialBalance,
    finalBalance,
    totalTrades: trades.length,
    winRate: winRate(netPnls),
    profitFactor: profitFactor(netPnls),
    maxDrawdown: drawdown,
    maxDrawdownDuration: maxDrawdownDuration(initialBalance, equity, openTimes, timeframeMs),
    sharpeRatio: sharpeRatio(returns, perYear),
    sortinoRatio: sortinoRatio(returns, perYear),
    cagr,
    calmarRatio: calmarRatio(cagr, drawdown),
    timeInMarket: equity.length === 0 ? 0 : input.candlesInMarket / equity.length,
    expectancy: mean(trades.map((trade) => trade.returnPct)),
    avgTrade: mean(netPnls),
    bestTrade: netPnls.reduce((best, pnl) => Math.max(best, pnl), netPnls[0] ?? 0),
    worstTrade: netPnls.reduce((worst, pnl) => Math.min(worst, pnl), netPnls[0] ?? 0),
    sqn: systemQualityNumber(netPnls),
    avgCandlesHeld: mean(trades.map((trade) => trade.candlesHeld)),
    totalCommission: sum(trades.map((trade) => trade.commission)),
    skippedEntries: input.skippedEntries,
    buyAndHoldReturn: input.lastClose / input.firstOpen - 1,
    ambiguousTrades: ambiguous.length,
    ambiguousNetPnl: sum(ambiguous.map((trade) => trade.netPnl)),
    ambiguousShare: ambiguousShare(trades),
  };
}
