import { csvField } from '../domain/index.js';
import {
  groupLoggedTrades,
  summarizeTrades,
  TRADE_DIMENSIONS,
  type TradeDimension,
  type TradeSummary,
} from './group-logged-trades.js';
import type { RunRecord } from './run-record.js';
import type { LoggedTrade } from './trade-log-reader.js';

/** A trade log that was read. */
export interface TradeLog {
  readonly path: string;
  readonly trades: readonly LoggedTrade[];
  readonly notes: readonly string[];
  /** Of the file beside it, if any. */
  readonly record: RunRecord | undefined;
}

/** Everything that the analysis of trade logs shows. */
export interface TradeAnalysis {
  readonly logs: readonly TradeLog[];
  /** Of all logs, in order of their exits. */
  readonly trades: readonly LoggedTrade[];
  readonly overall: TradeSummary;
  readonly groups: Readonly<Record<TradeDimension, readonly TradeSummary[]>>;
}

/**
 * Leaves the trades on generated candles out where there are others: their sum would mean nothing.
 *
 * @param logs - Of any worlds.
 * @returns All logs if their trades are all SYNTHETIC or none is; otherwise those that have trades left.
 */
export function withoutSynthetic(logs: readonly TradeLog[]): {
  readonly logs: readonly TradeLog[];
  /** Trades left out. */
  readonly leftOut: number;
} {
  const isSynthetic = ({ world }: LoggedTrade): boolean => world === 'SYNTHETIC';
  const trades = logs.flatMap((log) => log.trades);
  const leftOut = trades.filter(isSynthetic).length;
  if (leftOut === 0 || leftOut === trades.length) return { logs, leftOut: 0 };
  const kept = logs
    .map((log) => ({ ...log, trades: log.trades.filter((trade) => !isSynthetic(trade)) }))
    .filter((log, k) => log.trades.length > 0 || logs[k]!.trades.length === 0);
  return { logs: kept, leftOut };
}

/**
 * Analyzes the trades of logs together.
 *
 * @param logs - With at least one trade in all.
 */
export function analyzeTrades(logs: readonly TradeLog[]): TradeAnalysis {
  const trades = logs.flatMap((log) => log.trades).sort((a, b) => a.exitTime - b.exitTime);
  const groups = Object.fromEntries(
    TRADE_DIMENSIONS.map((dimension) => [dimension, groupLoggedTrades(trades, dimension)]),
  ) as Record<TradeDimension, readonly TradeSummary[]>;
  return { logs, trades, overall: summarizeTrades(trades, 'all'), groups };
}

const SUMMARY_COLUMNS: readonly (readonly [string, (summary: TradeSummary) => unknown])[] = [
  ['trades', (summary) => summary.trades],
  ['wins', (summary) => summary.wins],
  ['win_rate', (summary) => summary.winRate],
  ['quote_asset', (summary) => summary.quoteAsset],
  ['net_pnl', (summary) => cell(summary.netPnl)],
  ['mean_return_pct', (summary) => summary.meanReturnPct],
  ['median_return_pct', (summary) => summary.medianReturnPct],
  ['profit_factor', (summary) => cell(summary.profitFactor)],
  ['sqn', (summary) => cell(summary.sqn)],
  ['best_trade', (summary) => cell(summary.bestTrade)],
  ['worst_trade', (summary) => cell(summary.worstTrade)],
  ['commission', (summary) => cell(summary.commission)],
  ['avg_candles_held', (summary) => cell(summary.avgCandlesHeld)],
  ['first_entry', (summary) => new Date(summary.firstEntry).toISOString()],
  ['last_exit', (summary) => new Date(summary.lastExit).toISOString()],
];

/**
 * Writes all groups as CSV, one line per group; what is unknown is an empty cell.
 *
 * @param analysis - Of trade logs.
 */
export function tradeSummaryCsv(analysis: TradeAnalysis): string {
  const header = ['group', 'value', ...SUMMARY_COLUMNS.map(([name]) => name)].join(',');
  const line = (group: string, summary: TradeSummary): string =>
    [group, summary.key, ...SUMMARY_COLUMNS.map(([, value]) => value(summary))]
      .map(csvField)
      .join(',');
  const lines = TRADE_DIMENSIONS.flatMap((dimension) =>
    analysis.groups[dimension].map((summary) => line(dimension, summary)),
  );
  return `${[header, line('all', analysis.overall), ...lines].join('\n')}\n`;
}

function cell(value: number): number | string {
  return Number.isNaN(value) ? '' : value;
}
