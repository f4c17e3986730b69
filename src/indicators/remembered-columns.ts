import { type Random, seededRandom } from '../util/index.js';
import type { AverageExtremes } from './average-crosses.js';
import type { ColumnDigest } from './column-digests.js';
import { type BlockExtremes, blockExtremes } from './compare-columns.js';
import type { KernelMemory } from './kernel-memory.js';

/** Columns that one signal may need at the same time. */
const RECENT_COLUMNS = 4;
/** Memory that is used in any case, bytes; more only for columns that were asked for again after they had been forgotten. */
const FIRST_BYTES = 64 * 2 ** 20;
/** Names of forgotten columns that are kept. */
const FORGOTTEN_MAX = 4_096;

/** A column, or what is known of it. */
interface Remembered {
  /** With everything derived. */
  bytes: number;
  /** Whether it had to be computed again. */
  readonly isMissed: boolean;
  values: Float64Array | undefined;
  extremes: BlockExtremes | undefined;
  digest: ColumnDigest | undefined;
  average: AverageExtremes | undefined;
}

/**
 * Columns by name and what is derived from them, within a limit of memory.
 *
 * The limit is small at first and grows with columns that are missed, up to its maximum: a grid that never comes back to a column
 * takes no memory for it. When it is reached any column may be forgotten but those used last, each as likely: a grid walks through the same columns again
 * and again, and forgetting what was not used for longest would always forget the one that comes next.
 */
export class RememberedColumns {
  /** The column used last comes last. */
  readonly #columns = new Map<string, Remembered>();
  readonly #byValues = new WeakMap<Float64Array, Remembered>();
  readonly #bytesMax: number;
  readonly #forgotten = new Set<string>();
  #limit: number;
  readonly #memory: KernelMemory | undefined;
  readonly #random: Random = seededRandom(1);
  #bytes = 0;

  /**
   * @param bytesMax - Limit; the columns used last stay in any case.
   * @param memory - Where digests and averages are.
   * @param firstBytes - The limit at first. Default 64 MiB.
   */
  constructor(bytesMax: number, memory: KernelMemory | undefined, firstBytes = FIRST_BYTES) {
    this.#bytesMax = bytesMax;
    this.#limit = Math.min(bytesMax, firstBytes);
    this.#memory = memory;
  }

  /**
   * Returns a column.
   *
   * @param name - Says everything about it.
   * @param compute - Called when it is not known.
   */
  values(name: string, compute: () => Float64Array): Float64Array {
    const column = this.#use(name);
    if (column.values === undefined) {
      column.values = compute();
      this.#byValues.set(column.values, column);
      this.#grow(column, column.values.byteLength);
    }
    return column.values;
  }

  /**
   * Returns the extremes of an average whose values need not be known.
   *
   * @param name - Says everything about the average.
   * @param compute - Called when they are not known; may have none.
   */
  averageExtremes(
    name: string,
    compute: () => AverageExtremes | undefined,
  ): AverageExtremes | undefined {
    const column = this.#use(name);
    if (column.average === undefined) {
      column.average = compute();
      if (column.average !== undefined) this.#grow(column, column.average.bytes);
    }
    return column.average;
  }

  /**
   * Returns the digest of a column.
   *
   * @param values - What `values()` returned.
   * @param compute - Called when it is not known.
   * @returns `undefined` when the column is not known.
   */
  digestOfValues(values: Float64Array, compute: () => ColumnDigest): ColumnDigest | undefined {
    const column = this.#byValues.get(values);
    if (column === undefined) return undefined;
    if (column.digest === undefined) {
      column.digest = compute();
      this.#grow(column, column.digest.bytes);
    }
    return column.digest;
  }

  /**
   * Returns the extremes of the blocks of a column, which are kept if the column is.
   *
   * @param values - Shape `[n]`.
   */
  extremesOf(values: Float64Array): BlockExtremes {
    const column = this.#byValues.get(values);
    if (column?.extremes !== undefined) return column.extremes;
    const extremes = blockExtremes(values);
    if (column !== undefined) {
      column.extremes = extremes;
      this.#grow(column, 2 * extremes.lowest.byteLength);
    }
    return extremes;
  }

  #use(name: string): Remembered {
    const column = this.#columns.get(name) ?? {
      bytes: 0,
      isMissed: this.#forgotten.delete(name),
      values: undefined,
      extremes: undefined,
      digest: undefined,
      average: undefined,
    };
    this.#columns.delete(name);
    this.#columns.set(name, column);
    return column;
  }

  #grow(column: Remembered, bytes: number): void {
    column.bytes += bytes;
    this.#bytes += bytes;
    if (column.isMissed) this.#limit = Math.min(this.#bytesMax, this.#limit + bytes);
    while (this.#bytes > this.#limit && this.#columns.size > RECENT_COLUMNS) this.#forgetOne();
  }

  #forgetOne(): void {
    let skipped = Math.floor(this.#random() * (this.#columns.size - RECENT_COLUMNS));
    for (const [name, { values, bytes, digest, average }] of this.#columns) {
      if (skipped-- > 0) continue;
      this.#columns.delete(name);
      if (values !== undefined) this.#byValues.delete(values);
      if (digest !== undefined) this.#memory?.release(digest);
      if (average !== undefined) this.#memory?.release(average);
      this.#bytes -= bytes;
      if (this.#forgotten.size === FORGOTTEN_MAX) this.#forgotten.clear();
      this.#forgotten.add(name);
      return;
    }
  }
}
