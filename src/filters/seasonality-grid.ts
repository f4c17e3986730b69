import { type SettingValue, type Timeframe, timeframeMs, UsageError } from '../domain/index.js';
import type { FilterGrid, GridAxes } from './filter-rule.js';
import { formatHours, parseSymbolList, type TradingHours } from './trading-hours.js';

const APPLY = 'apply_seasonality_filter';
const HOURS = 'allowed_trading_hours_utc';
const SYMBOLS = 'apply_seasonality_to_symbols';
/** The same as the switch. */
const ALIAS = 'apply_seasonality';
/** Every pair of them is one more window of hours. */
const START = 'seasonality_start_hour';
const END = 'seasonality_end_hour';

const OFF: readonly SettingValue[] = [false, null, null];
const HOUR_MS = 3_600_000;

/** Axes of the seasonality filter (S-12): one row per setting that acts differently on the symbol. */
export const seasonalityGrid: FilterGrid = {
  names: [ALIAS, START, END],
  rows: (axes, given, { symbol, timeframe }) => {
    const applies = applyValues(axes);
    const hours = hoursValues(axes, String(given[HOURS]));
    const symbols = axes.values(SYMBOLS, [given[SYMBOLS] ?? null], symbolsProblem);
    const rows = new Map<string, readonly SettingValue[]>();
    let example: string | undefined;
    let invalid = 0;
    for (const apply of new Set(applies)) {
      if (apply === false) {
        if (!rows.has('off')) rows.set('off', OFF);
        continue;
      }
      for (const window of new Set(hours)) {
        const problem = windowProblem(window, timeframe);
        if (problem !== undefined) {
          invalid += symbols.length;
          example ??= problem;
          continue;
        }
        for (const list of new Set(symbols)) {
          const acts = appliesTo(list, symbol) && window !== '0-24';
          const key = acts ? window : 'off';
          if (!rows.has(key)) rows.set(key, [true, window, list ?? '']);
        }
      }
    }
    const written = BigInt(applies.length) * BigInt(hours.length) * BigInt(symbols.length);
    return { rows: [...rows.values()], written, invalid, example };
  },
};

function applyValues(axes: GridAxes): readonly SettingValue[] {
  if (axes.has(APPLY) && axes.has(ALIAS)) {
    throw new UsageError(
      `${axes.at(ALIAS)}: ${ALIAS} means the same as ${APPLY} (${axes.at(APPLY)}); keep one of them`,
    );
  }
  const used = axes.has(ALIAS) ? ALIAS : APPLY;
  return axes.values(used, [true], (value) =>
    typeof value === 'boolean'
      ? undefined
      : `${used} must be true or false: current value is ${JSON.stringify(value)}`,
  );
}

/** The listed windows, then every pair of a start and an end hour. */
function hoursValues(axes: GridAxes, given: string): readonly string[] {
  const listed = axes.values(HOURS, [], (value) =>
    parseWindow(value) === undefined
      ? `${HOURS} must be hours like "5-17": current value is ${JSON.stringify(value)}`
      : undefined,
  );
  const present = [START, END].filter((name) => axes.has(name));
  if (present.length === 1) {
    const missing = present[0] === START ? END : START;
    throw new UsageError(`${axes.at(present[0]!)}: ${present[0]} also needs ${missing}`);
  }
  const hour = (name: string, max: number): readonly SettingValue[] =>
    axes.values(name, [], (value) =>
      typeof value === 'number' && isHour(value, max)
        ? undefined
        : `${name} must be an integer from 0 to ${max}: current value is ${JSON.stringify(value)}`,
    );
  const ends = hour(END, 24);
  const pairs = hour(START, 23).flatMap((start) => ends.map((end) => `${start}-${end}`));
  const windows = [...listed.map((text) => formatHours(parseWindow(text)!)), ...pairs];
  if (windows.length > 0) return windows;
  const fallback = parseWindow(given);
  if (fallback !== undefined) return [formatHours(fallback)];
  throw new UsageError(
    `--allowed-trading-hours-utc must be hours like 5-17: current value is ${JSON.stringify(given)}`,
  );
}

function parseWindow(value: unknown): TradingHours | undefined {
  const match = typeof value === 'string' ? /^\s*(\d{1,2})\s*-\s*(\d{1,2})\s*$/.exec(value) : null;
  if (match === null) return undefined;
  const window = { start: Number(match[1]), end: Number(match[2]) };
  return isHour(window.start, 23) && isHour(window.end, 24) ? window : undefined;
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
  return `hours ${text} contain no ${timeframe} candle close`;
}

function appliesTo(list: SettingValue, symbol: string): boolean {
  const symbols = parseSymbolList(String(list ?? ''));
  return symbols.length === 0 || symbols.includes(symbol);
}

function symbolsProblem(value: unknown): string | undefined {
  if (value === null || typeof value === 'string') return undefined;
  return `${SYMBOLS} must be text like "BTCUSDT,ETHUSDT": current value is ${JSON.stringify(value)}`;
}
