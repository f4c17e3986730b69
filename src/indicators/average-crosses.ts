import { clearRoom } from './clear-room.js';
import { MARK_BYTES, paddedLength, STEP } from './column-kernels.js';
import { BLOCK_SHIFT, BLOCK_SIZE } from './compare-columns.js';
import type { KernelMemory, Region } from './kernel-memory.js';
import { MarkedRuns } from './marked-runs.js';
import type { SignalRuns } from './signal-runs.js';
import { type PrefixSums, smaAt } from './window-sums.js';

/** A column with its prefix sums, whose coarse parts are in the memory of the kernels. */
export interface PlacedSums {
  readonly values: Float64Array;
  readonly sums: PrefixSums;
  readonly region: Region;
  /** Address of the first sum, which is 0. */
  readonly coarse: number;
}

/** The extremes of the blocks of a moving average; addresses are byte offsets in the memory of the kernels. */
export interface AverageExtremes extends Region {
  readonly period: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Simple moving averages of a column, compared without being kept. The blocks of two averages that lie apart need no look; in the
 * others the averages follow from the column's prefix sums, which all pairs of periods share and which therefore stay in the cache.
 */
export class AverageCrosses {
  readonly #memory: KernelMemory;
  readonly #runs = new MarkedRuns();

  /** @param memory - Where sums and extremes are. */
  constructor(memory: KernelMemory) {
    this.#memory = memory;
  }

  /**
   * Copies the coarse sums of a column into the memory; they are precise enough to tell what is clear.
   *
   * @param values - Shape `[n]`.
   * @param sums - `prefixSums(values)`.
   * @returns To be released when it is no longer needed.
   */
  place(values: Float64Array, sums: PrefixSums): PlacedSums {
    // A step may begin before the first average and end after the last candle: what is undefined there is never clear.
    const padded = STEP + paddedLength(values.length) + 1;
    const region = this.#memory.allocate(8 * padded);
    const column = new Float64Array(this.#memory.buffer, region.at, padded).fill(Number.NaN);
    column.set(sums.coarse, STEP);
    return { values, sums, region, coarse: region.at + 8 * STEP };
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
   * @returns A region to be released when it is no longer needed.
   */
  extremes({ values, coarse }: PlacedSums, period: number): AverageExtremes {
    const { length } = values;
    const padded = paddedLength(length) >> BLOCK_SHIFT;
    const region = this.#memory.allocate(8 * padded);
    const lowest = region.at;
    const highest = lowest + 4 * padded;
    // Whole blocks of averages; those at both ends are never clear.
    const from = Math.min(padded, (period - 1 + BLOCK_SIZE - 1) >> BLOCK_SHIFT);
    const to = Math.max(from, length >> BLOCK_SHIFT);
    this.#memory.kernels.differenceExtremes(
      coarse + 8 * ((from << BLOCK_SHIFT) + 1 - period),
      8 * period,
      1 / period,
      to - from,
      lowest + 4 * from,
      highest + 4 * from,
    );
    for (const at of [lowest, highest]) {
      const column = new Float32Array(this.#memory.buffer, at, padded);
      column.fill(Number.NaN, 0, from).fill(Number.NaN, to);
    }
    return { ...region, period, lowest, highest };
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
    { values, sums, coarse }: PlacedSums,
    a: AverageExtremes,
    b: AverageExtremes,
  ): SignalRuns | undefined {
    const { length } = values;
    const room = clearRoom(sums.size, 2 * sums.coarseUnit);
    if (room === undefined) return undefined;
    // The step in which both averages begin to be defined.
    const firstStep = Math.floor((Math.max(a.period, b.period) - 1) / STEP);
    const from = Math.min(STEP * firstStep, paddedLength(length));
    const first = from >> BLOCK_SHIFT;
    const blocks = (paddedLength(length) - from) >> BLOCK_SHIFT;
    const list = this.#memory.scratch(MARK_BYTES * blocks).at;
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
      coarse + 8 * (from + 1),
      8 * a.period,
      1 / a.period,
      8 * b.period,
      1 / b.period,
    );
    return this.#runs.read({
      length,
      from,
      marks: new Int32Array(this.#memory.buffer, list, (end - list) >> 2),
      valueOfA: (i) => smaAt(values, sums, a.period, i),
      valueOfB: (i) => smaAt(values, sums, b.period, i),
    });
  }
}
