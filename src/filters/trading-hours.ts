import { DAY_MS, UsageError } from '../domain/index.js';

const HOUR_MS = 3_600_000;

/** Hours of the day, UTC: `start <= hour < end`, wrapping midnight when `end < start`. */
export interface TradingHours {
  /** 0-23. */
  readonly start: number;
  /** 0-24. */
  readonly end: number;
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

/**
 * Refuses hours that are none.
 *
 * @param hours - Start and end.
 * @param text - As written, for the message.
 * @throws {UsageError} If start is no whole hour 0-23, end none of 0-24, or both are equal.
 */
export function requireHours(hours: TradingHours, text: string): void {
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

/** Says whether a time, ms UTC, lies in the hours. */
export function includesTime({ start, end }: TradingHours, time: number): boolean {
  const timeOfDay = time - Math.floor(time / DAY_MS) * DAY_MS;
  const hour = Math.floor(timeOfDay / HOUR_MS);
  return start < end ? start <= hour && hour < end : start <= hour || hour < end;
}

/** Returns hours as they are written, `5-17`. */
export function formatHours({ start, end }: TradingHours): string {
  return `${start}-${end}`;
}
