/**
 * An exact decimal: a whole number of hundred-millionths (`1.5` is `150_000_000n`). Binance quotes no price,
 * quantity or balance with more than eight decimals, and sums and comparisons are plain bigint arithmetic.
 */
export type Decimal = bigint;

/** Decimals that a `Decimal` carries. */
export const DECIMAL_PLACES = 8;

/** The decimal 1. */
export const DECIMAL_ONE: Decimal = 100_000_000n;

export type Rounding = 'down' | 'up' | 'nearest';

const ZERO = '0'.charCodeAt(0);
const POINT = '.'.charCodeAt(0);
const PATTERN = /^([+-]?)(\d+)(?:\.(\d*))?$/;
/** Longer texts are refused before they become a bigint. */
const TEXT_LENGTH_MAX = 40;

/**
 * Parses plain decimal notation without loss.
 *
 * @param text - For example `-0.00001`; no exponent, at most eight significant decimals.
 * @returns `undefined` if the text is anything else (also `1e-7`, an empty text, or a ninth decimal other than 0).
 */
export function parseDecimal(text: string): Decimal | undefined {
  const match = text.length > TEXT_LENGTH_MAX ? null : PATTERN.exec(text);
  if (match === null) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > DECIMAL_PLACES) return undefined;
  const magnitude = BigInt((match[2] ?? '') + fraction.padEnd(DECIMAL_PLACES, '0'));
  return match[1] === '-' ? -magnitude : magnitude;
}

/**
 * Parses a decimal that must be one.
 *
 * @param text - See `parseDecimal`.
 * @throws {RangeError} If the text is no decimal.
 */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new RangeError(`Not a decimal with at most 8 places: "${text}"`);
  return value;
}

/**
 * Returns the decimal closest to a double.
 *
 * @param value - Finite, below 1e13 in magnitude.
 * @throws {RangeError} If the value is not.
 */
export function decimalFromNumber(value: number): Decimal {
  if (!(Math.abs(value) < 1e13)) throw new RangeError(`No exact decimal for ${value}`);
  return decimal(value.toFixed(DECIMAL_PLACES));
}

/**
 * Returns the double closest to a decimal: for charts and statistics, never for money that is sent.
 *
 * @param value - Any decimal.
 */
export function decimalToNumber(value: Decimal): number {
  const units = Number(value);
  // Both are exact then, and a division rounds as the reading of the text does.
  if (Number.isSafeInteger(units)) return units / 1e8;
  return Number(formatDecimal(value));
}

/**
 * Prints a decimal with a fixed number of places, as Binance does; never with an exponent.
 *
 * @param value - Any decimal.
 * @param places - 0 to 8; default 8. Further digits are cut off.
 */
export function formatDecimal(value: Decimal, places = DECIMAL_PLACES): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(DECIMAL_PLACES + 1, '0');
  const point = digits.length - DECIMAL_PLACES;
  const fraction = places === 0 ? '' : `.${digits.slice(point, point + places)}`;
  return `${negative ? '-' : ''}${digits.slice(0, point)}${fraction}`;
}

/**
 * Prints a decimal without trailing zeros (`0.1`, `5`): the form to send.
 *
 * @param value - Any decimal.
 */
export function trimDecimal(value: Decimal): string {
  const text = formatDecimal(value);
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO) end--;
  return text.slice(0, text.charCodeAt(end - 1) === POINT ? end - 1 : end);
}

/**
 * Returns a × b.
 *
 * @param a - Factor.
 * @param b - Factor.
 * @param rounding - Where the exact product lies between two decimals; default `'down'` (towards zero).
 */
export function multiplyDecimals(a: Decimal, b: Decimal, rounding: Rounding = 'down'): Decimal {
  return divideRounded(a * b, DECIMAL_ONE, rounding);
}

/**
 * Returns a ÷ b.
 *
 * @param a - Dividend.
 * @param b - Divisor.
 * @param rounding - Where the exact quotient lies between two decimals; default `'down'` (towards zero).
 * @throws {RangeError} If b is zero.
 */
export function divideDecimals(a: Decimal, b: Decimal, rounding: Rounding = 'down'): Decimal {
  return divideRounded(a * DECIMAL_ONE, b, rounding);
}

/**
 * Returns the multiple of a step next to a value.
 *
 * @param value - Not negative.
 * @param step - Tick or step; 0 leaves the value as it is.
 * @param rounding - Default `'down'`.
 */
export function roundToStep(value: Decimal, step: Decimal, rounding: Rounding = 'down'): Decimal {
  return step === 0n ? value : divideRounded(value, step, rounding) * step;
}

/**
 * Returns the number of decimals that a step needs (`0.001` → 3).
 *
 * @param step - Positive decimal.
 */
export function stepPlaces(step: Decimal): number {
  return trimDecimal(step).split('.')[1]?.length ?? 0;
}

/** The smaller of two decimals. */
export function minDecimal(a: Decimal, b: Decimal): Decimal {
  return a < b ? a : b;
}

/** The larger of two decimals. */
export function maxDecimal(a: Decimal, b: Decimal): Decimal {
  return a > b ? a : b;
}

function divideRounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (divisor === 0n) throw new RangeError('Division of a decimal by zero');
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  if (rest === 0n || rounding === 'down') return quotient;
  const away = dividend < 0n !== divisor < 0n ? -1n : 1n;
  if (rounding === 'up') return quotient + away;
  const twice = 2n * (rest < 0n ? -rest : rest);
  return twice >= (divisor < 0n ? -divisor : divisor) ? quotient + away : quotient;
}
