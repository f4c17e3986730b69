import { compare, TIE_TOLERANCE } from './compare.js';

/** Candles per block, as a power of two. */
export const BLOCK_SHIFT = 4;
export const BLOCK_SIZE = 1 << BLOCK_SHIFT;

/** Lowest and highest value of each block of a column; `NaN` where a block holds an undefined value. */
export interface BlockExtremes {
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
  /** Largest absolute value of the column, undefined ones left out. */
  readonly size: number;
}

/**
 * Compares two columns candle by candle, like `compare()` (S-05).
 *
 * @param a - Shape `[n]`.
 * @param b - Shape `[n]`.
 * @returns 1 where `a` is greater, -1 where it is less, 0 on ties and where a value is undefined. Shape `[n]`.
 * @throws {RangeError} If the columns differ in length.
 */
export function compareColumns(a: Float64Array, b: Float64Array): Int8Array {
  requireEqualLengths(a, b);
  const signs = new Int8Array(a.length);
  compareRange(a, b, 0, a.length, signs);
  return signs;
}

/**
 * Returns the extremes of each block of 16 candles.
 *
 * @param values - Shape `[n]`.
 */
export function blockExtremes(values: Float64Array): BlockExtremes {
  const blocks = (values.length + BLOCK_SIZE - 1) >> BLOCK_SHIFT;
  const lowest = new Float64Array(blocks);
  const highest = new Float64Array(blocks);
  let size = 0;
  for (let block = 0; block < blocks; block++) {
    const from = block << BLOCK_SHIFT;
    const end = Math.min(values.length, from + BLOCK_SIZE);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let i = from;
    // In pairs of pairs, so that four values are compared at the same time.
    for (; i + 4 <= end; i += 4) {
      const one = values[i]!;
      const two = values[i + 1]!;
      const three = values[i + 2]!;
      const four = values[i + 3]!;
      low = Math.min(low, Math.min(Math.min(one, two), Math.min(three, four)));
      high = Math.max(high, Math.max(Math.max(one, two), Math.max(three, four)));
    }
    for (; i < end; i++) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
    lowest[block] = low;
    highest[block] = high;
    if (Number.isNaN(low)) size = Math.max(size, largestOf(values, from, end));
    else size = Math.max(size, Math.max(high, -low));
  }
  return { lowest, highest, size };
}

/** Largest absolute value of a stretch with undefined values. */
function largestOf(values: Float64Array, from: number, to: number): number {
  let size = 0;
  for (let i = from; i < to; i++) {
    const value = Math.abs(values[i]!);
    if (value > size) size = value;
  }
  return size;
}

function compareRange(
  a: Float64Array,
  b: Float64Array,
  from: number,
  to: number,
  signs: Int8Array,
): void {
  for (let i = from; i < to; i++) {
    const left = a[i]!;
    const right = b[i]!;
    const difference = left - right;
    const tie = TIE_TOLERANCE * Math.max(Math.abs(left), Math.abs(right));
    if (difference > tie) signs[i] = 1;
    else if (difference < -tie) signs[i] = -1;
    else if (tie === Number.POSITIVE_INFINITY) signs[i] = compare(left, right);
  }
}

/**
 * Checks that two columns can be compared.
 *
 * @throws {RangeError} If they differ in length.
 */
export function requireEqualLengths(a: Float64Array, b: Float64Array): void {
  if (a.length === b.length) return;
  throw new RangeError(
    `Cannot compare columns as their lengths differ: current values are ${a.length} and ${b.length}`,
  );
}
