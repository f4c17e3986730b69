import { DAY_MS, UsageError } from '../domain/index.js';
import type { CandleColumns } from './candle-series.js';
import { bucketsOf, buildColumns } from './resample.js';

const WEEK_MS = 7 * DAY_MS;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const MONDAY_MS = 4 * DAY_MS;
const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: WEEK_MS,
};

/**
 * Reads the length of a higher timeframe: any divisor of a day, `1d` or `1w` (S-61); the exchange need not have it.
 *
 * @param text - For example `3h`.
 * @param baseMs - Δ of the candles that it is built from, ms.
 * @returns ms.
 * @throws {UsageError} If it is none of these, or no multiple of the base.
 */
export function higherTimeframeMs(text: string, baseMs: number): number {
  const [, count = '', unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  const length = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (!(length > 0) || !(DAY_MS % length === 0 || length === WEEK_MS)) {
    throw new UsageError(
      `Timeframe "${text}" of a series must divide a day (such as 4h), or be 1d or 1w: use one of those`,
    );
  }
  if (length < baseMs || length % baseMs !== 0) {
    throw new UsageError(
      `Timeframe "${text}" of a series cannot be built from candles of ${baseMs / 60_000} minutes: use a multiple of them, or shorter candles`,
    );
  }
  return length;
}

/**
 * Builds the candles of a higher timeframe from those that are present (S-61). Buckets begin at midnight UTC and its multiples,
 * weeks on Monday; the one in which the history begins is there only if its first candle is. The last bucket may lack candles
 * that are still to come: it is visible at no close before its own (`alignToCloses`).
 *
 * @param columns - Base candles. Shape `[n]`.
 * @param lengthMs - `higherTimeframeMs()`.
 */
export function higherCandles(columns: CandleColumns, lengthMs: number): CandleColumns {
  const offset = lengthMs === WEEK_MS ? MONDAY_MS : 0;
  const startOf = (time: number): number =>
    Math.floor((time - offset) / lengthMs) * lengthMs + offset;
  const buckets = bucketsOf(columns.openTime, lengthMs, startOf);
  const first = buckets[0];
  const isWhole = first === undefined || columns.openTime[first.start] === first.openTime;
  return buildColumns(columns, isWhole ? buckets : buckets.slice(1));
}
