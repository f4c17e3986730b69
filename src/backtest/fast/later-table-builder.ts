import { atr } from '../../indicators/index.js';
import type {
  BreakEvenKey,
  DistanceKey,
  TargetsKey,
  TrailingDistanceKey,
} from './exit-table-keys.js';
import { ROUNDING_ROOM } from './fill-trades.js';
import { allocateLevelStack, type LevelStack, topmostAtOrBelow } from './level-table.js';
import type { LevelTables } from './level-tables.js';
import type { PreparedCandles } from './prepared-candles.js';
import type { PeakChain, SideColumns } from './trailing-table.js';

/** Fills tables of the later rules. Their slow twin is the loop of the reference engine. */
export class LaterTableBuilder {
  readonly #prepared: PreparedCandles;
  readonly #levels: LevelTables;
  readonly #distances = new Map<number, Float64Array>();
  readonly #paths = new Map<1 | -1, TrailingPaths>();
  #scratch: LaterScratch | undefined;

  /**
   * @param prepared - Candles.
   * @param levels - Fills tables of plain levels.
   */
  constructor(prepared: PreparedCandles, levels: LevelTables) {
    this.#prepared = prepared;
    this.#levels = levels;
  }

  /** Memory that is in use, bytes. */
  get bytesUsed(): number {
    const { length } = this.#prepared;
    const scratch = this.#scratch === undefined ? 0 : 24;
    return (8 * this.#distances.size + 8 * this.#paths.size + scratch) * length;
  }

  /**
   * Fills levels at a multiple of the ATR (S-70), all of one kind and period.
   *
   * @param tables - With their keys; filled.
   */
  fillDistances(
    tables: readonly { readonly key: DistanceKey; readonly table: Int32Array }[],
  ): void {
    const { open, high, low } = this.#prepared;
    const { kind, period } = tables[0]!.key;
    const isFalling = kind === 'falling-atr';
    this.#levels.fillDistances(
      {
        open,
        touching: isFalling ? low : high,
        sign: isFalling ? 1 : -1,
        distances: this.#distancesOf(period),
      },
      tables.map(({ key: { entryFactor, multiple }, table }) => ({ entryFactor, multiple, table })),
    );
  }

  /**
   * Fills when the level of the break-even is met after the gain (S-73): the question of each entry is asked where the pass from
   * right to left stands at the candle of its gain.
   *
   * @param columns - Of the side.
   * @param table - Filled.
   */
  fillBreakEven(key: BreakEvenKey, { open, worst, side }: SideColumns, table: Int32Array): void {
    const { entryFactor, gainFactor, levelFactor } = key;
    const { length } = this.#prepared;
    const { gains, firstOf, nextOf, stack } = this.#ownScratch();
    const { values, indices } = stack;
    this.#fillGains(side, entryFactor, gainFactor, gains);
    firstOf.fill(-1);
    for (let entry = 0; entry < length; entry++) {
      const gain = gains[entry]!;
      if (gain === length) {
        table[entry] = length;
      } else {
        nextOf[entry] = firstOf[gain]!;
        firstOf[gain] = entry;
      }
    }
    values[0] = Number.NEGATIVE_INFINITY;
    indices[0] = length;
    let top = 0;
    for (let i = length - 1; i >= 0; i--) {
      for (let entry = firstOf[i]!; entry >= 0; entry = nextOf[entry]!) {
        const level = side * (open[entry]! * entryFactor * levelFactor);
        table[entry] = indices[topmostAtOrBelow(values, 0, top, level)]!;
      }
      const value = side * worst[i]!;
      while (values[top]! >= value) top--;
      top++;
      values[top] = value;
      indices[top] = i;
    }
  }

