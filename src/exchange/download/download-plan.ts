import { DAY_MS, type Market, type Timeframe, timeframeMs } from '../../domain/index.js';

/** Where candles are fetched from; `auto` takes archives for the bulk and REST for the rest. */
export const DOWNLOAD_SOURCES = ['auto', 'archive', 'rest'] as const;
export type DownloadSource = (typeof DOWNLOAD_SOURCES)[number];

/** Open times `startTime` <= t < `endTime`, ms UTC. */
export interface TimeSpan {
  readonly startTime: number;
  readonly endTime: number;
}

/** One step of a download. */
export type DownloadPart = TimeSpan & { readonly kind: 'monthly' | 'daily' | 'rest' };

/** Fewer candles than this are one request anyway. */
const BULK_CANDLES = 700;
/** Daily archives appear some hours after midnight. */
const DAILY_DELAY_MS = 12 * 3_600_000;
/** One part of REST: a few minutes at most are lost by an interruption. */
const REST_PART_CANDLES = 20_000;
/** These have no daily archives, and their candles cross the ends of months. */
const WITHOUT_ARCHIVE: readonly Timeframe[] = ['3d', '1w'];

/**
 * Plans how to fetch a span: whole months and days that are published come from archives, the rest from REST.
 *
 * @param span - Wanted open times.
 * @param timeframe - Candle length.
 * @param source - Where from.
 * @param now - Exchange time, ms UTC.
 * @returns Parts in time order, without overlap.
 */
export function planDownload(
  span: TimeSpan,
  timeframe: Timeframe,
  source: DownloadSource,
  now: number,
): DownloadPart[] {
  if (span.startTime >= span.endTime) return [];
  const length = timeframeMs(timeframe);
  if (source === 'rest' || WITHOUT_ARCHIVE.includes(timeframe)) return restParts(span, length);
  const isForced = source === 'archive';
  const usesMonths = isForced || (28 * DAY_MS) / length >= BULK_CANDLES;
  const usesDays = isForced || DAY_MS / length >= BULK_CANDLES;
  const parts: DownloadPart[] = [];
  let rest = span.startTime;
  const flushRest = (endTime: number): void => {
    if (rest < endTime && !isForced) {
      parts.push(...restParts({ startTime: rest, endTime }, length));
    }
  };
  let time = span.startTime;
  while (time < span.endTime) {
    const month = monthOf(time);
    const day = dayOf(time);
    const isMonth =
      usesMonths && isWithin(month, time, span.endTime) && now >= monthPublishedTime(month);
    const isDay =
      usesDays && isWithin(day, time, span.endTime) && now >= day.endTime + DAILY_DELAY_MS;
    const whole = isMonth ? month : isDay ? day : undefined;
    if (whole === undefined) {
      time = Math.min(day.endTime, span.endTime);
      continue;
    }
    flushRest(time);
    parts.push({ kind: isMonth ? 'monthly' : 'daily', ...whole });
    time = whole.endTime;
    rest = time;
  }
  flushRest(span.endTime);
  return parts;
}

/** Returns the months that a span touches and whose archives are published. */
export function publishedMonths({ startTime, endTime }: TimeSpan, now: number): TimeSpan[] {
  const months: TimeSpan[] = [];
  for (let month = monthOf(startTime); month.startTime < endTime; month = monthOf(month.endTime)) {
    if (now < monthPublishedTime(month)) break;
    months.push(month);
  }
  return months;
}

/** Returns the days of a month as parts of their own: for when the month's archive is missing or broken. */
export function splitIntoDays(part: DownloadPart): DownloadPart[] {
  const days: DownloadPart[] = [];
  for (let time = part.startTime; time < part.endTime; time += DAY_MS) {
    days.push({ kind: 'daily', startTime: time, endTime: time + DAY_MS });
  }
  return days;
}

/**
 * Returns the path of a part's archive.
 *
 * @param market - Spot or USD-M.
 * @param symbol - For example `BTCUSDT`.
 * @param timeframe - Candle length.
 * @param part - A month or a day.
 */
export function archivePath(
  market: Market,
  symbol: string,
  timeframe: Timeframe,
  part: DownloadPart,
): string {
  const date = new Date(part.startTime).toISOString().slice(0, part.kind === 'monthly' ? 7 : 10);
  const folder = market === 'spot' ? 'spot' : 'futures/um';
  const name = encodeURIComponent(symbol);
  return `/data/${folder}/${part.kind}/klines/${name}/${timeframe}/${name}-${timeframe}-${date}.zip`;
}

/**
 * Returns the spans of a request that are not covered yet.
 *
 * @param wanted - Open times wanted.
 * @param covered - Spans that are there (or known not to exist), ascending.
 */
export function uncoveredSpans(wanted: TimeSpan, covered: readonly TimeSpan[]): TimeSpan[] {
  const spans: TimeSpan[] = [];
  let time = wanted.startTime;
  for (const span of [...covered].sort((a, b) => a.startTime - b.startTime)) {
    const startTime = Math.min(span.startTime, wanted.endTime);
    if (startTime > time) spans.push({ startTime: time, endTime: startTime });
    time = Math.max(time, span.endTime);
  }
  if (time < wanted.endTime) spans.push({ startTime: time, endTime: wanted.endTime });
  return spans;
}

function restParts({ startTime, endTime }: TimeSpan, length: number): DownloadPart[] {
  const parts: DownloadPart[] = [];
  const step = REST_PART_CANDLES * length;
  for (let time = startTime; time < endTime; time += step) {
    parts.push({ kind: 'rest', startTime: time, endTime: Math.min(time + step, endTime) });
  }
  return parts;
}

function isWithin(period: TimeSpan, time: number, endTime: number): boolean {
  return period.startTime === time && period.endTime <= endTime;
}

function dayOf(time: number): TimeSpan {
  const startTime = Math.floor(time / DAY_MS) * DAY_MS;
  return { startTime, endTime: startTime + DAY_MS };
}

function monthOf(time: number): TimeSpan {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { startTime: Date.UTC(year, month, 1), endTime: Date.UTC(year, month + 1, 1) };
}

/** Monthly archives appear on the first Monday of the next month; a day is left for delays. */
function monthPublishedTime({ endTime }: TimeSpan): number {
  const weekday = new Date(endTime).getUTCDay();
  return endTime + (((8 - weekday) % 7) + 1) * DAY_MS;
}
