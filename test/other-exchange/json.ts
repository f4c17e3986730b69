const MARK = '\u0000';

/** JSON in which a bigint is a bare number: ids of orders go beyond 2^53. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${MARK}${part}${MARK}` : part,
  );
  return text.replaceAll(/"\\u0000(-?\d+)\\u0000"/g, '$1');
}

/** A double as the exchange prints it: exponents below a thousandth, up to sixteen digits. */
export function doubleText(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
