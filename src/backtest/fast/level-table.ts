/** Steps that a search walks from the answer before, until it halves the stack instead. */
const WALK_STEPS_MAX = 8;

/**
 * The candles that a price level can be met by, seen from one candle: right to left, each candle that is lower than every
 * candle before it. Values fall from the top (near) to the bottom (far), so the first candle at or below a level is the
 * topmost entry that is not above it.
 */
export interface LevelStack {
  readonly values: Float64Array;
  readonly indices: Int32Array;
}

/**
 * Allocates a stack for `length` candles.
 *
 * @param length - Candles.
 */
export function allocateLevelStack(length: number): LevelStack {
  return { values: new Float64Array(length + 1), indices: new Int32Array(length + 1) };
}

/** What levels are met by. */
export interface LevelColumns {
  readonly open: Float64Array;
  /** Lows when falling, highs when rising. */
  readonly touching: Float64Array;
  /** 1: met when the price falls to the level; -1: when it rises to it. */
  readonly sign: 1 | -1;
}

/** A level that is watched from entry on: `open * entryFactor * levelFactor`, met by `low <=` or by `high >=`. */
export interface LevelFactors {
  /** `1 ± slippage`: the entry price is `open * entryFactor` (S-21). */
  readonly entryFactor: number;
  /** `1 ± fraction`: the level is `entryPrice * levelFactor` (§4). */
  readonly levelFactor: number;
}

/** Columns of levels at a distance of the entry price. */
export interface DistanceColumns extends LevelColumns {
  /** By entry candle, quote per unit, above 0; `Infinity` where there is none. */
  readonly distances: Float64Array;
}

/** A level that is watched from entry on: `open * entryFactor ± multiple * distance` (S-70). */
export interface DistanceFactors {
  readonly entryFactor: number;
  readonly multiple: number;
}

/** A level and what it is met by. */
export type LevelRequest = (LevelColumns & LevelFactors) | (DistanceColumns & DistanceFactors);

/**
 * Fills a table with the first candle, from each entry candle on, that meets the level of that entry; `length` when none
 * does. One pass from right to left; the slow twin is the loop of the reference engine.
 *
 * @param request - Which level.
 * @param stack - Scratch.
 * @param table - Result. Shape `[length]`.
 */
export function fillLevelTable(request: LevelRequest, stack: LevelStack, table: Int32Array): void {
  const { open, touching, sign, entryFactor } = request;
  const levelOf = signedLevel(request);
  const { values, indices } = stack;
  const length = table.length;
  // The bottom is met by every level: "never".
  values[0] = Number.NEGATIVE_INFINITY;
  indices[0] = length;
  let top = 0;
  let answer = 0;
  for (let i = length - 1; i >= 0; i--) {
    const value = sign * touching[i]!;
    while (values[top]! >= value) top--;
    top++;
    values[top] = value;
    indices[top] = i;
    const level = levelOf(sign * (open[i]! * entryFactor), i);
    if (answer > top) answer = top;
    if (values[answer]! <= level) {
      let steps = 0;
      while (answer < top && values[answer + 1]! <= level) {
        answer++;
        if (++steps === WALK_STEPS_MAX) {
          answer = topmostAtOrBelow(values, answer, top, level);
          break;
        }
      }
    } else {
      let steps = 0;
      do {
        answer--;
        if (++steps === WALK_STEPS_MAX) {
          answer = topmostAtOrBelow(values, 0, answer, level);
          break;
        }
      } while (values[answer]! > level);
    }
    table[i] = indices[answer]!;
  }
}

/** The level of an entry candle on prices times `sign`; multiplying by -1 is exact. */
function signedLevel(request: LevelRequest): (entryPrice: number, i: number) => number {
  if ('distances' in request) {
    const { distances, multiple } = request;
    return (entryPrice, i) => entryPrice - multiple * distances[i]!;
  }
  const { levelFactor } = request;
  return (entryPrice) => entryPrice * levelFactor;
}

/**
 * Returns the highest stack position in `[from, to]` whose value is at or below a level.
 *
 * @param values - Falling towards position 0.
 * @param from - A position that is known to be at or below the level.
 */
export function topmostAtOrBelow(
  values: Float64Array,
  from: number,
  to: number,
  level: number,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle]! <= level) low = middle;
    else high = middle - 1;
  }
  return low;
}
