import path from 'node:path';
import { METRICS, type Metrics } from '../metrics/index.js';
import { idleSettings, knownParameters } from './idle-settings.js';
import {
  type EquityCurve,
  NOT_SET,
  type RunRecord,
  type SettingValue,
  settingText,
} from './run-record.js';
import type { LoggedTrade } from './trade-log-reader.js';
import { traderLogName } from './trade-world.js';

/** One result to compare: what is known of a run. */
export interface ComparedResult {
  /** Short and unique among those compared. */
  readonly name: string;
  readonly path: string;
  readonly record: RunRecord | undefined;
  /** `undefined` when no trade log is known. */
  readonly trades: readonly LoggedTrade[] | undefined;
  readonly notes: readonly string[];
}

/** A setting or parameter that is not the same everywhere. */
export interface DifferingSetting {
  readonly name: string;
  /** One per result, as text, `not set` where it has none; `undefined` where the result does not tell. */
  readonly values: readonly (string | undefined)[];
}

/** A metric over all results. */
export interface ComparedMetric {
  readonly key: keyof Metrics;
  /** One per result, `NaN` where unknown. */
  readonly values: readonly number[];
  /** Index of the best one; `undefined` when none is better, or neither direction is. */
  readonly best: number | undefined;
}

/** Trades of two results, matched by symbol, side and entry time. */
export interface TradeDifferences {
  /** Indices of the results. */
  readonly first: number;
  readonly second: number;
  readonly onlyFirst: readonly LoggedTrade[];
  readonly onlySecond: readonly LoggedTrade[];
  /** Same entry, but exit time or exit reason differ. */
  readonly otherExit: readonly (readonly [LoggedTrade, LoggedTrade])[];
  /** Equal in entry and exit. */
  readonly same: number;
}

/** Several results side by side. */
export interface Comparison {
  readonly results: readonly ComparedResult[];
  readonly settings: readonly DifferingSetting[];
  readonly metrics: readonly ComparedMetric[];
  /** Equity of each result; `undefined` where nothing tells. */
  readonly equity: readonly (EquityCurve | undefined)[];
  /** The first result against each other one that has trades. */
  readonly trades: readonly TradeDifferences[];
}

/**
 * Compares results.
 *
 * @param results - Two or more.
 */
export function compareResults(results: readonly ComparedResult[]): Comparison {
  const [first, ...others] = results;
  return {
    results,
    settings: differingSettings(results),
    metrics: METRICS.map(({ key, better }) => {
      const values = results.map((result) => metricOf(result, key));
      return { key, values, best: bestOf(values, better) };
    }).filter(({ values }) => values.some((value) => !Number.isNaN(value))),
    equity: results.map(equityOf),
    trades:
      first?.trades === undefined
        ? []
        : others.flatMap((other, k) =>
            other.trades === undefined
              ? []
              : [{ first: 0, second: k + 1, ...tradeDifferences(first.trades!, other.trades) }],
          ),
  };
}

/**
 * Matches trades of two logs by symbol, side and entry time.
 *
 * @param first - Any order.
 * @param second - Any order.
 */
export function tradeDifferences(
  first: readonly LoggedTrade[],
  second: readonly LoggedTrade[],
): Omit<TradeDifferences, 'first' | 'second'> {
  const keyOf = (trade: LoggedTrade): string => `${trade.symbol} ${trade.side} ${trade.entryTime}`;
  const waiting = new Map<string, LoggedTrade[]>();
  for (const trade of second) {
    const queue = waiting.get(keyOf(trade));
    if (queue === undefined) waiting.set(keyOf(trade), [trade]);
    else queue.push(trade);
  }
  const onlyFirst: LoggedTrade[] = [];
  const otherExit: [LoggedTrade, LoggedTrade][] = [];
  let same = 0;
  for (const trade of first) {
    const twin = waiting.get(keyOf(trade))?.shift();
    if (twin === undefined) onlyFirst.push(trade);
    else if (twin.exitTime === trade.exitTime && twin.exitReason === trade.exitReason) same++;
    else otherExit.push([trade, twin]);
  }
  const onlySecond = [...waiting.values()].flat().sort((a, b) => a.entryTime - b.entryTime);
  return { onlyFirst, onlySecond, otherExit, same };
}

