import { allocateLevelStack, type LevelStack, topmostAtOrBelow } from './level-table.js';

/** For each candle of one side, what does not depend on the trailing fraction. */
export interface PeakChain {
  /** First later candle with a strictly better extreme (high of a long, low of a short); `length` when none. Shape `[n]`. */
  readonly nextRecord: Int32Array;
  /** Worst price after this candle up to and including that one, sign-flipped for shorts. Shape `[n]`. */
  readonly worstUntilRecord: Float64Array;
}

/** Columns of one side: for a long `best` is the high and `worst` the low, mirrored for a short. */
export interface SideColumns {
  readonly open: Float64Array;
  readonly best: Float64Array;
  readonly worst: Float64Array;
  /** +1 long, -1 short. */
  readonly side: 1 | -1;
}

/**
 * Finds the next record and the worst price on the way to it, for every candle.
 *
 * @param columns - Of one side.
 */
export function findPeakChain(columns: SideColumns): PeakChain {
  const { best, worst, side } = columns;
  const length = best.length;
  const nextRecord = new Int32Array(length);
  const worstUntilRecord = new Float64Array(length);
  for (let i = length - 1; i >= 0; i--) {
    const value = side * best[i]!;
    let next = i + 1;
    let lowest = next < length ? side * worst[next]! : Number.POSITIVE_INFINITY;
    // Every candle passed over is no record, so its own way to a record lies on ours.
    while (next < length && side * best[next]! <= value) {
      lowest = Math.min(lowest, worstUntilRecord[next]!);
      next = nextRecord[next]!;
    }
    nextRecord[i] = next;
    worstUntilRecord[i] = lowest;
  }
  return { nextRecord, worstUntilRecord };
}

/** Scratch of `fillTrailingTable`. */
export interface TrailingScratch {
  readonly stack: LevelStack;
  /** Exit and peak candle of a position whose peak was set at this candle. */
  readonly exitFromPeak: Int32Array;
  readonly peakFromPeak: Int32Array;
}

/**
 * Allocates the scratch for `length` candles.
 *
 * @param length - Candles.
 */
export function allocateTrailingScratch(length: number): TrailingScratch {
  return {
    stack: allocateLevelStack(length),
    exitFromPeak: new Int32Array(length + 1),
    peakFromPeak: new Int32Array(length + 1),
  };
}

/**
 * Fills, for each entry candle, the candle that meets the trailing level, and the candle whose extreme was the peak then
 * (-1: the entry price still was; S-40). Exit `length` when the level is never met.
 *
 * One pass from right to left, by recursion on record highs: if the level under the peak of candle `j` holds up to and
 * including the next record `r`, the position lives on exactly as one whose peak was set at `r`. (The record candle is
 * checked against the old peak first, hence "including".) The slow twin is the loop of the reference engine.
 *
 * @param columns - Of one side.
 * @param chain - `findPeakChain(columns)`.
 * @param entryFactor - `1 ± slippage`.
 * @param levelFactor - `1 ∓ fraction`.
 * @param scratch - Of that length.
 * @param exits - Result. Shape `[n]`.
 * @param peaks - Result. Shape `[n]`.
 */
export function fillTrailingTable(
  columns: SideColumns,
  chain: PeakChain,
  entryFactor: number,
  levelFactor: number,
  scratch: TrailingScratch,
  exits: Int32Array,
  peaks: Int32Array,
): void {
  const { open, best, worst, side } = columns;
  const { nextRecord, worstUntilRecord } = chain;
  const { exitFromPeak, peakFromPeak } = scratch;
  const { values, indices } = scratch.stack;
  const length = exits.length;
  values[0] = Number.NEGATIVE_INFINITY;
  indices[0] = length;
  exitFromPeak[length] = length;
  peakFromPeak[length] = -1;
  let top = 0;
  for (let i = length - 1; i >= 0; i--) {
    const next = nextRecord[i]!;
    const peakLevel = side * (best[i]! * levelFactor);
    if (worstUntilRecord[i]! <= peakLevel) {
      exitFromPeak[i] = indices[topmost(values, top, peakLevel)]!;
      peakFromPeak[i] = i;
    } else {
      exitFromPeak[i] = exitFromPeak[next]!;
      peakFromPeak[i] = peakFromPeak[next]!;
    }

    const value = side * worst[i]!;
    while (values[top]! >= value) top--;
    top++;
    values[top] = value;
    indices[top] = i;

    const entryPrice = open[i]! * entryFactor;
    const entryLevel = side * (entryPrice * levelFactor);
    if (value <= entryLevel) {
      exits[i] = i;
      peaks[i] = -1;
      continue;
    }
    // With slippage the entry price is the peak until a candle reaches it.
    let record = i;
    while (record < length && side * best[record]! < side * entryPrice) {
      if (worstUntilRecord[record]! <= entryLevel) break;
      record = nextRecord[record]!;
    }
    if (record < length && side * best[record]! < side * entryPrice) {
      exits[i] = indices[topmost(values, top, entryLevel)]!;
      peaks[i] = -1;
    } else {
      exits[i] = exitFromPeak[record]!;
      peaks[i] = peakFromPeak[record]!;
    }
  }
}

/**
 * Fills, for each candle that sets a peak, the candle from the next one on that meets the trailing level, and the candle whose
 * extreme was the peak then; `length` when the level is never met. It is the recursion of `fillTrailingTable()` without entries.
 *
 * @param columns - Of one side.
 * @param chain - `findPeakChain(columns)`.
 * @param levelFactor - `1 ∓ fraction`.
 * @param stack - Scratch.
 * @param exits - Result. Shape `[n]`.
 * @param peaks - Result. Shape `[n]`.
 */
export function fillFromPeaks(
  { best, worst, side }: SideColumns,
  { nextRecord, worstUntilRecord }: PeakChain,
  levelFactor: number,
  { values, indices }: LevelStack,
  exits: Int32Array,
  peaks: Int32Array,
): void {
  const length = exits.length;
  values[0] = Number.NEGATIVE_INFINITY;
  indices[0] = length;
  let top = 0;
  for (let i = length - 1; i >= 0; i--) {
    const next = nextRecord[i]!;
    const level = side * (best[i]! * levelFactor);
    if (worstUntilRecord[i]! <= level) {
      exits[i] = indices[topmost(values, top, level)]!;
      peaks[i] = i;
    } else {
      exits[i] = next < length ? exits[next]! : length;
      peaks[i] = next < length ? peaks[next]! : i;
    }
    const value = side * worst[i]!;
    while (values[top]! >= value) top--;
    top++;
    values[top] = value;
    indices[top] = i;
  }
}

/** Looks near the top first: a trailing stop is usually met soon. */
function topmost(values: Float64Array, top: number, level: number): number {
  let position = top;
  let step = 1;
  while (position > 0 && values[position]! > level) {
    position = Math.max(0, position - step);
    step *= 2;
  }
  return topmostAtOrBelow(values, position, top, level);
}
