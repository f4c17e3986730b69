import { compare } from './compare.js';
import { BLOCK_SHIFT, BLOCK_SIZE } from './compare-columns.js';
import type { SignalRuns } from './signal-runs.js';

/** The exact value of a column at a candle. */
export type ValueAt = (index: number) => number;

/** What the kernels compared. */
export interface MarkedColumns {
  /** Candles. */
  readonly length: number;
  /** First candle at which both columns are defined. */
  readonly defined: number;
  /** First candle of the first block that was compared. */
  readonly from: number;
  /** Pairs of block, counted from `from`, and bits (see `ColumnKernels`), in order; a block that is left out goes on as the one before. */
  readonly marks: Int32Array;
  /** Asked where the bits are not clear. */
  readonly valueOfA: ValueAt;
  readonly valueOfB: ValueAt;
}

/** Turns the marks of a comparison into runs; belongs to one thread. */
export class MarkedRuns {
  #starts = new Int32Array(0);
  #values = new Int8Array(0);

  /**
   * Returns the runs of a comparison.
   *
   * @param columns - And how they compare.
   */
  read(columns: MarkedColumns): SignalRuns {
    const { length, defined, from, marks, valueOfA, valueOfB } = columns;
    if (this.#values.length < length) {
      this.#starts = new Int32Array(length + 1);
      this.#values = new Int8Array(length);
    }
    const starts = this.#starts;
    const values = this.#values;
    const signOf = (i: number): number => compare(valueOfA(i), valueOfB(i)) || 0;
    const count = runsOfMarks(marks, length, defined, from, signOf, starts, values);
    return { length, count, starts: starts.slice(0, count + 1), values: values.slice(0, count) };
  }
}

/** Writes starts, one more than there are runs, and values; returns the number of runs. */
function runsOfMarks(
  marks: Int32Array,
  length: number,
  defined: number,
  from: number,
  signOf: (index: number) => number,
  starts: Int32Array,
  values: Int8Array,
): number {
  let count = 0;
  let value = 2;
  if (defined > 0) {
    value = 0;
    starts[0] = 0;
    values[0] = 0;
    count = 1;
  }
  for (let i = defined; i < Math.min(from, length); i++) {
    const sign = signOf(i);
    if (sign === value) continue;
    value = sign;
    starts[count] = i;
    values[count] = sign;
    count++;
  }
  for (let k = 0; k < marks.length; k += 2) {
    const first = from + (marks[k]! << BLOCK_SHIFT);
    const bits = marks[k + 1]!;
    if ((value & 1) !== 0 && ((bits ^ (bits >>> 16)) & 0xffff) === 0xffff) {
      // Every candle is clear: a run starts where a bit differs from the one before.
      let changes = (bits ^ ((bits << 1) | (value > 0 ? 1 : 0))) & 0xffff;
      while (changes !== 0) {
        const change = changes & -changes;
        changes ^= change;
        value = -value;
        starts[count] = first + 31 - Math.clz32(change);
        values[count] = value;
        count++;
      }
      continue;
    }
    const end = Math.min(length, first + BLOCK_SIZE);
    for (let i = first; i < end; i++) {
      const clear = ((bits >> (i - first)) & 1) - ((bits >> (i - first + 16)) & 1);
      const sign = clear !== 0 ? clear : signOf(i);
      if (sign === value) continue;
      value = sign;
      starts[count] = i;
      values[count] = sign;
      count++;
    }
  }
  // A block that is clear may go on behind the last candle.
  while (count > 0 && starts[count - 1]! >= length) count--;
  starts[count] = length;
  return count;
}
