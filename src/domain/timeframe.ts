import { didYouMean } from '../util/index.js';
import { UsageError } from './errors.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday; weekly candles open on Mondays. */
const MONDAY_OFFSET_MS = 4 * DAY_MS;

const DURATIONS_MS = {
  '1s': 1_000,
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': 7 * DAY_MS,
} as const;

/** Candle length as Binance writes it (case matters: `1m` is a minute, `1M` a month). */
export type Timeframe = keyof typeof DURATIONS_MS;

export const TIMEFRAMES = Object.keys(DURATIONS_MS) as readonly Timeframe[];

/**
 * Returns the length Δ of a candle.
 *
 * @param timeframe - Candle length.
 * @returns Unit ms.
 */
export function timeframeMs(timeframe: Timeframe): number {
  return DURATIONS_MS[timeframe];
}

/**
 * Parses a timeframe as a user writes it.
 *
 * @param text - For example `15m`.
 * @throws {UsageError} If the text is no timeframe; months are not, because their length varies.
 */
export function parseTimeframe(text: string): Timeframe {
  if (Object.hasOwn(DURATIONS_MS, text)) return text as Timeframe;
  const reason = /^\d*M$/.test(text) ? 'months differ in length and are not supported' : 'unknown';
  throw new UsageError(
    `Interval "${text}": ${reason}${suggestion(text)}; use one of ${TIMEFRAMES.join(' ')}`,
  );
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** The timeframe of the same length (`60m` is `1h`), never one of another length. */
function suggestion(text: string): string {
  const match = /^(\d+)\s*(s|m|h|d|w)(?:ec|in|our|ay|eek)?s?$/i.exec(text);
  if (match === null) return /\d/.test(text) ? '' : didYouMean(text, TIMEFRAMES);
  const lengthMs = Number(match[1]) * UNITS_MS[match[2]!.toLowerCase()]!;
  const same = TIMEFRAMES.find((timeframe) => DURATIONS_MS[timeframe] === lengthMs);
  return same === undefined || text === '1M' ? '' : ` (did you mean "${same}"?)`;
}

/**
 * Returns the open time of the candle that contains an instant; weeks open on Monday 00:00 UTC.
 *
 * @param time - Instant, ms UTC.
 * @param timeframe - Candle length.
 */
export function candleOpenTime(time: number, timeframe: Timeframe): number {
  const length = timeframeMs(timeframe);
  const offset = timeframe === '1w' ? MONDAY_OFFSET_MS : 0;
  return Math.floor((time - offset) / length) * length + offset;
}
