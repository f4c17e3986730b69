const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Reads a decimal number as `Number` does, but refuses what files should not contain (hex, blanks, `Infinity`).
 *
 * @param text - For example `0.00449` or `1e-7`.
 * @returns The nearest double, or `NaN`.
 */
export function decimalNumber(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/**
 * Writes a number so that it reads back to the same double, without exponent: `0.0000001`, not `1e-7`.
 *
 * @param value - Finite.
 */
export function decimalText(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign, first, rest = '', exponent] = match;
  const shift = Number(exponent);
  const digits = `${first}${rest}`;
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${digits}`;
  return `${sign}${digits.padEnd(shift + 1, '0')}`;
}