/**
 * Finds the settings and parameters that are not the same in all results; those without effect count as not set.
 *
 * @param results - Records and trades.
 */
export function differingSettings(
  results: readonly Pick<ComparedResult, 'path' | 'record' | 'trades'>[],
): readonly DifferingSetting[] {
  const settings = results.map(({ path: file, record, trades }): Record<string, SettingValue> => {
    if (record === undefined) return trades === undefined ? {} : settingsOfTrades(trades, file);
    const known = { ...record.parameters, ...record.settings };
    const idle = idleSettings(known, knownParameters(record.strategy));
    return {
      strategy: record.strategy,
      ...Object.fromEntries(Object.entries(known).filter(([name]) => !idle.has(name))),
    };
  });
  const names = [...new Set(settings.flatMap((known) => Object.keys(known)))];
  return names
    .map((name) => ({
      name,
      values: settings.map((known, k) => {
        if (known[name] !== undefined) return settingText(known[name]);
        // A whole record lacks what its strategy or run does not have.
        return results[k]!.record === undefined ? undefined : NOT_SET;
      }),
    }))
    .filter(({ values }) => new Set(values).size > 1);
}

function settingsOfTrades(trades: readonly LoggedTrade[], file: string): Record<string, string> {
  const bot = traderLogName(path.basename(file));
  const all = (of: (trade: LoggedTrade) => string): string =>
    [...new Set(trades.map(of))].join(',');
  return {
    strategy: all((trade) => trade.strategy),
    symbol: all((trade) => trade.symbol),
    ...(bot === undefined ? {} : { market: bot.market, interval: bot.interval }),
  };
}

/** What the trades alone tell, where no record does. */
function metricOf({ record, trades }: ComparedResult, key: keyof Metrics): number {
  const known = record?.metrics[key];
  if (known !== undefined) return known;
  if (trades === undefined) return Number.NaN;
  const pnls = trades.map((trade) => trade.netPnl);
  const sum = pnls.reduce((a, b) => a + b, 0);
  const won = pnls.reduce((total, pnl) => total + Math.max(0, pnl), 0);
  switch (key) {
    case 'cumulativeProfit':
      return sum;
    case 'totalTrades':
      return trades.length;
    case 'winRate':
      return trades.length === 0 ? 0 : (100 * pnls.filter((pnl) => pnl > 0).length) / trades.length;
    case 'profitFactor':
      return won === sum ? (won > 0 ? Infinity : 0) : won / (won - sum);
    case 'expectancy':
      return trades.length === 0
        ? 0
        : trades.reduce((total, trade) => total + trade.returnPct, 0) / trades.length;
    case 'avgTrade':
      return trades.length === 0 ? 0 : sum / trades.length;
    default:
      return Number.NaN;
  }
}

function bestOf(
  values: readonly number[],
  better: 'higher' | 'lower' | undefined,
): number | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (better === undefined || known.length < 2 || new Set(known).size === 1) return undefined;
  const best = better === 'higher' ? Math.max(...known) : Math.min(...known);
  // Two equal bests are no best.
  return known.filter((value) => value === best).length === 1 ? values.indexOf(best) : undefined;
}

/** From the record; else the balances after each exit, which know nothing of open positions. */
function equityOf({ record, trades }: ComparedResult): EquityCurve | undefined {
  if (record?.equity !== undefined) return record.equity;
  const closed = (trades ?? [])
    .filter((trade) => Number.isFinite(trade.balance))
    .sort((a, b) => a.exitTime - b.exitTime);
  const [first] = closed;
  if (first === undefined) return undefined;
  return {
    times: [first.entryTime, ...closed.map((trade) => trade.exitTime)],
    values: [first.balance - first.netPnl, ...closed.map((trade) => trade.balance)],
  };
}
