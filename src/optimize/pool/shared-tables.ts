import {
  type CandlePeriod,
  type ExitTableKey,
  ExitTables,
  exitTableKeys,
  exitTableName,
  type PreparedCandles,
  prepareCandles,
  type SharedExitTables,
} from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import type { BacktestRunConfig } from '../../config/index.js';
import type { EngineRules } from '../../semantics/index.js';
import { EXIT_AXES } from '../../settings/index.js';
import { assignBlocks, blockCount } from '../blocks.js';
import { trialRules } from '../evaluate.js';
import type { GridBlocks } from '../grid.js';

/** Exit tables of all stops of a grid, on memory that all workers share; plain data for messages. */
export interface SharedTables {
  readonly tables: SharedExitTables;
  readonly keys: readonly ExitTableKey[];
  /** One state per key: `ABSENT`, `BEING_BUILT` or `BUILT`. */
  readonly states: Int32Array;
}

/** Memory of the tables of one run, bytes; stops whose tables do not fit are searched for. */
const TABLE_BYTES_MAX = 320 * 2 ** 20;
/** A table pays off when at least so many trials read it. */
const TRIALS_PER_TABLE_MIN = 8;
/** Tables of levels of one kind that a worker builds in one pass; what is left is for the other workers. */
const TABLES_PER_PASS = 4;
/** A worker that takes longer than this for one pass has died; another one builds it again. */
const BUILD_WAIT_MS = 10_000;

const ABSENT = 0;
const BEING_BUILT = 1;
const BUILT = 2;

/**
 * Reserves the exit tables of a run; workers fill them when they first need them.
 *
 * @param candles - All candles.
 * @param period - Period that is traded.
 * @param run - Stops of the grid, other rules, how many trials there are, and what provides memory.
 * @returns `undefined` when tables do not pay off.
 */
export function reserveTables(
  candles: CandleSeries,
  period: CandlePeriod,
  run: {
    readonly blocks: GridBlocks;
    readonly config: BacktestRunConfig;
    readonly trials: number;
    readonly memory: (bytes: number) => SharedArrayBuffer;
  },
): SharedTables | undefined {
  const wanted = new Map<string, ExitTableKey>();
  const rulesOf = trialRules(run.config);
  const none = Object.fromEntries(EXIT_AXES.map(({ key }) => [key, null]));
  for (const block of run.blocks.stop) {
    for (let index = 0; index < blockCount(block); index++) {
      const stops = { ...none };
      assignBlocks([block], index, stops);
      for (const key of exitTableKeys(rulesOf(stops))) wanted.set(exitTableName(key), key);
    }
  }
  if (wanted.size === 0 || run.trials < wanted.size * TRIALS_PER_TABLE_MIN) return undefined;
  const bytes = (wanted.size * 2 + 1) * 4 * (period.to - period.from + TABLE_ROOM);
  const prepared = prepareCandles(candles, period);
  const tables = ExitTables.allocate(prepared, Math.min(TABLE_BYTES_MAX, bytes), run.memory);
  const keys = tables.reserve([...wanted.values()]);
  const states = new Int32Array(new SharedArrayBuffer(4 * Math.max(1, keys.length)));
  return { tables: tables.share(), keys, states };
}

/** A trailing table also holds its peaks, and tables are padded. */
const TABLE_ROOM = 1_024;

/** The shared tables as one worker sees them. */
export interface WorkerTables {
  readonly tables: ExitTables;
  /** Makes sure that the tables of some rules are filled, by this worker or by another one. */
  provide(rules: readonly EngineRules[]): void;
}

/**
 * Opens shared tables in a worker.
 *
 * @param prepared - The same candles.
 * @param shared - From `reserveTables`.
 */
export function openTables(prepared: PreparedCandles, shared: SharedTables): WorkerTables {
  const tables = ExitTables.over(prepared, shared.tables);
  const { states } = shared;
  const places = new Map(shared.keys.map((key, place) => [exitTableName(key), place]));
  const isProvided = new Uint8Array(shared.keys.length);
  let providedCount = 0;
  const build = (group: readonly number[]): void => {
    tables.build(group.map((place) => shared.keys[place]!));
    for (const place of group) {
      Atomics.store(states, place, BUILT);
      Atomics.notify(states, place);
    }
  };
  /** Builds some of these tables that nobody has begun, in one pass; returns whether there was one. */
  const buildAbsent = (candidates: readonly number[]): boolean => {
    const group: number[] = [];
    for (const place of candidates) {
      const { kind } = shared.keys[place]!;
      if (group.length > 0 && kind !== shared.keys[group[0]!]!.kind) continue;
      if (Atomics.compareExchange(states, place, ABSENT, BEING_BUILT) === ABSENT) group.push(place);
      const isLevel = kind === 'falling' || kind === 'rising';
      if (group.length === (isLevel ? TABLES_PER_PASS : 1)) break;
    }
    if (group.length > 0) build(group);
    return group.length > 0;
  };
  // Tables that will be wanted later; from the end of the list, where the others arrive last.
  const fromTheEnd = shared.keys.map((_, place) => place).reverse();
  const workAhead = (): boolean => buildAbsent(fromTheEnd);
  const awaitTable = (place: number): void => {
    while (Atomics.load(states, place) !== BUILT) {
      if (workAhead()) continue;
      const answer = Atomics.wait(states, place, BEING_BUILT, BUILD_WAIT_MS);
      // Every worker writes the same values, so building twice does no harm.
      if (answer === 'timed-out') build([place]);
    }
  };
  return {
    tables,
    provide: (rules) => {
      if (providedCount === isProvided.length) return;
      const missing: number[] = [];
      for (const key of rules.flatMap(exitTableKeys)) {
        const place = places.get(exitTableName(key));
        if (place === undefined || isProvided[place] === 1) continue;
        isProvided[place] = 1;
        missing.push(place);
      }
      // First what nobody has begun, so that workers with the same stops share the tables out instead of waiting for each other.
      while (buildAbsent(missing));
      for (const place of missing) awaitTable(place);
      providedCount += missing.length;
      if (providedCount === isProvided.length) tables.releaseScratch();
    },
  };
}