  /**
   * Fills when a target that changes with age is met (S-74): a table for each step, asked from the candle on at which the step
   * begins, and then the first step whose answer comes before the next one begins.
   *
   * @param side - Of the positions.
   * @param table - Filled.
   */
  fillTargets({ entryFactor, steps }: TargetsKey, side: 1 | -1, table: Int32Array): void {
    const { open, high, low, length } = this.#prepared;
    const { gains: answers } = this.#ownScratch();
    const touching = side > 0 ? high : low;
    table.fill(length);
    let stepEnd = Number.POSITIVE_INFINITY;
    for (const { fromCandle, fraction } of steps.toReversed()) {
      const count = Math.max(0, length - fromCandle);
      this.#levels.fill(
        {
          open: open.subarray(0, count),
          touching: touching.subarray(length - count),
          sign: side > 0 ? -1 : 1,
        },
        [{ entryFactor, levelFactor: 1 + side * fraction, table: answers.subarray(0, count) }],
      );
      for (let entry = 0; entry < count; entry++) {
        const exit = answers[entry]! + fromCandle;
        if (exit - entry < stepEnd) table[entry] = exit;
      }
      stepEnd = fromCandle;
    }
  }

  /**
   * Fills when a trailing level at a distance of the entry is met (S-70), and the candle whose extreme was the peak then (-1: the
   * entry price still was). The distance belongs to the entry, so what one entry meets says nothing about another: from each
   * one the records are walked, and where the price between two of them falls to the level is looked for.
   *
   * @param columns - Of the side.
   * @param chain - Of the side.
   * @param exits - Filled.
   * @param peaks - Filled.
   */
  fillTrailingDistance(
    { entryFactor, multiple, period, gainFactor }: TrailingDistanceKey,
    { open, best, worst, side }: SideColumns,
    chain: PeakChain,
    exits: Int32Array,
    peaks: Int32Array,
  ): void {
    const { length } = this.#prepared;
    const { nextRecord, worstUntilRecord } = chain;
    const distances = this.#distancesOf(period);
    const { gains } = this.#ownScratch();
    const { nextDeeper, nextWorse } = this.#pathsOf({ open, best, worst, side }, chain);
    if (gainFactor !== undefined) this.#fillGains(side, entryFactor, gainFactor, gains);
    for (let entry = 0; entry < length; entry++) {
      const distance = multiple * distances[entry]!;
      let record = gainFactor === undefined ? entry : gains[entry]!;
      let exit = length;
      let peak = Number.NEGATIVE_INFINITY;
      let peakAt = -1;
      if (gainFactor === undefined) {
        peak = side * (open[entry]! * entryFactor);
        if (side * worst[entry]! <= peak - distance) {
          exit = entry;
          record = length;
        }
      }
      while (record < length) {
        const value = side * best[record]!;
        let next = nextRecord[record]!;
        if (value >= peak) {
          peak = value;
          peakAt = record;
          // Under the records in between the price falls less deeply, so what does not end the trade here does not end it there.
          next = nextDeeper[record]!;
        }
        const level = peak - distance;
        if (worstUntilRecord[record]! <= level) {
          exit = record + 1;
          while (side * worst[exit]! > level) exit = nextWorse[exit]!;
          break;
        }
        record = next;
      }
      exits[entry] = exit;
      peaks[entry] = peakAt;
    }
  }

  #pathsOf(columns: SideColumns, chain: PeakChain): TrailingPaths {
    const known = this.#paths.get(columns.side) ?? {
      nextDeeper: findNextDeeper(columns, chain),
      nextWorse: findNextWorse(columns),
    };
    this.#paths.set(columns.side, known);
    return known;
  }

  /** When each entry has gained so much. */
  #fillGains(side: 1 | -1, entryFactor: number, gainFactor: number, gains: Int32Array): void {
    const { open, high, low } = this.#prepared;
    const isLong = side > 0;
    this.#levels.fill({ open, touching: isLong ? high : low, sign: isLong ? -1 : 1 }, [
      { entryFactor, levelFactor: gainFactor, table: gains },
    ]);
  }

  /** By entry candle, the ATR of the decision; `Infinity` where nothing is entered for want of it. */
  #distancesOf(period: number): Float64Array {
    const known = this.#distances.get(period);
    if (known !== undefined) return known;
    const { candles, period: traded, length } = this.#prepared;
    const ranges = atr(candles, period);
    const column = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    for (let entry = 1; entry < length; entry++) {
      const range = ranges[traded.from + entry - 1]!;
      if (range > 0) column[entry] = range;
    }
    this.#distances.set(period, column);
    return column;
  }

  #ownScratch(): LaterScratch {
    const { length } = this.#prepared;
    this.#scratch ??= {
      gains: new Int32Array(length),
      firstOf: new Int32Array(length),
      nextOf: new Int32Array(length),
      stack: allocateLevelStack(length),
    };
    return this.#scratch;
  }
}

interface LaterScratch {
  readonly gains: Int32Array;
  /** The entries whose gain is reached at a candle, as lists. */
  readonly firstOf: Int32Array;
  readonly nextOf: Int32Array;
  readonly stack: LevelStack;
}

/** Where the walks from all entries go on, by candle; `length` where they end. */
interface TrailingPaths {
  /** The first of the later records under which the price falls as deeply before the next one, or deeper, as far as rounding can tell. */
  readonly nextDeeper: Int32Array;
  /** The first later candle with a worse price. */
  readonly nextWorse: Int32Array;
}

function findNextDeeper(
  { best, side }: SideColumns,
  { nextRecord, worstUntilRecord }: PeakChain,
): Int32Array {
  const { length } = best;
  const falls = best.map((price, i) => side * price - worstUntilRecord[i]!);
  const nextDeeper = new Int32Array(length);
  for (let i = length - 1; i >= 0; i--) {
    const least = falls[i]! - best[i]! * ROUNDING_ROOM;
    let next = nextRecord[i]!;
    while (next < length && falls[next]! < least) next = nextDeeper[next]!;
    nextDeeper[i] = next;
  }
  return nextDeeper;
}

function findNextWorse({ worst, side }: SideColumns): Int32Array {
  const { length } = worst;
  const nextWorse = new Int32Array(length);
  for (let i = length - 1; i >= 0; i--) {
    let next = i + 1;
    while (next < length && side * worst[next]! >= side * worst[i]!) next = nextWorse[next]!;
    nextWorse[i] = next;
  }
  return nextWorse;
}
