/** A column of numbers as integers of a decimal step, differenced, as bytes (gzip and base64 are the caller's). */
export interface PackedBytes {
  readonly length: number;
  /** Stored integer = value × 10^decimals; negative for coarse steps. */
  readonly decimals: number;
  /** How often the integers were differenced before storing: 0, 1 or 2. */
  readonly order: 0 | 1 | 2;
  readonly bytes: Uint8Array;
}

/**
 * Packs a column: rounds to a decimal step, takes differences and writes them as variable-length bytes.
 *
 * @param values - Any numbers; what is not finite comes back as `NaN`.
 * @param decimals - Step 10^-decimals: the precision that survives.
 * @param order - Differences to take: 1 for prices and equity, 2 for times.
 */
export function packColumn(
  values: ArrayLike<number>,
  decimals: number,
  order: 0 | 1 | 2,
): PackedBytes {
  const scale = 10 ** Math.abs(decimals);
  let bytes = new Uint8Array(values.length * 2 + 16);
  let used = 0;
  let previous = 0;
  let previousDifference = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (used + 10 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    if (!Number.isFinite(value)) {
      bytes[used++] = 0;
      continue;
    }
    const whole = Math.round(decimals >= 0 ? value * scale : value / scale);
    const difference = order === 0 ? whole : whole - previous;
    const stored = order === 2 ? difference - previousDifference : difference;
    previous = whole;
    previousDifference = difference;
    // Zigzag, shifted by one because 0 stands for "undefined".
    let rest = (stored >= 0 ? stored * 2 : -stored * 2 - 1) + 1;
    while (rest >= 128) {
      bytes[used++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[used++] = rest;
  }
  return { length: values.length, decimals, order, bytes: bytes.slice(0, used) };
}

/**
 * Reads back what `packColumn()` wrote.
 *
 * @returns Shape `[length]`, each within half a step of the original; `NaN` where it was not finite.
 */
export function unpackColumn(packed: PackedBytes): Float64Array {
  const { length, decimals, order, bytes } = packed;
  const scale = 10 ** Math.abs(decimals);
  const values = new Float64Array(length);
  let at = 0;
  let previous = 0;
  let previousDifference = 0;
  for (let i = 0; i < length; i++) {
    let byte = bytes[at++]!;
    let raw = byte % 128;
    for (let weight = 128; byte >= 128; weight *= 128) {
      byte = bytes[at++]!;
      raw += (byte % 128) * weight;
    }
    if (raw === 0) {
      values[i] = Number.NaN;
      continue;
    }
    raw -= 1;
    const stored = raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    const difference = order === 2 ? stored + previousDifference : stored;
    const whole = order === 0 ? stored : previous + difference;
    previous = whole;
    previousDifference = difference;
    values[i] = decimals >= 0 ? whole / scale : whole * scale;
  }
  return values;
}

/**
 * Returns the decimals that keep every value exactly, or as many as keep `digits` significant digits of the largest.
 *
 * @param values - Prices or similar, any order.
 * @param digits - Significant digits kept when the values have more decimals than a tick would.
 */
export function exactDecimals(values: ArrayLike<number>, digits: number): number {
  const largest = largestMagnitude(values);
  if (largest === 0) return 0;
  const enough = digits - 1 - Math.floor(Math.log10(largest));
  for (let decimals = 0; decimals <= Math.max(0, enough); decimals++) {
    if (isExactAt(values, decimals)) return decimals;
  }
  return enough;
}

/**
 * Returns decimals fit for drawing: a hundredth of a typical step from one value to the next, at least six digits of the largest.
 *
 * @param values - A drawn line; `NaN` where undefined.
 */
export function drawingDecimals(values: ArrayLike<number>): number {
  const largest = largestMagnitude(values);
  if (largest === 0) return 0;
  const steps: number[] = [];
  const stride = Math.max(1, Math.floor(values.length / 2000));
  for (let i = 1; i < values.length; i += stride) {
    const step = Math.abs(values[i]! - values[i - 1]!);
    if (step > 0 && Number.isFinite(step)) steps.push(step);
  }
  steps.sort((a, b) => a - b);
  const typical = steps[Math.floor(steps.length / 2)] ?? largest;
  const coarsest = Math.max(largest * 1e-6, typical / 100);
  return -Math.floor(Math.log10(coarsest));
}

function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > largest && size < Infinity) largest = size;
  }
  return largest;
}

function isExactAt(values: ArrayLike<number>, decimals: number): boolean {
  const scale = 10 ** decimals;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value) && Math.round(value * scale) / scale !== value) return false;
  }
  return true;
}
