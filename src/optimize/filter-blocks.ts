import type { FilterSettings } from '../config/index.js';
import { type Timeframe, timeframeMs, UsageError } from '../domain/index.js';
import { parseSymbolList } from '../filters/index.js';
import type { ParameterValue } from '../strategies/index.js';
import { axisTree, type Block } from './blocks.js';
import { axisValues, distinct, type GridEntry, numberProblem } from './grid-axes.js';
import { ATR_FILTER_NAMES, SEASONALITY_NAMES } from './parameter-names.js';

/** Blocks of one filter, with what was left out of them. */
export interface FilterBlocks {
  readonly blocks: readonly Block[];
  readonly written: bigint;
  /** Settings that cannot be, and the first of them. */
  readonly invalid: number;
  readonly example: string | undefined;
}

/**
 * Builds the block of the ATR filter (S-11).
 *
 * @param entry - Grid; only looked at when the filter is asked for.
 * @param flags - Whether the filter is asked for, and its values otherwise.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function atrFilterBlocks(entry: GridEntry, flags: FilterSettings): FilterBlocks {
  const [apply, period, multiplier, smaPeriod] = ATR_FILTER_NAMES;
  if (!flags.apply_atr_filter) {
    return {
      ...NOTHING_INVALID,
      blocks: [axisTree(apply, [false], false, idle(ATR_FILTER_NAMES))],
    };
  }
  const number = (
    name: string,
    fallback: number,
    wish: string,
    accepts: (value: number) => boolean,
  ): readonly ParameterValue[] =>
    axisValues(entry, name, [fallback], (value) => numberProblem(name, value, wish, accepts));
  const lists = [
    number(
      period,
      flags.atr_filter_period,
      'an integer >= 1',
      (n) => Number.isInteger(n) && n >= 1,
    ),
    number(multiplier, flags.atr_filter_multiplier, 'a number above 0', (n) => n > 0),
    number(
      smaPeriod,
      flags.atr_filter_sma_period,
      'an integer >= 0',
      (n) => Number.isInteger(n) && n >= 0,
    ),
  ];
  const applies = axisValues(entry, apply, [true], (value) => booleanProblem(apply, value));
  const names = [period, multiplier, smaPeriod];
  const children = lists.map((list, k) => axisTree(names[k]!, distinct(list), null));
  const written = lists.reduce((product, list) => product * BigInt(list.length), 1n);
  return {
    ...NOTHING_INVALID,
    blocks: [axisTree(apply, distinct(applies), false, children)],
    written: written * BigInt(applies.length),
  };
}

/**
 * Builds the block of the seasonality filter (S-12): one row per setting that acts differently on this symbol.
 *
 * @param entry - Grid; only looked at when the filter is asked for.
 * @param flags - Whether the filter is asked for, and its values otherwise.
 * @param run - The symbol decides whether a list of symbols applies, the timeframe which hours contain a decision.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function seasonalityBlocks(
  entry: GridEntry,
  flags: FilterSettings,
  run: { readonly symbol: string; readonly timeframe: Timeframe },
): FilterBlocks {
  const off: readonly ParameterValue[] = [false, null, null];
  if (!flags.apply_seasonality_filter) {
    return { ...NOTHING_INVALID, blocks: [rowsBlock([off])] };
  }
  const applies = applyValues(entry);
  const hours = hoursValues(entry, flags);
  const symbols = axisValues(
    entry,
    'apply_seasonality_to_symbols',
    [flags.apply_seasonality_to_symbols],
    symbolsProblem,
  );
  const rows = new Map<string, readonly ParameterValue[]>();
  let example: string | undefined;
  let invalid = 0;
  for (const apply of distinct(applies)) {
    if (apply === false) {
      if (!rows.has('off')) rows.set('off', off);
      continue;
    }
    for (const window of distinct(hours)) {
      const problem = windowProblem(window as string, run.timeframe);
      if (problem !== undefined) {
        invalid += symbols.length;
        example ??= problem;
        continue;
      }
      for (const list of distinct(symbols)) {
        const acts = appliesTo(list, run.symbol) && window !== '0-24';
        const key = acts ? (window as string) : 'off';
        if (!rows.has(key)) rows.set(key, [true, window, list ?? '']);
      }
    }
  }
  const written = BigInt(applies.length) * BigInt(hours.length) * BigInt(symbols.length);
  return { blocks: [rowsBlock([...rows.values()])], written, invalid, example };
}

const NOTHING_INVALID = { written: 1n, invalid: 0, example: undefined } as const;

function idle(names: readonly string[]): ReturnType<typeof axisTree>[] {
  return names.slice(1).map((name) => axisTree(name, [null], null));
}

function rowsBlock(rows: readonly (readonly ParameterValue[])[]): Block {
  return { kind: 'rows', names: SEASONALITY_NAMES, rows };
}

function applyValues(entry: GridEntry): readonly ParameterValue[] {
  const [name, alias] = ['apply_seasonality_filter', 'apply_seasonality'];
  if (entry.grid[name] !== undefined && entry.grid[alias] !== undefined) {
    throw new UsageError(
      `${entry.at(alias)}: ${alias} means the same as ${name} (${entry.at(name)}); keep one of them`,
    );
  }
  const used = entry.grid[alias] === undefined ? name : alias;
  return axisValues(entry, used, [true], (value) => booleanProblem(used, value));
}

/** The listed windows, then every pair of a start and an end hour. */
function hoursValues(entry: GridEntry, flags: FilterSettings): readonly string[] {
  const [startName, endName] = ['seasonality_start_hour', 'seasonality_end_hour'];
  const listed = axisValues(entry, 'allowed_trading_hours_utc', [], (value) =>
    parseWindow(value) === undefined
      ? `allowed_trading_hours_utc must be hours like "5-17": current value is ${JSON.stringify(value)}`
      : undefined,
  );
  const present = [startName, endName].filter((name) => entry.grid[name] !== undefined);
  if (present.length === 1) {
    const missing = present[0] === startName ? endName : startName;
    throw new UsageError(`${entry.at(present[0]!)}: ${present[0]} needs ${missing} beside it`);
  }
  const hour = (name: string, max: number): readonly number[] =>
    axisValues(entry, name, [], (value) =>
      numberProblem(name, value, `an integer from 0 to ${max}`, (n) => isHour(n, max)),
    ) as readonly number[];
  const ends = hour(endName, 24);
  const pairs = hour(startName, 23).flatMap((start) => ends.map((end) => `${start}-${end}`));
  const windows = [...listed.map((text) => windowText(parseWindow(text)!)), ...pairs];
  if (windows.length > 0) return windows;
  const fallback = parseWindow(flags.allowed_trading_hours_utc);
  if (fallback !== undefined) return [windowText(fallback)];
  throw new UsageError(
    `--allowed-trading-hours-utc must be hours like 5-17: current value is ${JSON.stringify(flags.allowed_trading_hours_utc)}`,
  );
}

