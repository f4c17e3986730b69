import { DAY_MS } from '../../domain/index.js';
import {
  calmarRatio,
  compoundAnnualGrowthRate,
  computeMetrics,
  type Metrics,
  periodReturns,
  returnsPerYear,
  sharpeRatio,
  sortinoRatio,
} from '../../metrics/index.js';
import type { EngineRules } from '../../semantics/index.js';
import type { DrawdownState } from './drawdown.js';
import type { LoopResult } from './exact-loop.js';
import type { Ledger } from './ledger.js';
import type { PreparedCandles } from './prepared-candles.js';

/** Takes the returns of a run (S-50), fractions, and the row that it is; the array is not to be kept. */
export type ReturnsSink = (returns: readonly number[], row: number) => void;

/** Below this share of the mean, a deviation is computed from the trades themselves. */
const DEVIATION_SHARE_MIN = 1e-5;

/**
 * Returns the metrics of a row of a ledger.
 *
 * @param prepared - Candles.
 * @param rules - Of the row.
 * @param ledger - With all trades and day ends.
 * @param row - Combination.
 * @param drawdown - At the end.
 * @param onReturns - Takes the returns of the row and its number, unless the result is `undefined`.
 * @returns `undefined` when their rounding needs the trades themselves.
 */
export function rowMetrics(
  prepared: PreparedCandles,
  rules: EngineRules,
  ledger: Ledger,
  row: number,
  drawdown: DrawdownState,
  onReturns?: ReturnsSink,
): Metrics | undefined {
  const { length, openTime, open, close, timeframeMs } = prepared;
  const { days } = ledger;
  const { initialBalance } = rules;
  const trades = ledger.trades[row]!;
  const finalBalance = ledger.balance[row]!;
  const netPnl = ledger.netPnl[row]!;
  const mean = trades === 0 ? 0 : netPnl / trades;
  const squares = ledger.squareSum[row]!;
  let sqn = 0;
  if (squares !== 0) {
    const variance = (squares - ledger.deviationSum[row]! ** 2 / trades) / (trades - 1);
    if (!(Math.sqrt(variance) > DEVIATION_SHARE_MIN * Math.abs(mean))) return undefined;
    sqn = (Math.sqrt(trades) * mean) / Math.sqrt(variance);
  }
  const values = ledger.dayEquity.subarray(row * days, (row + 1) * days);
  const returns = periodReturns(initialBalance, values, values, DAY_MS);
  onReturns?.(returns, row);
  const perYear = returnsPerYear(timeframeMs);
  const spanMs = openTime[length - 1]! + timeframeMs - openTime[0]!;
  const cagr = compoundAnnualGrowthRate(initialBalance, finalBalance, spanMs);
  const winSum = ledger.winSum[row]!;
  const lossSum = ledger.lossSum[row]!;
  const noLoss = winSum > 0 ? Number.POSITIVE_INFINITY : 0;
  const absolute = winSum - lossSum;
  return {
    cumulativeProfit: finalBalance - initialBalance,
    finalBalance,
    totalTrades: trades,
    winRate: trades === 0 ? 0 : (100 * ledger.wins[row]!) / trades,
    profitFactor: lossSum === 0 ? noLoss : winSum / Math.abs(lossSum),
    maxDrawdown: drawdown.largest,
    maxDrawdownDuration: drawdown.longest,
    sharpeRatio: sharpeRatio(returns, perYear),
    sortinoRatio: sortinoRatio(returns, perYear),
    cagr,
    calmarRatio: calmarRatio(cagr, drawdown.largest),
    timeInMarket: ledger.candlesHeld[row]! / length,
    expectancy: trades === 0 ? 0 : ledger.returnSum[row]! / trades,
    avgTrade: mean,
    bestTrade: trades === 0 ? 0 : ledger.best[row]!,
    worstTrade: trades === 0 ? 0 : ledger.worst[row]!,
    sqn,
    avgCandlesHeld: trades === 0 ? 0 : ledger.candlesHeld[row]! / trades,
    totalCommission: ledger.commission[row]!,
    skippedEntries: 0,
    buyAndHoldReturn: close[length - 1]! / open[0]! - 1,
    ambiguousTrades: ledger.ambiguousTrades[row]!,
    ambiguousNetPnl: ledger.ambiguousNetPnl[row]!,
    ambiguousShare: absolute === 0 ? 0 : ledger.ambiguousAbsolute[row]! / absolute,
  };
}

/**
 * Returns the metrics of what the exact loop found.
 *
 * @param prepared - Candles.
 * @param rules - Of the run.
 * @param result - Of the loop.
 * @param onReturns - Takes the returns of the run.
 */
export function loopMetrics(
  prepared: PreparedCandles,
  rules: EngineRules,
  result: LoopResult,
  onReturns?: (returns: readonly number[]) => void,
): Metrics {
  const { trades, equity, finalBalance, candlesInMarket, skippedEntries } = result;
  const { open, close, openTime, timeframeMs, length } = prepared;
  const measured = Array.from({ length: trades.count }, (_, k) => ({
    netPnl: trades.netPnl[k]!,
    returnPct: (100 * trades.netPnl[k]!) / (trades.entryPrice[k]! * trades.quantity[k]!),
    commission: trades.commission[k]!,
    candlesHeld: trades.exit[k]! - (trades.code[k]! >> 1),
    ambiguous: trades.ambiguous[k] !== 0,
  }));
  return computeMetrics({
    initialBalance: rules.initialBalance,
    finalBalance,
    trades: measured,
    equity,
    openTimes: openTime,
    timeframeMs,
    firstOpen: open[0]!,
    lastClose: close[length - 1]!,
    candlesInMarket,
    skippedEntries,
    onReturns,
  });
}
