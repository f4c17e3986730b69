/** Year first with `-`, `/` or `.` between; the hour may have one digit, the offset only hours (Postgres) and a name behind it (Go). */
const YEAR_FIRST =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?(?: ?(?:UTC|GMT))?)?)?$/i;
/** Dukascopy: `01.02.2024 00:00:00.000`; with points the day comes first. */
const DAY_FIRST =
  /^(\d{2})\.(\d{2})\.(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|GMT)?)?$/i;
/** CryptoDataDownload's older hours: `2020-02-01 12-AM`. */
const HALF_DAY = /^(\d{4}-\d{2}-\d{2}) (\d{1,2})-(AM|PM)$/i;

/** Above these a time counts microseconds or nanoseconds (as ms or µs it would be the year 5138). */
const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;

/**
 * Returns a time given in ms, µs or ns as ms: Binance's spot archives count µs since 2025, pandas counts ns.
 *
 * @param value - Time since 1970, ms, µs or ns UTC.
 * @returns ms, with a fraction when µs or ns are left over.
 */
export function millisecondsFrom(value: number): number {
  if (value <= MICROSECONDS_FROM) return value;
  // Doubles of ns are 128 to 256 ns apart; what is left of them below 1 µs is rounding.
  return value > NANOSECONDS_FROM ? Math.round((value / 1e6) * 1000) / 1000 : value / 1000;
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
 * Reads a date, or a date and time, as ISO 8601 and the files of others write it; without an offset it is UTC.
 *
 * @param text - For example `2024-12-01`, `2024/12/01 00:15`, `2024-12-01T00:15:00.000Z`, `2024-12-01 00:15:00+00`.
 * @returns ms UTC, or `NaN` when the text is no such date.
 */
export function isoTime(text: string): number {
  const halfDay = HALF_DAY.exec(text);
  if (halfDay !== null) return halfDayTime(halfDay[1]!, Number(halfDay[2]), halfDay[3]!);
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) {
    const [, day, month, year, ...rest] = dayFirst;
    return timeOf([year, month, day], rest);
  }
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst === null) return Number.NaN;
  const [, year, , month, day, ...rest] = yearFirst;
  return timeOf([year, month, day], rest);
}

/** The hour before one is twelve. */
function halfDayTime(day: string, hour: number, half: string): number {
  if (hour < 1 || hour > 12) return Number.NaN;
  return isoTime(day) + ((hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0)) * 3_600_000;
}

function timeOf(
  date: readonly (string | undefined)[],
  [hour = '0', minute = '0', second = '0', fraction = '', zone]: readonly (string | undefined)[],
): number {
  const [y, m, d] = date.map(Number) as [number, number, number];
  const [h, min, s] = [Number(hour), Number(minute), Number(second)];
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
  const match = /^([+-])(\d{2}):?(\d{2})?/.exec(zone ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? '0');
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}
