import { type EngineRules, longPermitted, shortPermitted } from '../../semantics/index.js';
import {
  type DistanceKey,
  type ExitTableKey,
  exitTableName,
  type FromPeakKey,
  hasPeaks,
  type LevelKey,
  sideKeys,
  type TrailingDistanceKey,
  type TrailingKey,
} from './exit-table-keys.js';
import { LaterTableBuilder } from './later-table-builder.js';
import { LevelTables } from './level-tables.js';
import type { PreparedCandles } from './prepared-candles.js';
import {
  allocateTrailingScratch,
  fillFromPeaks,
  fillTrailingTable,
  findPeakChain,
  type PeakChain,
  type SideColumns,
  type TrailingScratch,
} from './trailing-table.js';

/** What worker threads exchange: structured-clonable, on shared memory. */
export interface SharedExitTables {
  readonly length: number;
  readonly buffer: SharedArrayBuffer;
  readonly tables: readonly (readonly [name: string, offset: number])[];
}

/** Where the tables of one set of rules start in the pool; `never` (0) where a level is not used. */
export interface ExitTableOffsets {
  /** By side: index 0 long, 1 short. */
  readonly stopLoss: readonly [number, number];
  readonly takeProfit: readonly [number, number];
  readonly trailingStop: readonly [number, number];
}

const NEVER_OFFSET = 0;
/** Entries per cache line, times an odd number: tables must not all start in the same cache set. */
const TABLE_PADDING = 16 * 5;

/**
 * The exit tables of a period of candles: one memory pool with a limit, to be shared by worker threads. Tables depend on
 * candles, slippage and fractions only, never on signals; runs whose tables do not fit search instead.
 */
export class ExitTables {
  readonly length: number;
  /** All tables, each `[length]`; the first one is "never". */
  readonly pool: Int32Array;
  readonly #prepared: PreparedCandles;
  readonly #stride: number;
  readonly #offsets = new Map<string, number>();
  #used: number;
  #levels: LevelTables | undefined;
  #trailingScratch: TrailingScratch | undefined;
  #later: LaterTableBuilder | undefined;
  readonly #chains = new Map<1 | -1, PeakChain>();

  private constructor(prepared: PreparedCandles, pool: Int32Array) {
    this.#prepared = prepared;
    this.length = prepared.length;
    this.#stride = prepared.length + TABLE_PADDING;
    this.pool = pool;
    this.#used = this.#stride;
  }

