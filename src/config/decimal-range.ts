/** Inclusive range of a grid: `start`, `start + step`, … up to `stop`. */
export interface DecimalRange {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

/**
 * Returns how many values a range has.
 *
 * @param range - `step > 0` and `start <= stop`.
 */
export function decimalRangeLength(range: DecimalRange): number {
  const { start, stop, step } = scaled(range);
  return Number((stop - start) / step) + 1;
}

/**
 * Returns the values of a range as a person would write them: 0.01 with step 0.01 gives 0.03, never 0.030000000000000002.
 *
 * @param range - `step > 0` and `start <= stop`; the last value is the largest one not above `stop`.
 */
export function decimalRange(range: DecimalRange): number[] {
  const { start, step, digits } = scaled(range);
  return Array.from({ length: decimalRangeLength(range) }, (_, k) =>
    Number(`${start + BigInt(k) * step}e-${digits}`),
  );
}

/** All three as integers of the same power of ten. */
function scaled(range: DecimalRange): {
  start: bigint;
  stop: bigint;
  step: bigint;
  digits: number;
} {
  const digits = Math.max(
    fractionDigits(range.start),
    fractionDigits(range.stop),
    fractionDigits(range.step),
  );
  const integer = (value: number): bigint => decimalInteger(value, digits);
  return {
    start: integer(range.start),
    stop: integer(range.stop),
    step: integer(range.step),
    digits,
  };
}

function fractionDigits(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const digits = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, digits - Number(exponent));
}

function decimalInteger(value: number, digits: number): bigint {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const zeros = digits - fraction.length + Number(exponent);
  return BigInt(`${whole}${fraction}`) * 10n ** BigInt(zeros);
}
