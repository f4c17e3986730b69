import { DAY_MS } from '../../domain/index.js';

const DAYS_PER_BLOCK = 7;

/** Results of calendar weeks; the same weeks for every run, symbol and interval. */
export interface WeekSums {
  /** Numbers of the weeks, ascending: UTC days since 1970 over 7, rounded down. Shape `[weeks]`. */
  readonly blocks: ArrayLike<number>;
  /** Sum of the returns of each week. Shape `[weeks]`. */
  readonly sums: ArrayLike<number>;
}

/** Which week each return belongs to. */
export interface WeekLayout {
  /** Numbers of the weeks, ascending. Shape `[weeks]`. */
  readonly blocks: Int32Array;
  /** Place of each return's week in `blocks`. Shape `[returns]`. */
  readonly weekOf: Int32Array;
}

/**
 * Returns the number of the week that holds a time.
 *
 * @param time - ms UTC.
 */
export function weekBlock(time: number): number {
  return Math.floor(Math.floor(time / DAY_MS) / DAYS_PER_BLOCK);
}

/**
 * Returns which week each day belongs to; a week without any of the days is none.
 *
 * @param days - UTC days since 1970, ascending. Shape `[returns]`.
 */
export function weekLayout(days: ArrayLike<number>): WeekLayout {
  const blocks: number[] = [];
  const weekOf = new Int32Array(days.length);
  for (let t = 0; t < days.length; t++) {
    const block = Math.floor(days[t]! / DAYS_PER_BLOCK);
    if (blocks.length === 0 || block !== blocks[blocks.length - 1]) blocks.push(block);
    weekOf[t] = blocks.length - 1;
  }
  return { blocks: Int32Array.from(blocks), weekOf };
}

/**
 * Returns the layout of consecutive days.
 *
 * @param firstDay - UTC days since 1970.
 * @param count - Days.
 */
export function consecutiveWeeks(firstDay: number, count: number): WeekLayout {
  return weekLayout(Int32Array.from({ length: count }, (_, t) => firstDay + t));
}

/**
 * Returns the sum of the returns of each week.
 *
 * @param layout - Which week each return belongs to.
 * @param returns - Shape `[returns]`, fractions.
 */
export function sumWeeks({ blocks, weekOf }: WeekLayout, returns: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(blocks.length);
  for (let t = 0; t < weekOf.length; t++) sums[weekOf[t]!]! += returns[t]!;
  return sums;
}
