import { DECIMAL_PLACES, type Decimal, type Rounding } from './decimal.js';

const PATTERN = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?\s*$/;
/** Longer texts and larger numbers say nothing about money. */
const TEXT_LENGTH_MAX = 400;
const WHOLE_DIGITS_MAX = 30;

/** Digits of a number and where its point is. */
interface Digits {
  readonly isNegative: boolean;
  /** Without leading zeros; empty for 0. */
  readonly digits: string;
  /** Places of `digits` after the point; negative: zeros that follow them. */
  readonly places: number;
}

/**
 * Reads a number that somebody else wrote: any number of digits, with or without an exponent (`2.8E-4`), as text or as a
 * JSON number. What has more than eight decimals is rounded. For what is sent see `parseDecimal`.
 *
 * @param value - What should be a number.
 * @param rounding - Of what has more than eight decimals; default `'nearest'`.
 * @returns `undefined` if it is none: empty, missing, `NaN`, or beyond any amount.
 */
export function readDecimal(value: unknown, rounding: Rounding = 'nearest'): Decimal | undefined {
  const read = digitsOf(value);
  if (read === undefined) return undefined;
  const { isNegative, digits, places } = read;
  const cut = Math.max(0, places - DECIMAL_PLACES);
  const whole = digits.slice(0, Math.max(0, digits.length - cut)) || '0';
  const rest = cut > digits.length ? `0${digits}` : digits.slice(digits.length - cut);
  const zeros = Math.max(0, DECIMAL_PLACES - places);
  const isAway =
    (rounding === 'nearest' && rest >= '5') || (rounding === 'up' && /[1-9]/.test(rest));
  const magnitude = BigInt(whole + '0'.repeat(zeros)) + (isAway ? 1n : 0n);
  return isNegative ? -magnitude : magnitude;
}

/**
 * Writes a number that somebody else wrote in plain notation, with all its digits and without needless zeros.
 *
 * @param value - What should be a number, for example `2.80E-4`.
 * @returns For example `0.00028`; `undefined` if it is none.
 */
export function plainNumber(value: unknown): string | undefined {
  const read = digitsOf(value);
  if (read === undefined) return undefined;
  const { isNegative, digits, places } = read;
  if (digits === '') return '0';
  const padded = digits.padStart(places + 1, '0') + '0'.repeat(Math.max(0, -places));
  const point = padded.length - Math.max(0, places);
  const fraction = padded.slice(point).replace(/0+$/, '');
  return `${isNegative ? '-' : ''}${padded.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
}

function digitsOf(value: unknown): Digits | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > TEXT_LENGTH_MAX) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = PATTERN.exec(text) ?? [];
  if (whole + fraction === '') return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  const places = fraction.length - Number(exponent);
  if (digits.length - places > WHOLE_DIGITS_MAX) return undefined;
  // What is far below the smallest decimal is 0, however many digits it has.
  if (places > TEXT_LENGTH_MAX) return { isNegative: false, digits: '', places: 0 };
  return { isNegative: sign === '-' && digits !== '', digits, places };
}
