import type { CandleSeries } from '../candles/index.js';
import { DAY_MS, timeframeMs, UsageError } from '../domain/index.js';
import { BOTH_ALLOWED, type EntryFilter } from './entry-filter.js';

const HOUR_MS = 3_600_000;

/** Hours of the day, UTC: `start <= hour < end`, wrapping midnight when `end < start`. */
export interface TradingHours {
  /** 0-23. */
  readonly start: number;
  /** 0-24. */
  readonly end: number;
}

export interface SeasonalityFilterOptions {
  /** For example `5-17` or `22-4`, UTC. */
  readonly hours: string | TradingHours;
  /** Comma-separated or a list; empty = every symbol. Default empty. */
  readonly symbols?: string | readonly string[];
}

/**
 * Returns the filter that allows entries only at certain hours of the decision time, `openTime + Δ` (S-12).
 *
 * @param options - Hours, and the symbols that they apply to; another symbol is not filtered.
 * @throws {UsageError} If the hours are not `start-end` with start 0-23, end 0-24 and start other than end; from `mask()`, if no
 *   decision time of the timeframe lies in them.
 */
export function seasonalityFilter(options: SeasonalityFilterOptions): EntryFilter {
  const hours =
    typeof options.hours === 'string' ? parseTradingHours(options.hours) : options.hours;
  requireHours(hours, formatHours(hours));
  const symbols = parseSymbolList(options.symbols ?? []);
  return {
    name: 'seasonality',
    warmUp: 0,
    mask(candles: CandleSeries): Uint8Array {
      if (symbols.length > 0 && !symbols.includes(candles.symbol.trim().toUpperCase())) {
        return new Uint8Array(candles.length).fill(BOTH_ALLOWED);
      }
      const length = timeframeMs(candles.timeframe);
      requireDecisionTime(hours, candles);
      const { openTime } = candles;
      const mask = new Uint8Array(openTime.length);
      for (let i = 0; i < mask.length; i++) {
        if (includesTime(hours, openTime[i]! + length)) mask[i] = BOTH_ALLOWED;
      }
      return mask;
    },
  };
}

/**
 * Parses trading hours.
 *
 * @param text - `start-end` in whole UTC hours, for example `5-17`, `22-4` (over midnight) or `0-24`.
 * @throws {UsageError} If it is not that, start is above 23, end above 24, or both are equal.
 */
export function parseTradingHours(text: string): TradingHours {
  const parts = /^\s*(\d{1,2})\s*-\s*(\d{1,2})\s*$/.exec(text);
  if (parts === null) {
    throw new UsageError(
      `Trading hours "${text}": write start-end in UTC hours, for example 5-17 or 22-4`,
    );
  }
  const hours = { start: Number(parts[1]), end: Number(parts[2]) };
  requireHours(hours, text);
  return hours;
}

/**
 * Parses a list of symbols; blanks and case do not matter.
 *
 * @param list - Comma-separated text or a list.
 * @returns Upper-case symbols; empty = every symbol.
 */
export function parseSymbolList(list: string | readonly string[]): readonly string[] {
  const names = typeof list === 'string' ? list.split(',') : list;
  return names.map((name) => name.trim().toUpperCase()).filter((name) => name !== '');
}

function requireHours(hours: TradingHours, text: string): void {
  const { start, end } = hours;
  const whole = Number.isInteger(start) && Number.isInteger(end);
  if (!whole || start < 0 || start > 23 || end < 0 || end > 24) {
    throw new UsageError(
      `Trading hours "${text}": start must be a whole hour 0-23 and end 0-24 (UTC)`,
    );
  }
  if (start === end) {
    throw new UsageError(
      `Trading hours "${text}": start and end are equal; for the whole day write 0-24`,
    );
  }
}

function includesTime({ start, end }: TradingHours, time: number): boolean {
  const timeOfDay = time - Math.floor(time / DAY_MS) * DAY_MS;
  const hour = Math.floor(timeOfDay / HOUR_MS);
  return start < end ? start <= hour && hour < end : start <= hour || hour < end;
}

/** A day candle is decided at midnight only: hours 5-17 would silently forbid every trade. */
function requireDecisionTime(hours: TradingHours, { timeframe }: CandleSeries): void {
  const length = timeframeMs(timeframe);
  for (let time = 0; time < DAY_MS; time += length) {
    if (includesTime(hours, time)) return;
  }
  throw new UsageError(
    `Trading hours "${formatHours(hours)}": no ${timeframe} candle closes in them (UTC); widen them or use a shorter interval`,
  );
}

function formatHours({ start, end }: TradingHours): string {
  return `${start}-${end}`;
}
