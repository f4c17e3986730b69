const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;

/** Above this a time counts microseconds (ms would be the year 5138). */
const MICROSECONDS_FROM = 1e14;

/**
 * Returns a time given in ms or µs as ms: Binance's spot archives count µs since 2025.
 *
 * @param value - Time since 1970, ms or µs UTC.
 * @returns ms, with a fraction when µs are left over.
 */
export function millisecondsFrom(value: number): number {
  return value > MICROSECONDS_FROM ? value / 1000 : value;
}

/**
 * Says whether a file's first time counts seconds: 2001 to 2286 as seconds would be early 1970 as ms.
 *
 * @param value - The first open time, as written.
 */
export function countsSeconds(value: number): boolean {
  return value >= 1e9 && value < 1e10;
}

/**
 * Reads an ISO 8601 date or date and time; without an offset it is UTC.
 *
 * @param text - For example `2024-12-01`, `2024-12-01 00:15`, `2024-12-01T00:15:00.000Z`.
 * @returns ms UTC, or `NaN` when the text is no such date.
 */
export function isoTime(text: string): number {
  const match = ISO.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const [y, m, d, h, min, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const midnight = Date.UTC(y, m - 1, d);
  const isReal = new Date(midnight).getUTCDate() === d && m <= 12 && h < 24 && min < 60 && s < 60;
  if (!isReal || m < 1) return Number.NaN;
  const milliseconds = Math.floor(Number(fraction.padEnd(9, '0')) / 1e6);
  return midnight + ((h * 60 + min) * 60 + s) * 1000 + milliseconds - offsetMs(zone);
}

/**
 * Writes a time for people: `2023-03-24 12:40`, with seconds only when there are some.
 *
 * @param time - ms UTC.
 */
export function timeText(time: number): string {
  if (!(Math.abs(time) <= 8.64e15)) return String(time);
  const text = new Date(time).toISOString().replace('T', ' ').replace('Z', '');
  return text.replace(/\.000$/, '').replace(/:00$/, '');
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || /^(z|utc)$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
