/** What a number means; every report prints numbers through `formatAs()` alone. */
export type NumberUnit =
  | 'quote'
  | 'signed-quote'
  | 'price'
  | 'fraction'
  | 'signed-fraction'
  | 'percent'
  | 'signed-percent'
  | 'ratio'
  | 'count'
  | 'candles'
  | 'duration'
  | 'quantity';

const MINUS = '\u2212';
const NONE = '\u2013';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/**
 * Formats a number as a report prints it: thousands separators, sensible digits, a true minus, ∞ in words of one sign.
 *
 * @param value - The number; `NaN` prints as a dash.
 * @param unit - What it means; fractions print as percent.
 */
export function formatAs(value: number, unit: NumberUnit): string {
  switch (unit) {
    case 'quote':
      return formatNumber(value, moneyDigits(value));
    case 'signed-quote':
      return withSign(value, formatNumber(value, moneyDigits(value)));
    case 'price':
      return formatNumber(value, priceDigits(value));
    case 'fraction':
      return `${formatNumber(value * 100, percentDigits(value * 100))}\u00a0%`;
    case 'signed-fraction':
      return withSign(value, `${formatNumber(value * 100, percentDigits(value * 100))}\u00a0%`);
    case 'percent':
      return `${formatNumber(value, percentDigits(value))}\u00a0%`;
    case 'signed-percent':
      return withSign(value, `${formatNumber(value, percentDigits(value))}\u00a0%`);
    case 'ratio':
      return formatNumber(value, 2);
    case 'count':
      return formatNumber(value, 0);
    case 'candles':
      return formatNumber(value, Number.isInteger(value) ? 0 : 1);
    case 'duration':
      return formatDuration(value);
    case 'quantity':
      return formatNumber(value, quantityDigits(value));
  }
}

/**
 * Formats a number with a fixed count of decimals and thousands separators.
 *
 * @param value - `NaN` prints as a dash, infinities as ∞.
 * @param digits - Decimals, 0-20.
 */
export function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const text = Math.abs(value).toFixed(digits);
  if (text.includes('e')) return `${value < 0 ? MINUS : ''}${text}`;
  const [whole = '0', decimals] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const isZero = !/[1-9]/.test(text);
  const body = decimals === undefined ? grouped : `${grouped}.${decimals}`;
  return value < 0 && !isZero ? `${MINUS}${body}` : body;
}

/**
 * Shortens a number for an axis: `12.5k`, `3M`.
 *
 * @param value - Finite.
 */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${trimZeros(formatNumber(value / 1e9, 2))}B`;
  if (size >= 1e6) return `${trimZeros(formatNumber(value / 1e6, 2))}M`;
  if (size >= 1e4) return `${trimZeros(formatNumber(value / 1e3, 1))}k`;
  if (size >= 100 || value === 0) return formatNumber(value, 0);
  return trimZeros(formatNumber(value, size >= 1 ? 2 : quantityDigits(value)));
}

/**
 * Formats a length of time in its two largest units: `3 d 4 h`.
 *
 * @param ms - Length, ms.
 */
export function formatDuration(ms: number): string {
  if (Number.isNaN(ms)) return NONE;
  if (!Number.isFinite(ms)) return '∞';
  const units: readonly (readonly [number, string])[] = [
    [YEAR_MS, 'y'],
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [1000, 's'],
  ];
  const first = units.findIndex(([length]) => ms >= length);
  if (first < 0) return '0';
  return units
    .slice(first, first + 2)
    .map(([length, name], k) => {
      const rest = k === 0 ? ms : ms % (units[first]?.[0] ?? 1);
      return [Math.floor(rest / length), name] as const;
    })
    .filter(([count], k) => k === 0 || count > 0)
    .map(([count, name]) => `${formatNumber(count, 0)}\u00a0${name}`)
    .join(' ');
}

/**
 * Formats an instant as `YYYY-MM-DD HH:MM`, with seconds only when they are not zero.
 *
 * @param time - ms UTC.
 */
export function formatTime(time: number): string {
  if (!Number.isFinite(time)) return NONE;
  const iso = new Date(time).toISOString();
  return `${iso.slice(0, 10)} ${time % MINUTE_MS === 0 ? iso.slice(11, 16) : iso.slice(11, 19)}`;
}

/**
 * Formats a day as `YYYY-MM-DD`.
 *
 * @param time - ms UTC.
 */
export function formatDate(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : NONE;
}

/**
 * Counts a noun: `1 trade`, `2,310 trades`.
 *
 * @param count - How many.
 * @param one - Singular.
 * @param many - Plural; the singular plus `s` unless given.
 */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count, 0)} ${count === 1 ? one : many}`;
}

/**
 * Returns the decimals with which a price of this size is printed.
 *
 * @param value - Price, quote per base.
 */
export function priceDigits(value: number): number {
  const size = Math.abs(value);
  if (!Number.isFinite(size) || size === 0) return 2;
  return Math.min(10, Math.max(2, 5 - Math.floor(Math.log10(size)) - 1));
}

function moneyDigits(value: number): number {
  const size = Math.abs(value);
  if (size >= 0.01 || size === 0 || !Number.isFinite(size)) return 2;
  return Math.min(8, 1 - Math.floor(Math.log10(size)));
}

function percentDigits(value: number): number {
  return Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : 2;
}

function quantityDigits(value: number): number {
  const size = Math.abs(value);
  if (!Number.isFinite(size) || size === 0) return 0;
  return Math.min(10, Math.max(0, 4 - Math.floor(Math.log10(size)) - 1));
}

function withSign(value: number, text: string): string {
  return value > 0 && /[1-9∞]/.test(text) ? `+${text}` : text;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
