import { BOTH_ALLOWED } from '../../filters/index.js';
import { expandRuns, findSignalRuns, type SignalRuns, sliceRuns } from '../../indicators/index.js';
import type { EngineRules } from '../../semantics/index.js';
import { checkEngineInput } from '../check-engine-input.js';
import type { EngineInput } from '../engine.js';
import { type ChunkRow, ChunkWalk } from './chunk-walk.js';
import { planCombination, type SignalSource } from './combination.js';
import { decidableEntries, planKindName, planKindOf } from './entry-plan.js';
import { EntryPlanner } from './entry-planner.js';
import { type LoopResult, runExactLoop } from './exact-loop.js';
import type { ExitTables } from './exit-tables.js';
import { type MetricColumns, writeMetrics } from './metric-columns.js';
import type { PreparedCandles } from './prepared-candles.js';
import { loopMetrics, type ReturnsSink } from './row-metrics.js';
import { runSteppedLoop } from './stepped-loop.js';
import { isStepped, rememberedAtr } from './stepped-rules.js';

/** Memory of signals and masks that wait, bytes. */
const WAITING_BYTES_MAX = 16 * 2 ** 20;

/** Runs that share signals and filters. */
export interface SweepGroup {
  /** Shape `[candles]`, as in `EngineInput`, or the runs of that column, which is faster. */
  readonly signals: Int8Array | SignalRuns;
  /** Shape `[candles]`; `undefined` allows every entry. */
  readonly entryMask: Uint8Array | undefined;
  readonly rules: readonly EngineRules[];
  /** As in `EngineInput`; runs that have them step through their candles. */
  readonly exits?: EngineInput['exits'];
  readonly columns?: EngineInput['columns'];
  readonly manage?: EngineInput['manage'];
}

/** How the combinations of a sweep were computed. */
export interface SweepCounts {
  /** By exit tables, by search, by signal runs alone. */
  tables: number;
  search: number;
  runs: number;
  /** Candle by candle, because money changed what was traded, or because of irregular candles. */
  exactLoop: number;
  /** Candle by candle, because tables do not hold one of their rules. */
  candleLoop: number;
}

/** A row of a chunk and where its metrics go. */
interface SweepRow extends ChunkRow {
  readonly columns: MetricColumns;
  readonly row: number;
  /** Computes the metrics candle by candle. */
  readonly runExact: () => void;
}

/**
 * Computes the metrics of many rules on one signal column after the other, without trade lists.
 *
 * Every sum is built in the order of the trades, so that the metrics are those of the reference engine; runs in which money
 * changes what is traded are left to the exact loop. One object belongs to one thread; candles and tables are shared.
 */
export class FastSweep {
  readonly counts: SweepCounts = { tables: 0, search: 0, runs: 0, exactLoop: 0, candleLoop: 0 };
  readonly #prepared: PreparedCandles;
  readonly #tables: ExitTables | undefined;
  readonly #onReturns: ReturnsSink | undefined;
  readonly #walk: ChunkWalk;
  readonly #atrOf: (period: number) => Float64Array;
  /** Where entries may be decided: for groups without filters, and one for each group with filters that waits. */
  #unfiltered: Uint8Array | undefined;
  #unfilteredDecidable: Uint8Array | undefined;
  readonly #decidable: Uint8Array[] = [];
  /** Rows of many groups walk together. */
  readonly #waiting: SweepRow[] = [];
  /** The rows that walk now. */
  #chunk: readonly SweepRow[] = [];
  #waitingBytes = 0;
  #waitingMasks = 0;

