import { BOTH_ALLOWED } from '../../filters/index.js';
import { expandRuns, findSignalRuns, type SignalRuns, sliceRuns } from '../../indicators/index.js';
import { type EngineRules, EXIT_ATR_PERIOD, usesAtr } from '../../semantics/index.js';
import { checkEngineInput } from '../check-engine-input.js';
import type { EngineInput } from '../engine.js';
import { type ChunkRow, ChunkWalk } from './chunk-walk.js';
import {
  type Combination,
  laterCombination,
  planCombination,
  type SignalSource,
} from './combination.js';
import { decidableEntries, planKindName, planKindOf } from './entry-plan.js';
import { EntryPlanner } from './entry-planner.js';
import { type LoopResult, runExactLoop } from './exact-loop.js';
import { exitTableKeys } from './exit-table-keys.js';
import type { ExitTables } from './exit-tables.js';
import { laterFactors } from './later-factors.js';
import { laterTables } from './later-tables.js';
import { type MetricColumns, writeMetrics } from './metric-columns.js';
import type { PreparedCandles } from './prepared-candles.js';
import { loopMetrics, type ReturnsSink } from './row-metrics.js';
import { runSteppedLoop } from './stepped-loop.js';
import { laterRules, rememberedAtr, runWay } from './stepped-rules.js';

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
  readonly runLoop: () => void;
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
  readonly #combinations = new WeakMap<EngineRules, Combination | undefined>();
  readonly #unfilteredWithAtr = new Map<number, Uint8Array>();
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
    const columnOf = (): Int8Array => {
      column ??=
        signals instanceof Int8Array
          ? signals.subarray(from, to)
          : expandRuns(sliceRuns(signals, from, to));
      return column;
    };
    const runLoop = (k: number): void => {
      this.#runLoop(columnOf(), ownMask ?? this.#everyEntry(), group, k, columns, firstRow + k);
    };
    const followed: number[] = [];
    const combinations = rules.map((one) => this.#combinationOf(one, group));
    for (const [k, combination] of combinations.entries()) {
      if (combination !== undefined) followed.push(k);
      else runLoop(k);
    }
    if (followed.length === 0) return;
    const runs =
      signals instanceof Int8Array
        ? findSignalRuns(signals.subarray(from, to))
        : sliceRuns(signals, from, to);
    if (this.#waiting.length + rules.length > this.#walk.size) this.finish();
    const decidable = this.#decidableOf(ownMask);
    for (const members of groupByKind(rules, followed)) {
      const source = this.#source(runs, decidable, ownMask, rules[members[0]!]!);
      for (const k of members) {
        this.#waiting.push({
          source,
          combination: combinations[k]!,
          columns,
          row: firstRow + k,
          runLoop: () => runLoop(k),
        });
      }
    }
    this.#waitingBytes += bytesOf(signals) + bytesOf(runs);
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

  /** How a row walks; `undefined` when it goes candle by candle. Groups often have the same rules. */
  #combinationOf(rules: EngineRules, group: SweepGroup): Combination | undefined {
    if (group.exits !== undefined || group.columns !== undefined || group.manage !== undefined) {
      return this.#newCombination(rules, group);
    }
    if (!this.#combinations.has(rules)) {
      this.#combinations.set(rules, this.#newCombination(rules, group));
    }
    return this.#combinations.get(rules);
  }

  #newCombination(rules: EngineRules, group: SweepGroup): Combination | undefined {
    const prepared = this.#prepared;
    const tables = this.#tables;
    const way = runWay(rules, group, (one) => tables?.hasAll(exitTableKeys(one)) ?? false);
    if (way !== 'plain') checkEngineInput({ ...group, candles: prepared.candles, rules });
    if (!prepared.isRegular || prepared.length === 0) return undefined;
    if (way === 'plain') return planCombination(rules, tables);
    if (way === 'candle-loop') return undefined;
    const later = laterFactors(rules, this.#atrOf);
    return laterCombination(rules, { later, tables: laterTables(rules, tables!) });
  }

  /** The mask without filters. */
  #everyEntry(): Uint8Array {
    this.#unfiltered ??= new Uint8Array(this.#prepared.length).fill(BOTH_ALLOWED);
    return this.#unfiltered;
  }

  #decidableOf(entryMask: Uint8Array | undefined): Uint8Array {
    if (entryMask !== undefined) {
      return decidableEntries(this.#prepared, entryMask, this.#ownDecidable());
    }
    this.#unfilteredDecidable ??= decidableEntries(
      this.#prepared,
      this.#everyEntry(),
      new Uint8Array(this.#prepared.length),
    );
    return this.#unfilteredDecidable;
  }

  /** Where entries may be decided that need an ATR (S-70). */
  #decidableWithAtr(
    decidable: Uint8Array,
    entryMask: Uint8Array | undefined,
    period: number,
  ): Uint8Array {
    const known = entryMask === undefined ? this.#unfilteredWithAtr.get(period) : undefined;
    if (known !== undefined) return known;
    const { length, period: traded } = this.#prepared;
    const result = entryMask === undefined ? new Uint8Array(length) : this.#ownDecidable();
    const ranges = this.#atrOf(period);
    for (let i = 0; i < length; i++) result[i] = ranges[traded.from + i]! > 0 ? decidable[i]! : 0;
    if (entryMask === undefined) this.#unfilteredWithAtr.set(period, result);
    return result;
  }

  /** A column for a group that waits. */
  #ownDecidable(): Uint8Array {
    const { length } = this.#prepared;
    this.#waitingBytes += length;
    const column = this.#decidable[this.#waitingMasks] ?? new Uint8Array(length);
    this.#decidable[this.#waitingMasks++] = column;
    return column;
  }

  #source(
    runs: SignalRuns,
    decidable: Uint8Array,
    entryMask: Uint8Array | undefined,
    rules: EngineRules,
  ): SignalSource {
    const kind = planKindOf(rules);
    const own = usesAtr(rules)
      ? this.#decidableWithAtr(decidable, entryMask, rules.exitAtrPeriod ?? EXIT_ATR_PERIOD)
      : decidable;
    const planner = new EntryPlanner(runs, own, kind);
    return { prepared: this.#prepared, kind, decidable: own, runs, planner };
  }

  #runRows(rows: readonly SweepRow[]): void {
    const { size } = this.#walk;
    for (let first = 0; first < rows.length; first += size) {
      const chunk = rows.slice(first, first + size);
      this.#chunk = chunk;
      this.#walk.metrics(chunk).forEach((metrics, k) => {
        const { combination, columns, row, runLoop } = chunk[k]!;
        if (metrics === undefined) {
          runLoop();
        } else {
          this.counts[combination.chain]++;
          writeMetrics(columns, row, metrics);
        }
      });
    }
  }

  #runLoop(
    signals: Int8Array,
    entryMask: Uint8Array,
    group: SweepGroup,
    k: number,
    columns: MetricColumns,
    row: number,
  ): void {
    const prepared = this.#prepared;
    const rules = group.rules[k]!;
    if (laterRules(rules, group).length === 0) {
      this.counts.exactLoop++;
      const result = runExactLoop(prepared, signals, entryMask, rules);
      this.#writeLoop(rules, result, columns, row);
    } else {
      this.counts.candleLoop++;
      const result = runSteppedLoop(prepared, signals, entryMask, rules, group, this.#atrOf);
      this.#writeLoop(rules, result, columns, row);
    }
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
    const name = entryName(rules[k]!);
    const members = kinds.get(name);
    if (members === undefined) kinds.set(name, [k]);
    else members.push(k);
  }
  return [...kinds.values()];
}

/** Equal for rules whose entries are decided alike. */
function entryName(rules: EngineRules): string {
  const name = planKindName(planKindOf(rules));
  return usesAtr(rules) ? `${name} ${rules.exitAtrPeriod ?? EXIT_ATR_PERIOD}` : name;
}

function bytesOf(signals: Int8Array | SignalRuns): number {
  return signals instanceof Int8Array
    ? signals.byteLength
    : signals.starts.byteLength + signals.values.byteLength;
}
