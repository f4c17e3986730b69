import { BLOCK_SHIFT, BLOCK_SIZE, type BlockExtremes } from './compare-columns.js';

/** Sums of a column from its beginning, as two columns of which every difference is exact. */
export interface PrefixSums {
  /** Element `i` is the sum of the coarse parts of the first `i` values. Shape `[n + 1]`. */
  readonly coarse: Float64Array;
  /** The same of the fine parts. Shape `[n + 1]`. */
  readonly fine: Float64Array;
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
  return { coarse, fine, equal: Int32Array.from(equal) };
}

/** An average and the extremes of its blocks, to within one rounding. */
export interface AverageWithExtremes {
  readonly values: Float64Array;
  readonly extremes: BlockExtremes;
}

/**
 * Returns what `sma()`, its slow twin, returns, in a fraction of the time; and the extremes of its blocks on the way.
 *
 * @param values - Shape `[n]`.
 * @param sums - `prefixSums(values)`.
 * @param period - Candles, integer >= 1.
 */
export function smaOfSums(
  values: Float64Array,
  sums: PrefixSums,
  period: number,
): AverageWithExtremes {
  const { length } = values;
  const { coarse, fine, equal } = sums;
  const means = new Float64Array(length);
  const blocks = (length + BLOCK_SIZE - 1) >> BLOCK_SHIFT;
  const lowest = new Float64Array(blocks);
  const highest = new Float64Array(blocks);
  const first = Math.min(length, period - 1);
  means.fill(Number.NaN, 0, first);
  let size = 0;
  for (let block = first >> BLOCK_SHIFT; block < blocks; block++) {
    const from = Math.max(first, block << BLOCK_SHIFT);
    const end = Math.min(length, (block + 1) << BLOCK_SHIFT);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = from; i < end; i++) {
      const before = i + 1 - period;
      const sum = coarse[i + 1]! - coarse[before]! + (fine[i + 1]! - fine[before]!);
      const mean = sum / period;
      means[i] = mean;
      low = Math.min(low, mean);
      high = Math.max(high, mean);
    }
    lowest[block] = low;
    highest[block] = high;
    if (from < end) size = Math.max(size, Math.max(high, -low));
  }
  // As in `blockExtremes`, a block with an undefined value has none.
  lowest.fill(Number.NaN, 0, (first + BLOCK_SIZE - 1) >> BLOCK_SHIFT);
  highest.fill(Number.NaN, 0, (first + BLOCK_SIZE - 1) >> BLOCK_SHIFT);
  for (let k = 0; k < equal.length; k += 2) {
    const end = equal[k + 1]!;
    for (let i = equal[k]! + period - 1; i < end; i++) means[i] = values[i]!;
  }
  return { values: means, extremes: { lowest, highest, size } };
}
