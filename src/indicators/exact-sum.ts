/** A sum kept as two doubles; `exact` is false when even two could not hold it. */
export interface PairSum {
  readonly high: number;
  readonly low: number;
  readonly exact: boolean;
}

/**
 * Sums `values[from..to)` into a pair of doubles.
 *
 * @param values - Shape `[n]`, finite in the range.
 * @param from - First index.
 * @param to - Index after the last.
 * @returns `high + low` is the exact sum when `exact`.
 * @see D. E. Knuth, The Art of Computer Programming 2, 4.2.2 (the error of an addition is a double).
 */
export function pairSum(values: Float64Array, from: number, to: number): PairSum {
  let high = 0;
  let low = 0;
  let exact = true;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    const sum = high + value;
    const error = additionError(high, value, sum);
    const lowSum = low + error;
    if (additionError(low, error, lowSum) !== 0) exact = false;
    high = sum;
    low = lowSum;
  }
  return { high, low, exact };
}

/**
 * Sums `values[from..to)` with one rounding, whatever their sizes.
 *
 * @param values - Shape `[n]`, finite in the range.
 * @param from - First index.
 * @param to - Index after the last.
 * @returns The double nearest to the true sum.
 * @see J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997; the rounding follows Python's `math.fsum`.
 */
export function exactSum(values: Float64Array, from: number, to: number): number {
  const parts: number[] = [];
  for (let i = from; i < to; i++) {
    let value = values[i]!;
    let used = 0;
    for (const part of parts) {
      const sum = value + part;
      const error = additionError(value, part, sum);
      if (error !== 0) parts[used++] = error;
      value = sum;
    }
    parts.length = used;
    parts.push(value);
  }
  return roundParts(parts);
}

/** Adds non-overlapping parts, the smallest first, with a single rounding to even. */
function roundParts(parts: readonly number[]): number {
  let index = parts.length - 1;
  if (index < 0) return 0;
  let sum = parts[index]!;
  let error = 0;
  while (index > 0) {
    const before = sum;
    const part = parts[--index]!;
    sum = before + part;
    error = part - (sum - before);
    if (error !== 0) break;
  }
  const next = parts[index - 1] ?? 0;
  if (index > 0 && ((error < 0 && next < 0) || (error > 0 && next > 0))) {
    const doubled = error * 2;
    const moved = sum + doubled;
    if (moved - sum === doubled) return moved;
  }
  return sum;
}

function additionError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}
