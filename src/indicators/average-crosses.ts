import { clearRoom } from './clear-room.js';
import { MARK_BYTES, paddedLength } from './column-kernels.js';
import { BLOCK_SHIFT, BLOCK_SIZE } from './compare-columns.js';
import type { KernelMemory, Region } from './kernel-memory.js';
import { MarkedRuns } from './marked-runs.js';
import type { SignalRuns } from './signal-runs.js';
import { type PrefixSums, smaAt } from './window-sums.js';

/** Longer averages are not compared here. */
const PERIOD_MAX = 2 ** 11;
/** Blocks that the kernels may read beyond a column, as they walk in steps of four. */
const BLOCKS_BEYOND = 4;
/** Two more roundings of two averages, as a share of the largest value. */
const ROUNDING_SHARE = 4 * 2 ** -24;

/** A column with its prefix sums, which are in the memory of the kernels too, as whole numbers. */
export interface PlacedSums {
  readonly values: Float64Array;
  readonly sums: PrefixSums;
  /** In units, modulo 2^32: a window of up to `PERIOD_MAX` values differs by less than 2^31, so differences are right all the same. */
  readonly region: Region;
  readonly unit: number;
}

/** The extremes of the blocks of a moving average, as floats; addresses are byte offsets in the memory of the kernels. */
export interface AverageExtremes extends Region {
  readonly period: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Simple moving averages of a column, compared without being kept. The blocks of two averages that lie apart need no look; in the
 * others the averages follow from the column's prefix sums, which all pairs of periods share and which are small enough to stay in
 * the cache.
 */
export class AverageCrosses {
  readonly #memory: KernelMemory;
  readonly #runs = new MarkedRuns();

  /** @param memory - Where sums and extremes are. */
  constructor(memory: KernelMemory) {
    this.#memory = memory;
  }

  /**
   * Copies the sums of a column into the memory; they are precise enough to tell what is clear.
   *
   * @param values - Shape `[n]`.
   * @param sums - `prefixSums(values)`.
   * @returns To be released when it is no longer needed.
   */
  place(values: Float64Array, sums: PrefixSums): PlacedSums {
    const count = values.length + 1;
    const padded = paddedLength(values.length) + BLOCKS_BEYOND * BLOCK_SIZE + 1;
    const region = this.#memory.allocate(4 * padded);
    const units = new Int32Array(this.#memory.buffer, region.at, padded).fill(0, count);
    // A power of two, so that nothing but the rounding to whole units is lost.
    const unit = 2 ** Math.ceil(Math.log2((sums.size * PERIOD_MAX) / 2 ** 30));
    const { coarse } = sums;
    for (let i = 0; i < count; i++) units[i] = Math.round(coarse[i]! / unit) | 0;
    return { values, sums, region, unit };
  }

  /**
   * Makes room for other sums.
   *
   * @param placed - Not to be used any more.
   */
  release({ region }: PlacedSums): void {
    this.#memory.release(region);
  }

  /**
   * Finds the extremes of a moving average.
   *
   * @param placed - Of the column.
   * @param period - Candles, integer >= 1.
   * @returns A region to be released when it is no longer needed; `undefined` when the period is too long.
   */
  extremes({ values, region, unit }: PlacedSums, period: number): AverageExtremes | undefined {
    if (period > PERIOD_MAX) return undefined;
    const { length } = values;
    const blocks = (paddedLength(length) >> BLOCK_SHIFT) + BLOCKS_BEYOND;
    const own = this.#memory.allocate(8 * blocks);
    const lowest = own.at;
    const highest = lowest + 4 * blocks;
    // Whole blocks of averages; those at both ends are never clear.
    const from = blockAfter(Math.min(length, period - 1));
    const to = Math.max(from, length >> BLOCK_SHIFT);
    this.#memory.kernels.differenceExtremes(
      region.at + 4 * ((from << BLOCK_SHIFT) + 1 - period),
      4 * period,
      unit / period,
      to - from,
      lowest + 4 * from,
      highest + 4 * from,
    );
    for (const at of [lowest, highest]) {
      const column = new Float32Array(this.#memory.buffer, at, blocks);
      column.fill(Number.NaN, 0, from).fill(Number.NaN, to);
    }
    return { ...own, period, lowest, highest };
  }

  /**
   * Compares two averages as `compareRuns()` of their columns does.
   *
   * @param placed - Of the column.
   * @param a - `extremes()` of one.
   * @param b - `extremes()` of the other.
   * @returns `undefined` when the values are too large or too small for floats.
   */
  compare(
    { values, sums, region, unit }: PlacedSums,
    a: AverageExtremes,
    b: AverageExtremes,
  ): SignalRuns | undefined {
    const { length } = values;
    // What coarse parts and whole units lack; and an average is rounded to a float three times: its sum, its factor, their product.
    const units = unit * (1 / a.period + 1 / b.period);
    const room = clearRoom(sums.size, units + sums.coarseUnit + ROUNDING_SHARE * sums.size);
    if (room === undefined) return undefined;
    const defined = Math.min(length, Math.max(a.period, b.period) - 1);
    const first = blockAfter(defined);
    const blocks = Math.max(0, (paddedLength(length) >> BLOCK_SHIFT) - first);
    const list = this.#memory.scratch(MARK_BYTES * (blocks + BLOCKS_BEYOND)).at;
    const { kernels } = this.#memory;
    const listEnd = kernels.listBlocks(
      a.lowest + 4 * first,
      a.highest + 4 * first,
      b.lowest + 4 * first,
      b.highest + 4 * first,
      blocks,
      room,
      list,
    );
    const end = kernels.markDifferences(
      list,
      listEnd,
      room,
      region.at + 4 * ((first << BLOCK_SHIFT) + 1),
      4 * a.period,
      unit / a.period,
      4 * b.period,
      unit / b.period,
    );
    return this.#runs.read({
      length,
      defined,
      from: first << BLOCK_SHIFT,
      marks: new Int32Array(this.#memory.buffer, list, (end - list) >> 2),
      valueOfA: (i) => smaAt(values, sums, a.period, i),
      valueOfB: (i) => smaAt(values, sums, b.period, i),
    });
  }
}

/** The first block that starts at or after a candle. */
function blockAfter(candle: number): number {
  return (candle + BLOCK_SIZE - 1) >> BLOCK_SHIFT;
}
