import {
  ANSWER_AT,
  compileLevelKernel,
  LEVEL_BYTES,
  LEVEL_FACTOR_AT,
  type LevelKernel,
  RESULTS_AT,
  WINDOW_ABOVE,
  WINDOW_BELOW,
} from './level-kernel.js';
import {
  allocateLevelStack,
  type DistanceColumns,
  type DistanceFactors,
  fillLevelTable,
  type LevelColumns,
  type LevelFactors,
  type LevelStack,
} from './level-table.js';

/** Candles that the kernel is given at once. */
const BLOCK = 4096;
/** Levels of a pass. */
const LEVELS_MAX = 16;
const PAGE_BYTES = 2 ** 16;

/** A table to be filled: its level and where the result goes, shape `[length]`. */
export interface LevelTable extends LevelFactors {
  readonly table: Int32Array;
}

/** A table of a level at a distance. */
export interface DistanceTable extends DistanceFactors {
  readonly table: Int32Array;
}

/** A level of the kernel: its second factor is a factor of the price or a multiple of the distance. */
interface KernelLevel {
  readonly entryFactor: number;
  readonly second: number;
  readonly table: Int32Array;
}

/**
 * Fills tables of levels as `fillLevelTable()`, their slow twin, does, by vector instructions where they are to be had: what the
 * candles alone decide is done once for all tables of a pass, and where a level meets them is found without branches.
 */
export class LevelTables {
  readonly #length: number;
  #passes: KernelPasses | undefined;
  #stack: LevelStack | undefined;

  /** @param length - Candles. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Memory that is in use, bytes. */
  get bytesUsed(): number {
    return this.#passes?.bytes ?? (this.#stack === undefined ? 0 : 12 * this.#length);
  }

  /**
   * Fills tables.
   *
   * @param columns - What the tables share.
   * @param tables - Filled.
   */
  fill(columns: LevelColumns, tables: readonly LevelTable[]): void {
    if (typeof WebAssembly === 'undefined') {
      this.#stack ??= allocateLevelStack(this.#length);
      for (const one of tables) fillLevelTable({ ...columns, ...one }, this.#stack, one.table);
      return;
    }
    const levels = tables.map(({ entryFactor, levelFactor, table }) => {
      return { entryFactor, second: levelFactor, table };
    });
    this.#run(columns, levels);
  }

  /**
   * Fills tables of levels at a distance.
   *
   * @param columns - What the tables share.
   * @param tables - Filled.
   */
  fillDistances(columns: DistanceColumns, tables: readonly DistanceTable[]): void {
    if (typeof WebAssembly === 'undefined') {
      this.#stack ??= allocateLevelStack(this.#length);
      for (const one of tables) fillLevelTable({ ...columns, ...one }, this.#stack, one.table);
      return;
    }
    const levels = tables.map(({ entryFactor, multiple, table }) => {
      return { entryFactor, second: multiple, table };
    });
    this.#run(columns, levels, columns.distances);
  }

  #run(columns: LevelColumns, levels: readonly KernelLevel[], distances?: Float64Array): void {
    this.#passes ??= new KernelPasses(this.#length);
    for (let first = 0; first < levels.length; first += LEVELS_MAX) {
      this.#passes.run(columns, levels.slice(first, first + LEVELS_MAX), distances);
    }
  }
}

/** The kernel, its memory, and what lies where in it. */
class KernelPasses {
  readonly bytes: number;
  readonly #kernel: LevelKernel;
  readonly #levels: DataView;
  readonly #open: Float64Array;
  readonly #touching: Float64Array;
  readonly #distances: Float64Array;
  readonly #results: readonly Int32Array[];
  /** Of the stack. */
  readonly #values: Float64Array;
  readonly #indices: Int32Array;

  constructor(length: number) {
    const depth = WINDOW_BELOW + 1 + length + WINDOW_ABOVE;
    let at = 0;
    const place = (bytes: number): number => {
      const start = at;
      at += Math.ceil(bytes / 64) * 64;
      return start;
    };
    const levelsAt = place(LEVEL_BYTES * LEVELS_MAX);
    const openAt = place(8 * BLOCK);
    const touchingAt = place(8 * BLOCK);
    const distancesAt = place(8 * BLOCK);
    const resultsAt = Array.from({ length: LEVELS_MAX }, () => place(4 * BLOCK));
    const valuesAt = place(8 * depth);
    const indicesAt = place(4 * depth);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(at / PAGE_BYTES) });
    const { buffer } = memory;
    this.bytes = at;
    this.#kernel = compileLevelKernel(memory);
    this.#levels = new DataView(buffer, levelsAt, LEVEL_BYTES * LEVELS_MAX);
    this.#open = new Float64Array(buffer, openAt, BLOCK);
    this.#touching = new Float64Array(buffer, touchingAt, BLOCK);
    this.#distances = new Float64Array(buffer, distancesAt, BLOCK);
    this.#results = resultsAt.map((start) => new Int32Array(buffer, start, BLOCK));
    this.#values = new Float64Array(buffer, valuesAt, depth);
    this.#indices = new Int32Array(buffer, indicesAt, depth);
  }

  run(
    { open, touching, sign }: LevelColumns,
    tables: readonly KernelLevel[],
    distances: Float64Array | undefined,
  ): void {
    const { length } = open;
    const levels = this.#levels;
    const values = this.#values;
    values.fill(Number.NEGATIVE_INFINITY, 0, WINDOW_BELOW + 1);
    this.#indices.fill(length, 0, WINDOW_BELOW + 1);
    tables.forEach(({ entryFactor, second }, k) => {
      const at = LEVEL_BYTES * k;
      levels.setFloat64(at, entryFactor, true);
      levels.setFloat64(at + LEVEL_FACTOR_AT, second, true);
      levels.setInt32(at + ANSWER_AT, WINDOW_BELOW, true);
      levels.setInt32(at + RESULTS_AT, this.#results[k]!.byteOffset, true);
    });
    let top = WINDOW_BELOW;
    /** Values from here on were not touched in this pass. */
    let clear = WINDOW_BELOW + 1;
    for (let end = length; end > 0; end -= BLOCK) {
      const first = Math.max(0, end - BLOCK);
      const count = end - first;
      this.#open.set(open.subarray(first, end));
      this.#touching.set(touching.subarray(first, end));
      const reach = top + count + WINDOW_ABOVE + 1;
      if (reach > clear) values.fill(Number.POSITIVE_INFINITY, clear, reach);
      clear = Math.max(clear, reach);
      const block = [
        this.#open.byteOffset,
        this.#touching.byteOffset,
        count,
        first,
        sign,
        values.byteOffset,
        this.#indices.byteOffset,
        top,
        levels.byteOffset,
        levels.byteOffset + LEVEL_BYTES * tables.length,
      ] as const;
      if (distances === undefined) {
        top = this.#kernel.fillLevels(...block);
      } else {
        this.#distances.set(distances.subarray(first, end));
        top = this.#kernel.fillDistances(...block, this.#distances.byteOffset);
      }
      tables.forEach(({ table }, k) => {
        table.set(this.#results[k]!.subarray(0, count), first);
      });
    }
  }
}
