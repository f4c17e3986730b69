import path from 'node:path';
import { type ComparedResult, differingSettings } from './compare-results.js';
import { shortStrategyName } from './idle-settings.js';
import type { LoggedTrade } from './trade-log-reader.js';
import { traderLogName } from './trade-world.js';

/** What a result can be named after. */
type Unnamed = Pick<ComparedResult, 'path' | 'record' | 'trades'>;

/** More settings make no name. */
const SETTINGS_MAX = 3;
/** Named by words of their own, or of the file and not of the run. */
const NOT_IN_NAMES = [
  'strategy',
  'symbol',
  'interval',
  'market',
  'period_start',
  'period_end',
  'data_hash',
  'engine',
];

/**
 * Names results after what they are, as shortly as tells them apart: `MACross backtest` and `MACross forward test`, or
 * `MACross fast_period=9` and `MACross fast_period=12`.
 *
 * @param results - To be compared.
 * @returns One name per result; no two are equal.
 */
export function resultNames(results: readonly Unnamed[]): readonly string[] {
  const parts = [kindOf, symbolOf, intervalOf, marketOf, spanOf].map((of) => results.map(of));
  const columns = [
    ...parts,
    settingsColumn(results),
    results.map(({ path: file }) => stemOf(file)),
  ];
  let names = results.map(strategyOf);
  for (const column of columns) {
    if (new Set(names).size === names.length && names.every((name) => name !== '')) break;
    if (new Set(column).size === 1 && names.every((name) => name !== '')) continue;
    names = names.map((name, k) => [name, column[k]!].filter((part) => part !== '').join(' '));
  }
  return names.map((name, k) =>
    names.indexOf(name) === k && names.lastIndexOf(name) === k ? name : `${name} (${k + 1})`,
  );
}

function strategyOf({ record, trades, path: file }: Unnamed): string {
  const names =
    record === undefined ? valuesOf(trades, (trade) => trade.strategy) : [record.strategy];
  const [name = traderLogName(path.basename(file))?.strategy ?? ''] = names;
  return names.length > 1 ? `${names.length} strategies` : shortStrategyName(name);
}

/** A bot's log says by its name whose money it was. */
function kindOf({ record, trades, path: file }: Unnamed): string {
  const bot = traderLogName(path.basename(file));
  if (bot !== undefined) return bot.place === '' ? bot.mode : `${bot.mode} (${bot.place})`;
  return record?.kind ?? (trades === undefined ? '' : 'log');
}

function symbolOf({ record, trades }: Unnamed): string {
  const symbol = record?.settings.symbol;
  if (typeof symbol === 'string') return symbol;
  const symbols = valuesOf(trades, (trade) => trade.symbol);
  return symbols.length > 1 ? `${symbols.length} symbols` : (symbols[0] ?? '');
}

function intervalOf({ record, path: file }: Unnamed): string {
  const interval = record?.settings.interval;
  if (typeof interval === 'string') return interval;
  return traderLogName(path.basename(file))?.interval ?? '';
}

function marketOf({ record, path: file }: Unnamed): string {
  const market = record?.settings.market;
  if (typeof market === 'string') return market;
  return traderLogName(path.basename(file))?.market ?? '';
}

function spanOf({ record, trades = [] }: Unnamed): string {
  const entries = trades.map((trade) => trade.entryTime);
  const exits = trades.map((trade) => trade.exitTime);
  const start = record?.span?.start ?? entries.reduce((a, b) => Math.min(a, b), Infinity);
  const end = record?.span?.end ?? exits.reduce((a, b) => Math.max(a, b), -Infinity);
  return Number.isFinite(start) && Number.isFinite(end) ? `${day(start)} to ${day(end)}` : '';
}

/** The first settings that differ, in words. */
function settingsColumn(results: readonly Unnamed[]): readonly string[] {
  const differing = differingSettings(results)
    .filter(({ name, values }) => !NOT_IN_NAMES.includes(name) && !values.includes(undefined))
    .slice(0, SETTINGS_MAX);
  return results.map((_, k) =>
    differing.map(({ name, values }) => `${name}=${values[k]}`).join(' '),
  );
}

function valuesOf(
  trades: readonly LoggedTrade[] = [],
  of: (trade: LoggedTrade) => string,
): string[] {
  return [...new Set(trades.map(of))];
}

function stemOf(file: string): string {
  return path.basename(file).replace(/(_trades)?(\.csv\.run)?\.(csv|json)$/i, '');
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