  /**
   * Reserves memory for tables; pages count only once they are filled.
   *
   * @param prepared - Candles.
   * @param bytesMax - Limit of the pool, bytes; at least one table ("never") is allocated.
   * @param memory - Provides so many bytes or more, with anything in them. Default: new memory.
   */
  static allocate(
    prepared: PreparedCandles,
    bytesMax: number,
    memory = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes),
  ): ExitTables {
    const entriesPerTable = prepared.length + TABLE_PADDING;
    const tables = Math.max(1, Math.floor(bytesMax / (4 * entriesPerTable)));
    const entries = tables * entriesPerTable;
    const exitTables = new ExitTables(prepared, new Int32Array(memory(4 * entries), 0, entries));
    exitTables.pool.fill(prepared.length, 0, prepared.length);
    return exitTables;
  }

  /**
   * Returns a view on tables that another thread allocated and filled.
   *
   * @param prepared - The same candles.
   * @param shared - `share()` of that thread.
   */
  static over(prepared: PreparedCandles, shared: SharedExitTables): ExitTables {
    if (shared.length !== prepared.length) {
      throw new RangeError(
        `Cannot share exit tables of ${shared.length} candles with a period of ${prepared.length}`,
      );
    }
    const exitTables = new ExitTables(prepared, new Int32Array(shared.buffer));
    for (const [name, offset] of shared.tables) exitTables.#offsets.set(name, offset);
    return exitTables;
  }

  /** Memory that is in use, bytes; the derived helper arrays included. */
  get bytesUsed(): number {
    const chains = this.#chains.size * this.length * 12;
    const levels = this.#levels?.bytesUsed ?? 0;
    const trailing = this.#trailingScratch === undefined ? 0 : this.length * 20;
    const later = this.#later?.bytesUsed ?? 0;
    return this.#used * 4 + chains + levels + trailing + later;
  }

  /** Returns what another thread needs to use these tables. */
  share(): SharedExitTables {
    return {
      length: this.length,
      buffer: this.pool.buffer as SharedArrayBuffer,
      tables: [...this.#offsets],
    };
  }

  /**
   * Gives a place in the pool to every table that the rules need and that is not there yet; a table is ready only after
   * `build`. Threads may build different keys at the same time.
   *
   * @param keys - From `exitTableKeys()`.
   * @returns The new keys; those beyond the memory limit are left out.
   */
  reserve(keys: readonly ExitTableKey[]): ExitTableKey[] {
    const reserved: ExitTableKey[] = [];
    for (const key of keys) {
      const name = exitTableName(key);
      const size = this.#stride * (hasPeaks(key) ? 2 : 1);
      if (this.#offsets.has(name) || this.#used + size > this.pool.length) continue;
      this.#offsets.set(name, this.#used);
      this.#used += size;
      reserved.push(key);
    }
    return reserved;
  }

  /**
   * Fills reserved tables; those of one kind take little more time than one of them.
   *
   * @param keys - From `reserve`, of this object or of the one it was shared from.
   */
  build(keys: readonly ExitTableKey[]): void {
    this.#buildLevels(keys, 'falling');
    this.#buildLevels(keys, 'rising');
    this.#buildDistances(keys);
    for (const key of keys) this.#buildOne(key);
  }

  /** Those that take as long alone as together. */
  #buildOne(key: ExitTableKey): void {
    switch (key.kind) {
      case 'trailing-long':
      case 'from-peak-long':
        this.#buildTrailing(key, 1);
        break;
      case 'trailing-short':
      case 'from-peak-short':
        this.#buildTrailing(key, -1);
        break;
      case 'trailing-atr-long':
        this.#buildTrailingDistance(key, 1);
        break;
      case 'trailing-atr-short':
        this.#buildTrailingDistance(key, -1);
        break;
      case 'break-even-long':
        this.#ownLater().fillBreakEven(key, sideColumns(this.#prepared, 1), this.#exitsOf(key));
        break;
      case 'break-even-short':
        this.#ownLater().fillBreakEven(key, sideColumns(this.#prepared, -1), this.#exitsOf(key));
        break;
      case 'targets-long':
        this.#ownLater().fillTargets(key, 1, this.#exitsOf(key));
        break;
      case 'targets-short':
        this.#ownLater().fillTargets(key, -1, this.#exitsOf(key));
        break;
      case 'falling':
      case 'rising':
      case 'falling-atr':
      case 'rising-atr':
        // All of a kind together, above.
        break;
    }
  }

  #buildLevels(keys: readonly ExitTableKey[], kind: LevelKey['kind']): void {
    const tables = keys
      .filter((key): key is LevelKey => key.kind === kind)
      .map((key) => ({ ...key, table: this.#exitsOf(key) }));
    if (tables.length === 0) return;
    const { open, high, low } = this.#prepared;
    const touching = kind === 'falling' ? low : high;
    this.#ownLevels().fill({ open, touching, sign: kind === 'falling' ? 1 : -1 }, tables);
  }

  #buildDistances(keys: readonly ExitTableKey[]): void {
    const together = new Map<string, DistanceKey[]>();
    for (const key of keys) {
      if (key.kind !== 'falling-atr' && key.kind !== 'rising-atr') continue;
      const name = `${key.kind} ${key.period}`;
      together.set(name, [...(together.get(name) ?? []), key]);
    }
    for (const group of together.values()) {
      this.#ownLater().fillDistances(group.map((key) => ({ key, table: this.#exitsOf(key) })));
    }
  }

  #buildTrailing(key: TrailingKey | FromPeakKey, side: 1 | -1): void {
    const columns = sideColumns(this.#prepared, side);
    this.#trailingScratch ??= allocateTrailingScratch(this.length);
    const { exits, peaks } = this.#pairOf(key);
    const chain = this.#chainOf(side, columns);
    if ('entryFactor' in key) {
      const { entryFactor, levelFactor } = key;
      const scratch = this.#trailingScratch;
      fillTrailingTable(columns, chain, entryFactor, levelFactor, scratch, exits, peaks);
    } else {
      const { stack } = this.#trailingScratch;
      fillFromPeaks(columns, chain, key.levelFactor, stack, exits, peaks);
    }
  }

  #buildTrailingDistance(key: TrailingDistanceKey, side: 1 | -1): void {
    const columns = sideColumns(this.#prepared, side);
    const { exits, peaks } = this.#pairOf(key);
    const chain = this.#chainOf(side, columns);
    this.#ownLater().fillTrailingDistance(key, columns, chain, exits, peaks);
  }

  #ownLevels(): LevelTables {
    this.#levels ??= new LevelTables(this.length);
    return this.#levels;
  }

  #ownLater(): LaterTableBuilder {
    this.#later ??= new LaterTableBuilder(this.#prepared, this.#ownLevels());
    return this.#later;
  }

  /**
   * Returns where a table that has a place starts in the pool.
   *
   * @param key - Of the table.
   */
  offsetOf(key: ExitTableKey): number {
    const offset = this.#offsets.get(exitTableName(key));
    if (offset === undefined) throw new Error(`Exit table ${exitTableName(key)} was not reserved`);
    return offset;
  }

  #exitsOf(key: ExitTableKey): Int32Array {
    return this.#tableAt(this.offsetOf(key));
  }

  #pairOf(key: ExitTableKey): { readonly exits: Int32Array; readonly peaks: Int32Array } {
    const offset = this.offsetOf(key);
    return { exits: this.#tableAt(offset), peaks: this.#tableAt(offset + this.#stride) };
  }

  #tableAt(offset: number): Int32Array {
    return this.pool.subarray(offset, offset + this.length);
  }

  /** Frees the helper arrays that only `build` needs. */
  releaseScratch(): void {
    this.#chains.clear();
    this.#levels = undefined;
    this.#trailingScratch = undefined;
    this.#later = undefined;
  }

  /** Distance from a trailing exit table to its table of peaks, in entries. */
  get peaksDistance(): number {
    return this.#stride;
  }

  /**
   * Tells whether tables have a place; they are ready after `build`.
   *
   * @param keys - Of the tables.
   */
  hasAll(keys: readonly ExitTableKey[]): boolean {
    return keys.every((key) => this.#offsets.has(exitTableName(key)));
  }

  /**
   * Returns where the tables of a set of rules without later ones are, or `undefined` if one is missing.
   *
   * @param rules - One run.
   */
  offsetsOf(rules: EngineRules): ExitTableOffsets | undefined {
    const long = longPermitted(rules) ? sideKeys(rules, 1) : undefined;
    const short = shortPermitted(rules) ? sideKeys(rules, -1) : undefined;
    const offset = (key: ExitTableKey | undefined): number | undefined =>
      key === undefined ? NEVER_OFFSET : this.#offsets.get(exitTableName(key));
    const offsets = [
      ...[long?.stopLoss, short?.stopLoss],
      ...[long?.target, short?.target],
      ...[long?.trailing, short?.trailing],
    ].map(offset);
    if (offsets.includes(undefined)) return undefined;
    const [slLong, slShort, tpLong, tpShort, tsLong, tsShort] = offsets as number[];
    return {
      stopLoss: [slLong!, slShort!],
      takeProfit: [tpLong!, tpShort!],
      trailingStop: [tsLong!, tsShort!],
    };
  }

  #chainOf(side: 1 | -1, columns: SideColumns): PeakChain {
    const known = this.#chains.get(side);
    if (known !== undefined) return known;
    const chain = findPeakChain(columns);
    this.#chains.set(side, chain);
    return chain;
  }
}

/**
 * Returns the columns of a side.
 *
 * @param prepared - Candles.
 * @param side - +1 long, -1 short.
 */
export function sideColumns(prepared: PreparedCandles, side: 1 | -1): SideColumns {
  const { open, high, low } = prepared;
  return side > 0 ? { open, best: high, worst: low, side } : { open, best: low, worst: high, side };
}
