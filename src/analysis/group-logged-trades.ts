import { quoteAsset } from '../domain/index.js';
import { profitFactor, systemQualityNumber } from '../metrics/index.js';
import { sortedQuantile } from './sorted-quantile.js';

import type { LoggedTrade } from './trade-log-reader.js';

/** What trades are grouped by. Hours and weekdays are those of the entry, months those of the exit; all UTC. */
export const TRADE_DIMENSIONS = [
  'world',
  'strategy',
  'symbol',
  'parameter_set',
  'side',
  'exit_reason',
  'hour',
  'weekday',
  'month',
] as const;

export type TradeDimension = (typeof TRADE_DIMENSIONS)[number];

/** Results of the trades that share something. Money is `NaN` when they are in different currencies. */
export interface TradeSummary {
  readonly key: string;
  readonly trades: number;
  readonly wins: number;
  /** Percent. */
  readonly winRate: number;
  /** `USDT`, or `mixed`. */
  readonly quoteAsset: string;
  /** Quote. */
  readonly netPnl: number;
  /** Percent of the entry value, per trade. */
  readonly meanReturnPct: number;
  readonly medianReturnPct: number;
  readonly profitFactor: number;
  /** √trades × mean / deviation of the returns: below about 2 it cannot be told from luck. `NaN` when all are equal. */
  readonly sqn: number;
  /** Quote. */
  readonly bestTrade: number;
  readonly worstTrade: number;
  /** Quote; `NaN` where a log does not tell. */
  readonly commission: number;
  /** `NaN` where a log does not tell. */
  readonly avgCandlesHeld: number;
  /** ms UTC. */
  readonly firstEntry: number;
  readonly lastExit: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Groups trades and sums up each group.
 *
 * @param trades - Any order.
 * @param dimension - What the trades of a group share.
 * @returns One summary per key that occurs: times of day, weekdays and months in order, others by number of trades.
 */
export function groupLoggedTrades(
  trades: readonly LoggedTrade[],
  dimension: TradeDimension,
): readonly TradeSummary[] {
  const groups = new Map<string, LoggedTrade[]>();
  for (const trade of trades) {
    const key = keyOf(trade, dimension);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trade]);
    else group.push(trade);
  }
  const summaries = [...groups].map(([key, group]) => summarizeTrades(group, key));
  return summaries.sort(orderOf(dimension));
}

/**
 * Sums trades up.
 *
 * @param trades - At least one.
 * @param key - Name of the group.
 */
export function summarizeTrades(trades: readonly LoggedTrade[], key: string): TradeSummary {
  const assets = new Set(trades.map((trade) => quoteAsset(trade.symbol)));
  const isMixed = assets.size > 1;
  const money = (value: number): number => (isMixed ? Number.NaN : value);
  const returns = Float64Array.from(trades, (trade) => trade.returnPct);
  const pnls = trades.map((trade) => trade.netPnl);
  const wins = pnls.filter((pnl) => pnl > 0).length;
  const total = (of: (trade: LoggedTrade) => number): number =>
    trades.reduce((sum, trade) => sum + of(trade), 0);
  const extreme = (pick: (a: number, b: number) => number): number =>
    pnls.reduce((a, b) => pick(a, b));
  return {
    key,
    trades: trades.length,
    wins,
    winRate: (100 * wins) / trades.length,
    quoteAsset: isMixed ? 'mixed' : ([...assets][0] ?? 'quote'),
    netPnl: money(total((trade) => trade.netPnl)),
    meanReturnPct: total((trade) => trade.returnPct) / trades.length,
    medianReturnPct: sortedQuantile(returns.slice().sort(), 0.5),
    profitFactor: money(profitFactor(pnls)),
    sqn: isSpread(returns) ? systemQualityNumber([...returns]) : Number.NaN,
    bestTrade: money(extreme(Math.max)),
    worstTrade: money(extreme(Math.min)),
    commission: money(total((trade) => trade.commission)),
    avgCandlesHeld: total((trade) => trade.candlesHeld) / trades.length,
    firstEntry: trades.reduce((time, trade) => Math.min(time, trade.entryTime), Infinity),
    lastExit: trades.reduce((time, trade) => Math.max(time, trade.exitTime), -Infinity),
  };
}

/** Stops give returns that are equal but for rounding: their deviation means nothing. */
function isSpread(returns: Float64Array): boolean {
  const [low, high] = extremes(returns);
  return high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high));
}

function extremes(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function keyOf(trade: LoggedTrade, dimension: TradeDimension): string {
  switch (dimension) {
    case 'world':
      return trade.world;
    case 'strategy':
      return trade.strategy;
    case 'symbol':
      return trade.symbol;
    case 'parameter_set':
      return `${trade.strategy}: ${trade.parameterSet}`;
    case 'side':
      return trade.side;
    case 'exit_reason':
      return trade.exitReason;
    case 'hour':
      return String(new Date(trade.entryTime).getUTCHours()).padStart(2, '0');
    case 'weekday':
      return WEEKDAYS[(new Date(trade.entryTime).getUTCDay() + 6) % 7]!;
    case 'month':
      return new Date(trade.exitTime).toISOString().slice(0, 7);
  }
}

function orderOf(dimension: TradeDimension): (a: TradeSummary, b: TradeSummary) => number {
  const byKey = (a: TradeSummary, b: TradeSummary): number => (a.key < b.key ? -1 : 1);
  if (dimension === 'hour' || dimension === 'month') return byKey;
  if (dimension === 'weekday') {
    return (a, b) => WEEKDAYS.indexOf(a.key) - WEEKDAYS.indexOf(b.key);
  }
  return (a, b) => b.trades - a.trades || byKey(a, b);
}