  /**
   * @param prepared - Candles.
   * @param tables - Exit tables; runs whose tables are missing search.
   * @param onReturns - Takes the returns of every run, each once, in any order, with its row of the result.
   */
  constructor(prepared: PreparedCandles, tables?: ExitTables, onReturns?: ReturnsSink) {
    this.#prepared = prepared;
    this.#tables = tables;
    this.#onReturns = onReturns;
    this.#atrOf = rememberedAtr(prepared.candles);
    this.#walk = new ChunkWalk(
      prepared,
      onReturns && ((returns, k) => onReturns(returns, this.#chunk[k]!.row)),
    );
  }

  /**
   * Computes the metrics of a group, and those of all groups that wait.
   *
   * @param group - Signals, filters and rules.
   * @param columns - Result.
   * @param firstRow - Row of the group's first rules.
   */
  run(group: SweepGroup, columns: MetricColumns, firstRow = 0): void {
    this.add(group, columns, firstRow);
    this.finish();
  }

  /**
   * Computes the metrics of a group now or, together with those of other groups, later: at the latest in `finish()`.
   *
   * @param group - Signals, filters and rules; not to be changed before `finish()`.
   * @param columns - Result.
   * @param firstRow - Row of the group's first rules.
   */
  add(group: SweepGroup, columns: MetricColumns, firstRow = 0): void {
    const prepared = this.#prepared;
    const { from, to } = prepared.period;
    const { signals, rules } = group;
    const ownMask = group.entryMask?.subarray(from, to);
    let column: Int8Array | undefined;
    const runExact = (k: number): void => {
      column ??=
        signals instanceof Int8Array
          ? signals.subarray(from, to)
          : expandRuns(sliceRuns(signals, from, to));
      this.#runExact(column, ownMask ?? this.#everyEntry(), rules[k]!, columns, firstRow + k);
    };
    const followed = this.#stepThrough(group, columns, firstRow);
    if (!prepared.isRegular || prepared.length === 0) {
      for (const k of followed) runExact(k);
      return;
    }
    if (followed.length === 0) return;
    const runs =
      signals instanceof Int8Array
        ? findSignalRuns(signals.subarray(from, to))
        : sliceRuns(signals, from, to);
    if (this.#waiting.length + rules.length > this.#walk.size) this.finish();
    const decidable = this.#decidableOf(ownMask);
    for (const members of groupByKind(rules, followed)) {
      const source = this.#source(runs, decidable, rules[members[0]!]!);
      for (const k of members) {
        this.#waiting.push({
          source,
          combination: planCombination(rules[k]!, this.#tables),
          columns,
          row: firstRow + k,
          runExact: () => runExact(k),
        });
      }
    }
    if (ownMask !== undefined) this.#waitingMasks++;
    this.#waitingBytes += bytesOf(signals) + bytesOf(runs) + (ownMask?.length ?? 0);
    if (this.#waiting.length >= this.#walk.size || this.#waitingBytes > WAITING_BYTES_MAX) {
      this.finish();
    }
  }

  /** Computes the metrics of the groups that wait. */
  finish(): void {
    this.#runRows(this.#waiting.splice(0));
    this.#waitingBytes = 0;
    this.#waitingMasks = 0;
  }

  /** Runs those rows whose rules tables do not hold, and returns the others. */
  #stepThrough(group: SweepGroup, columns: MetricColumns, firstRow: number): number[] {
    const prepared = this.#prepared;
    const { candles, period } = prepared;
    const { rules } = group;
    const stepped = rules.map((one) => isStepped(one, group));
    const followed = [...rules.keys()].filter((k) => !stepped[k]);
    if (followed.length === rules.length) return followed;
    const signals = group.signals instanceof Int8Array ? group.signals : expandRuns(group.signals);
    const { from, to } = period;
    const ownSignals = signals.subarray(from, to);
    const ownMask = group.entryMask?.subarray(from, to) ?? this.#everyEntry();
    for (const [k, one] of rules.entries()) {
      if (!stepped[k]) continue;
      checkEngineInput({ ...group, candles, signals, rules: one });
      const result = runSteppedLoop(prepared, ownSignals, ownMask, one, group, this.#atrOf);
      this.counts.candleLoop++;
      this.#writeLoop(one, result, columns, firstRow + k);
    }
    return followed;
  }

  /** The mask without filters. */
  #everyEntry(): Uint8Array {
    this.#unfiltered ??= new Uint8Array(this.#prepared.length).fill(BOTH_ALLOWED);
    return this.#unfiltered;
  }

  #decidableOf(entryMask: Uint8Array | undefined): Uint8Array {
    const { length } = this.#prepared;
    if (entryMask !== undefined) {
      this.#decidable[this.#waitingMasks] ??= new Uint8Array(length);
      return decidableEntries(this.#prepared, entryMask, this.#decidable[this.#waitingMasks]!);
    }
    this.#unfilteredDecidable ??= decidableEntries(
      this.#prepared,
      this.#everyEntry(),
      new Uint8Array(length),
    );
    return this.#unfilteredDecidable;
  }

  #source(runs: SignalRuns, decidable: Uint8Array, rules: EngineRules): SignalSource {
    const kind = planKindOf(rules);
    const planner = new EntryPlanner(runs, decidable, kind);
    return { prepared: this.#prepared, kind, decidable, runs, planner };
  }

  #runRows(rows: readonly SweepRow[]): void {
    const { size } = this.#walk;
    for (let first = 0; first < rows.length; first += size) {
      const chunk = rows.slice(first, first + size);
      this.#chunk = chunk;
      this.#walk.metrics(chunk).forEach((metrics, k) => {
        const { combination, columns, row, runExact } = chunk[k]!;
        if (metrics === undefined) {
          runExact();
        } else {
          this.counts[combination.chain]++;
          writeMetrics(columns, row, metrics);
        }
      });
    }
  }

  #runExact(
    signals: Int8Array,
    entryMask: Uint8Array,
    rules: EngineRules,
    columns: MetricColumns,
    row: number,
  ): void {
    this.counts.exactLoop++;
    const result = runExactLoop(this.#prepared, signals, entryMask, rules);
    this.#writeLoop(rules, result, columns, row);
  }

  #writeLoop(rules: EngineRules, result: LoopResult, columns: MetricColumns, row: number): void {
    const onReturns = this.#onReturns;
    const metrics = loopMetrics(
      this.#prepared,
      rules,
      result,
      onReturns && ((returns) => onReturns(returns, row)),
    );
    writeMetrics(columns, row, metrics);
  }
}

/** Positions of the rules that share a plan, kind by kind. */
function groupByKind(rules: readonly EngineRules[], rows: readonly number[]): number[][] {
  const kinds = new Map<string, number[]>();
  for (const k of rows) {
    const name = planKindName(planKindOf(rules[k]!));
    const members = kinds.get(name);
    if (members === undefined) kinds.set(name, [k]);
    else members.push(k);
  }
  return [...kinds.values()];
}

function bytesOf(signals: Int8Array | SignalRuns): number {
  return signals instanceof Int8Array
    ? signals.byteLength
    : signals.starts.byteLength + signals.values.byteLength;
}
