import { compare, TIE_TOLERANCE } from './compare.js';

/** Candles per block, as a power of two. */
const BLOCK_SHIFT = 4;
const BLOCK_SIZE = 1 << BLOCK_SHIFT;

/** Lowest and highest value of each block of a column; `NaN` where a block holds an undefined value. */
export interface BlockExtremes {
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
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
 * Returns what `compareColumns` returns, its slow twin, in less time when extremes are known: where two blocks lie apart, no
 * candle needs a look.
 *
 * @param a - Shape `[n]`.
 * @param b - Shape `[n]`.
 * @param extremesOfA - `blockExtremes(a)`.
 * @param extremesOfB - `blockExtremes(b)`.
 */
export function compareColumnsByBlocks(
  a: Float64Array,
  b: Float64Array,
  extremesOfA: BlockExtremes,
  extremesOfB: BlockExtremes,
): Int8Array {
  requireEqualLengths(a, b);
  const signs = new Int8Array(a.length);
  const blocks = extremesOfA.lowest.length;
  const { lowest: lowA, highest: highA } = extremesOfA;
  const { lowest: lowB, highest: highB } = extremesOfB;
  // Runs of blocks with one sign are filled at once; 0 stands for blocks already done candle by candle.
  let sign = 0;
  let from = 0;
  for (let block = 0; block < blocks; block++) {
    const bottomA = lowA[block]!;
    const topA = highA[block]!;
    const bottomB = lowB[block]!;
    const topB = highB[block]!;
    const size = Math.max(Math.max(topA, topB), -Math.min(bottomA, bottomB));
    const tie = TIE_TOLERANCE * size;
    let blockSign = 0;
    // Twice the tolerance is far beyond what rounding of the bounds could hide.
    if (bottomA - topB > 2 * tie) blockSign = 1;
    else if (bottomB - topA > 2 * tie) blockSign = -1;
    if (blockSign !== sign) {
      if (sign !== 0) signs.fill(sign, from, block << BLOCK_SHIFT);
      from = block << BLOCK_SHIFT;
      sign = blockSign;
    }
    if (blockSign === 0) {
      const start = block << BLOCK_SHIFT;
      const end = Math.min(a.length, start + BLOCK_SIZE);
      for (let i = start; i < end; i++) {
        const difference = a[i]! - b[i]!;
        // No candle's own tolerance is larger than the block's; what lies within it is looked at exactly.
        if (difference > tie) signs[i] = 1;
        else if (difference < -tie) signs[i] = -1;
        else signs[i] = compare(a[i], b[i]);
      }
    }
  }
  if (sign !== 0) signs.fill(sign, from);
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
  for (let block = 0; block < blocks; block++) {
    const end = Math.min(values.length, (block + 1) << BLOCK_SHIFT);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = block << BLOCK_SHIFT; i < end; i++) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
    lowest[block] = low;
    highest[block] = high;
  }
  return { lowest, highest };
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

function requireEqualLengths(a: Float64Array, b: Float64Array): void {
  if (a.length === b.length) return;
  throw new RangeError(
    `Cannot compare columns as their lengths differ: current values are ${a.length} and ${b.length}`,
  );
}
