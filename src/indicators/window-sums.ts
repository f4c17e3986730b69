/** Sums of a column from its beginning, as two columns of which every difference is exact. */
export interface PrefixSums {
  /** Element `i` is the sum of the coarse parts of the first `i` values. Shape `[n + 1]`. */
  readonly coarse: Float64Array;
  /** The same of the fine parts. Shape `[n + 1]`. */
  readonly fine: Float64Array;
  /** A coarse part differs from its value by at most half of this. */
  readonly coarseUnit: number;
  /** Largest absolute value. */
  readonly size: number;
  /** Stretches of equal values, as pairs of first candle and candle after the last; only those of two and more. */
  readonly equal: Int32Array;
}

/**
 * Returns prefix sums from which the sum of any window follows with a single rounding.
 *
 * Each value is cut into a multiple of a coarse unit and a multiple of a fine one, so chosen that no sum of either needs more
 * than 53 bits; prices of one market fit by a wide margin.
 *
 * @param values - Shape `[n]`.
 * @returns `undefined` when a value is not finite or the values are too many or too different for that.
 */
export function prefixSums(values: Float64Array): PrefixSums | undefined {
  const { length } = values;
  let size = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (value - value !== 0) return undefined;
    size = Math.max(size, Math.abs(value));
  }
  // Multiples of the unit up to `length * size`, with two bits to spare, stay below 2^53.
  const coarseUnit = 2 ** Math.ceil(Math.log2(size * (length + 1)) - 51);
  const fineUnit = 2 ** Math.ceil(Math.log2(coarseUnit * (length + 1)) - 51);
  // Adding and subtracting 1.5 * 2^52 units rounds to a multiple of the unit.
  const toCoarse = 1.5 * 2 ** 52 * coarseUnit;
  const toFine = 1.5 * 2 ** 52 * fineUnit;
  if (!(fineUnit > 2 ** -1000 && toCoarse < 2 ** 1000)) return undefined;
  const coarse = new Float64Array(length + 1);
  const fine = new Float64Array(length + 1);
  const equal: number[] = [];
  let coarseSum = 0;
  let fineSum = 0;
  let start = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    const coarsePart = value + toCoarse - toCoarse;
    const finePart = value - coarsePart;
    if (finePart + toFine - toFine !== finePart) return undefined;
    coarseSum += coarsePart;
    fineSum += finePart;
    coarse[i + 1] = coarseSum;
    fine[i + 1] = fineSum;
    if (value !== values[start]) {
      if (i - start > 1) equal.push(start, i);
      start = i;
    }
  }
  if (length - start > 1) equal.push(start, length);
  return { coarse, fine, coarseUnit, size, equal: Int32Array.from(equal) };
}

/**
 * Returns what `sma()`, its slow twin, returns, in a fraction of the time.
 *
 * @param values - Shape `[n]`.
 * @param sums - `prefixSums(values)`.
 * @param period - Candles, integer >= 1.
 */
export function smaOfSums(values: Float64Array, sums: PrefixSums, period: number): Float64Array {
  const { length } = values;
  const { coarse, fine, equal } = sums;
  const means = new Float64Array(length);
  means.fill(Number.NaN, 0, period - 1);
  for (let i = period - 1; i < length; i++) {
    const before = i + 1 - period;
    const sum = coarse[i + 1]! - coarse[before]! + (fine[i + 1]! - fine[before]!);
    means[i] = sum / period;
  }
  // A window of equal values has exactly that mean.
  for (let k = 0; k < equal.length; k += 2) {
    const end = equal[k + 1]!;
    for (let i = equal[k]! + period - 1; i < end; i++) means[i] = values[i]!;
  }
  return means;
}

/**
 * Returns one element of `sma()`.
 *
 * @param values - Shape `[n]`.
 * @param sums - `prefixSums(values)`.
 * @param period - Candles, integer >= 1.
 * @param index - Candle.
 */
export function smaAt(
  values: Float64Array,
  { coarse, fine, equal }: PrefixSums,
  period: number,
  index: number,
): number {
  const before = index + 1 - period;
  if (before < 0) return Number.NaN;
  // The last stretch of equal values that starts at or before the window.
  let from = -1;
  let to = (equal.length >> 1) - 1;
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (equal[2 * middle]! <= before) from = middle;
    else to = middle - 1;
  }
  if (from >= 0 && equal[2 * from + 1]! > index) return values[index]!;
  return (coarse[index + 1]! - coarse[before]! + (fine[index + 1]! - fine[before]!)) / period;
}