interface Window {
  readonly start: number;
  readonly end: number;
}

function parseWindow(value: ParameterValue): Window | undefined {
  const match = typeof value === 'string' ? /^\s*(\d{1,2})\s*-\s*(\d{1,2})\s*$/.exec(value) : null;
  if (match === null) return undefined;
  const window = { start: Number(match[1]), end: Number(match[2]) };
  return isHour(window.start, 23) && isHour(window.end, 24) ? window : undefined;
}

function windowText({ start, end }: Window): string {
  return `${start}-${end}`;
}

function isHour(hour: number, max: number): boolean {
  return Number.isInteger(hour) && hour >= 0 && hour <= max;
}

/** A window without length, or without a decision time of the timeframe, lets nothing through (S-12). */
function windowProblem(text: string, timeframe: Timeframe): string | undefined {
  const { start, end } = parseWindow(text)!;
  if (start === end) return `hours ${text} start and end at the same hour`;
  const step = timeframeMs(timeframe) / HOUR_MS;
  if (step <= 1) return undefined;
  for (let hour = 0; hour < 24; hour += Math.min(step, 24)) {
    if (start < end ? hour >= start && hour < end : hour >= start || hour < end) return undefined;
  }
  return `hours ${text} contain no close of a ${timeframe} candle`;
}

const HOUR_MS = 3_600_000;

function appliesTo(list: ParameterValue, symbol: string): boolean {
  const symbols = parseSymbolList(String(list ?? ''));
  return symbols.length === 0 || symbols.includes(symbol);
}

function symbolsProblem(value: ParameterValue): string | undefined {
  if (value === null || typeof value === 'string') return undefined;
  return `apply_seasonality_to_symbols must be text like "BTCUSDT,ETHUSDT": current value is ${JSON.stringify(value)}`;
}

function booleanProblem(name: string, value: ParameterValue): string | undefined {
  if (typeof value === 'boolean') return undefined;
  return `${name} must be true or false: current value is ${JSON.stringify(value)}`;
}
