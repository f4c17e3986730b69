// Exact decimals of the tests: nothing of `src/` is used, so that no mistake of its arithmetic can hide here.

/** A whole number of quintillionths (1e-18): holds every product of two numbers of eight decimals. */
export type Exact = bigint;

const PLACES = 18;
export const ONE: Exact = 10n ** BigInt(PLACES);
const PATTERN = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a decimal, with or without an exponent.
 *
 * @throws {RangeError} If the text is none, or has more decimals than are kept.
 */
export function exact(value: string | number | bigint): Exact {
  const text = String(value);
  const match = PATTERN.exec(text);
  if (match === null) throw new RangeError(`"${text}" is no decimal`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const scaled =
    places <= PLACES
      ? digits * 10n ** BigInt(PLACES - places)
      : divideExactly(digits, 10n ** BigInt(places - PLACES), text);
  return sign === '-' ? -scaled : scaled;
}

/** a × b; throws if the product has more decimals than are kept. */
export function times(a: Exact, b: Exact): Exact {
  return divideExactly(a * b, ONE, 'a product');
}

/** a × b, cut off after so many decimals. */
export function timesDown(a: Exact, b: Exact, places: number): Exact {
  return cut((a * b) / ONE, places);
}

/** a ÷ b, rounded half up (away from zero) to so many decimals. */
export function ratio(a: Exact, b: Exact, places: number): Exact {
  const unit = 10n ** BigInt(PLACES - places);
  const [dividend, divisor] = b < 0n ? [-a * ONE, -b] : [a * ONE, b];
  const magnitude = (dividend < 0n ? -dividend : dividend) + (divisor * unit) / 2n;
  const rounded = (magnitude / (divisor * unit)) * unit;
  return dividend < 0n ? -rounded : rounded;
}

/** Without the decimals after so many. */
export function cut(value: Exact, places: number): Exact {
  const unit = 10n ** BigInt(PLACES - places);
  return (value / unit) * unit;
}

/** The largest multiple of a step that is not above a value. */
export function floorTo(value: Exact, step: Exact): Exact {
  return step === 0n ? value : (value / step) * step;
}

export function isMultiple(value: Exact, step: Exact): boolean {
  return step === 0n || value % step === 0n;
}

export function absolute(value: Exact): Exact {
  return value < 0n ? -value : value;
}

export function sum(values: Iterable<Exact>): Exact {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Without trailing zeros: `5`, `0.1`, `-0.00000001`. */
export function plain(value: Exact): string {
  return fixed(value, PLACES).replace(/\.?0+$/, '');
}

/** With so many decimals, further ones cut off. */
export function fixed(value: Exact, places: number): string {
  const digits = absolute(value)
    .toString()
    .padStart(PLACES + 1, '0');
  const whole = digits.slice(0, -PLACES);
  const fraction = places === 0 ? '' : `.${digits.slice(-PLACES).slice(0, places)}`;
  return `${value < 0n ? '-' : ''}${whole}${fraction}`;
}

/** The closest double. */
export function asNumber(value: Exact): number {
  return Number(plain(value));
}

function divideExactly(dividend: bigint, divisor: bigint, what: string): bigint {
  if (dividend % divisor !== 0n) throw new RangeError(`${what} has more than ${PLACES} decimals`);
  return dividend / divisor;
}
