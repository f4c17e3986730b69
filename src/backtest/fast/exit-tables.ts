import { type EngineRules, longPermitted, shortPermitted } from '../../semantics/index.js';
import { type LevelTable, LevelTables } from './level-tables.js';
import type { PreparedCandles } from './prepared-candles.js';
import {
  allocateTrailingScratch,
  fillTrailingTable,
  findPeakChain,
  type PeakChain,
  type SideColumns,
  type TrailingScratch,
} from './trailing-table.js';

/**
 * One table: for each entry candle, when a level is met. A stop-loss of a long and a take-profit of a short with the same
 * fraction are the same table when there is no slippage.
 */
export interface ExitTableKey {
  readonly kind: 'falling' | 'rising' | 'trailing-long' | 'trailing-short';
  readonly entryFactor: number;
  readonly levelFactor: number;
}

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
  readonly #chains = new Map<string, PeakChain>();

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
    return this.#used * 4 + chains + levels + trailing;
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
   * @param keys - From `exitTableKeys`.
   * @returns The new keys; those beyond the memory limit are left out.
   */
  reserve(keys: readonly ExitTableKey[]): ExitTableKey[] {
    const reserved: ExitTableKey[] = [];
    for (const key of keys) {
      const name = nameOf(key);
      const size = this.#stride * (isTrailing(key) ? 2 : 1);
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
    for (const key of keys) {
      if (key.kind === 'trailing-long') this.#buildTrailing(key, 1);
      if (key.kind === 'trailing-short') this.#buildTrailing(key, -1);
    }
  }

  #buildLevels(keys: readonly ExitTableKey[], kind: 'falling' | 'rising'): void {
    const tables: LevelTable[] = keys
      .filter((key) => key.kind === kind)
      .map((key) => ({ ...key, table: this.#tableAt(this.#offsetOf(key)) }));
    if (tables.length === 0) return;
    const { open, high, low } = this.#prepared;
    this.#levels ??= new LevelTables(this.length);
    const touching = kind === 'falling' ? low : high;
    this.#levels.fill({ open, touching, sign: kind === 'falling' ? 1 : -1 }, tables);
  }

  #buildTrailing(key: ExitTableKey, side: 1 | -1): void {
    const offset = this.#offsetOf(key);
    const columns = sideColumns(this.#prepared, side);
    this.#trailingScratch ??= allocateTrailingScratch(this.length);
    fillTrailingTable(
      columns,
      this.#chainOf(key.kind, columns),
      key.entryFactor,
      key.levelFactor,
      this.#trailingScratch,
      this.#tableAt(offset),
      this.#tableAt(offset + this.#stride),
    );
  }

  #offsetOf(key: ExitTableKey): number {
    const offset = this.#offsets.get(nameOf(key));
    if (offset === undefined) throw new Error(`Exit table ${nameOf(key)} was not reserved`);
    return offset;
  }

  #tableAt(offset: number): Int32Array {
    return this.pool.subarray(offset, offset + this.length);
  }

  /** Frees the helper arrays that only `build` needs. */
  releaseScratch(): void {
    this.#chains.clear();
    this.#levels = undefined;
    this.#trailingScratch = undefined;
  }

  /** Distance from a trailing exit table to its table of peaks, in entries. */
  get peaksDistance(): number {
    return this.#stride;
  }

  /**
   * Returns where the tables of a set of rules are, or `undefined` if one is missing.
   *
   * @param rules - One run.
   */
  offsetsOf(rules: EngineRules): ExitTableOffsets | undefined {
    const offset = (key: ExitTableKey | undefined): number | undefined =>
      key === undefined ? NEVER_OFFSET : this.#offsets.get(nameOf(key));
    const keys = keysOf(rules);
    const offsets = keys.map(offset);
    if (offsets.includes(undefined)) return undefined;
    const [slLong, slShort, tpLong, tpShort, tsLong, tsShort] = offsets as number[];
    return {
      stopLoss: [slLong!, slShort!],
      takeProfit: [tpLong!, tpShort!],
      trailingStop: [tsLong!, tsShort!],
    };
  }

  #chainOf(kind: string, columns: SideColumns): PeakChain {
    const known = this.#chains.get(kind);
    if (known !== undefined) return known;
    const chain = findPeakChain(columns);
    this.#chains.set(kind, chain);
    return chain;
  }
}

/**
 * Returns the tables that a set of rules reads.
 *
 * @param rules - One run.
 */
export function exitTableKeys(rules: EngineRules): ExitTableKey[] {
  return keysOf(rules).filter((key) => key !== undefined);
}

/**
 * Returns a text that is equal for equal tables.
 *
 * @param key - Of a table.
 */
export function nameOf(key: ExitTableKey): string {
  return `${key.kind} ${key.entryFactor} ${key.levelFactor}`;
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

/** Stop-loss, take-profit, trailing stop; long before short each. */
function keysOf(rules: EngineRules): (ExitTableKey | undefined)[] {
  const { stopLoss, takeProfit, trailingStop, slippageRate } = rules;
  const longEntry = 1 + slippageRate;
  const shortEntry = 1 - slippageRate;
  const long = longPermitted(rules);
  const short = shortPermitted(rules);
  const key = (
    used: boolean,
    kind: ExitTableKey['kind'],
    entryFactor: number,
    levelFactor: number,
  ): ExitTableKey | undefined => (used ? { kind, entryFactor, levelFactor } : undefined);
  const sl = stopLoss ?? Number.NaN;
  const tp = takeProfit ?? Number.NaN;
  const ts = trailingStop ?? Number.NaN;
  return [
    key(long && stopLoss !== undefined, 'falling', longEntry, 1 - sl),
    key(short && stopLoss !== undefined, 'rising', shortEntry, 1 + sl),
    key(long && takeProfit !== undefined, 'rising', longEntry, 1 + tp),
    key(short && takeProfit !== undefined, 'falling', shortEntry, 1 - tp),
    key(long && trailingStop !== undefined, 'trailing-long', longEntry, 1 - ts),
    key(short && trailingStop !== undefined, 'trailing-short', shortEntry, 1 + ts),
  ];
}

function isTrailing(key: ExitTableKey): boolean {
  return key.kind === 'trailing-long' || key.kind === 'trailing-short';
}
