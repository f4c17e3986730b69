/** A column of -1, 0 and 1 as maximal runs of equal values: a few thousand numbers instead of one per candle. */
export interface SignalRuns {
  /** Candles. */
  readonly length: number;
  /** How many runs; the arrays may be longer. */
  readonly count: number;
  /** First candle of each run, and `length` after the last. Shape `[count + 1]` or longer. */
  readonly starts: Int32Array;
  /** Shape `[count]` or longer. */
  readonly values: Int8Array;
}

/** Collects runs from left to right. */
export interface RunBuilder {
  count: number;
  starts: Int32Array;
  values: Int8Array;
}

const FIRST_CAPACITY = 1_024;

/** Returns a builder without runs. */
export function startRuns(): RunBuilder {
  return {
    count: 0,
    starts: new Int32Array(FIRST_CAPACITY),
    values: new Int8Array(FIRST_CAPACITY),
  };
}

/**
 * Appends a run.
 *
 * @param runs - Changed in place.
 * @param start - First candle, after the run before.
 * @param value - Other than that of the run before.
 */
export function pushRun(runs: RunBuilder, start: number, value: number): void {
  // One place stays free for the end.
  if (runs.count + 1 === runs.starts.length) {
    const starts = new Int32Array(2 * runs.starts.length);
    const values = new Int8Array(2 * runs.starts.length);
    starts.set(runs.starts);
    values.set(runs.values);
    runs.starts = starts;
    runs.values = values;
  }
  runs.starts[runs.count] = start;
  runs.values[runs.count] = value;
  runs.count++;
}

/**
 * Ends a column.
 *
 * @param runs - All of its runs; not to be changed afterwards.
 * @param length - Candles.
 */
export function endRuns({ count, starts, values }: RunBuilder, length: number): SignalRuns {
  starts[count] = length;
  return { length, count, starts, values };
}

/**
 * Finds the runs of a signal column, four candles at a time.
 *
 * @param signals - Values -1, 0, 1. Shape `[n]`.
 */
export function findSignalRuns(signals: Int8Array): SignalRuns {
  const { length } = signals;
  const runs = startRuns();
  // A view on whole words needs their alignment.
  const aligned = signals.byteOffset % 4 === 0 ? signals : signals.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, length >> 2);
  let value = 2;
  let word = 0;
  for (let i = 0; i < length; ) {
    if ((i & 3) === 0 && value !== 2) {
      let at = i >> 2;
      while (at < words.length && words[at] === word) at++;
      i = at << 2;
      if (i >= length) break;
    }
    const signal = aligned[i]!;
    if (signal !== value) {
      pushRun(runs, i, signal);
      value = signal;
      word = ((signal & 255) * 0x01010101) | 0;
    }
    i++;
  }
  return endRuns(runs, length);
}

/**
 * Returns the column that has the given runs; the inverse of `findSignalRuns`.
 *
 * @param runs - Of the column.
 * @returns Shape `[length]`.
 */
export function expandRuns({ length, count, starts, values }: SignalRuns): Int8Array {
  const column = new Int8Array(length);
  for (let k = 0; k < count; k++) {
    if (values[k] !== 0) column.fill(values[k]!, starts[k], starts[k + 1]);
  }
  return column;
}

/**
 * Returns the runs within a part of the column, with candles counted from its beginning.
 *
 * @param runs - Of the whole column.
 * @param from - First candle of the part.
 * @param to - Candle after its last.
 */
export function sliceRuns(runs: SignalRuns, from: number, to: number): SignalRuns {
  if (from === 0 && to === runs.length) return runs;
  const part = startRuns();
  for (let k = 0; k < runs.count; k++) {
    const start = Math.max(from, runs.starts[k]!);
    const end = Math.min(to, runs.starts[k + 1]!);
    if (start < end) pushRun(part, start - from, runs.values[k]!);
  }
  return endRuns(part, Math.max(0, to - from));
}
