import { DAY_MS } from '../../domain/index.js';
import { BOTH_ALLOWED } from '../../filters/index.js';
import { expandRuns, findSignalRuns, type SignalRuns, sliceRuns } from '../../indicators/index.js';
import {
  calmarRatio,
  compoundAnnualGrowthRate,
  computeMetrics,
  type Metrics,
  periodReturns,
  returnsPerYear,
  sharpeRatio,
  sortinoRatio,
} from '../../metrics/index.js';
import type { TradeRules } from '../../semantics/index.js';
import {
  type Combination,
  chainStart,
  followChain,
  planCombination,
  type SignalSource,
} from './combination.js';
import {
  type DrawdownState,
  endDrawdown,
  followFlat,
  followTrades,
  skipBelowPeak,
  startDrawdown,
} from './drawdown.js';
import {
  allocatePlan,
  decidableEntries,
  type PlanScratch,
  planKindName,
  planKindOf,
} from './entry-plan.js';
import { type LoopResult, runExactLoop } from './exact-loop.js';
import type { ExitTables } from './exit-tables.js';
import { fillTrades, type PriceWindow } from './fill-trades.js';
import { allocateLedger, type Ledger, openLedgerRow } from './ledger.js';
import { type MetricColumns, writeMetrics } from './metric-columns.js';
import type { PreparedCandles } from './prepared-candles.js';
import { settleTrades } from './settle-trades.js';
import { allocateTradeBuffer, type TradeBuffer } from './trade-buffer.js';
import { tileWarmer } from './warm-tile.js';

/** Combinations that walk through the tiles together. */
const CHUNK_SIZE = 256;
/** Memory that one chunk may take for day ends and checkpoints, bytes; fewer combinations go together beyond it. */
const CHUNK_BYTES_MAX = 64 * 2 ** 20;
const CHECKPOINT_BYTES = 36;
/** What is skipped as "no new drawdown" must be so beyond rounding. */
const DRAWDOWN_ROOM = 1e-12;
/** Below this share of the mean, a deviation is computed from the trades themselves. */
const DEVIATION_SHARE_MIN = 1e-5;

/** Runs that share signals and filters. */
export interface SweepGroup {
  /** Shape `[candles]`, as in `EngineInput`, or the runs of that column, which is faster. */
  readonly signals: Int8Array | SignalRuns;
  /** Shape `[candles]`; `undefined` allows every entry. */
  readonly entryMask: Uint8Array | undefined;
  readonly rules: readonly TradeRules[];
}

/** How the combinations of a sweep were computed. */
export interface SweepCounts {
  /** By exit tables, by search, by signal runs alone. */
  tables: number;
  search: number;
  runs: number;
  /** Candle by candle, because money changed what was traded, or because of irregular candles. */
  exactLoop: number;
}

/**
 * Computes the metrics of many rules on one signal column after the other, without trade lists.
 *
 * Every sum is built in the order of the trades, so that the metrics are those of the reference engine; runs in which money
 * changes what is traded are left to the exact loop. One object belongs to one thread; candles and tables are shared.
 */
export class FastSweep {
  readonly counts: SweepCounts = { tables: 0, search: 0, runs: 0, exactLoop: 0 };
  readonly #prepared: PreparedCandles;
  readonly #tables: ExitTables | undefined;
  readonly #trades: TradeBuffer;
  readonly #decidable: Uint8Array;
  #unfiltered: Uint8Array | undefined;
  #unfilteredDecidable: Uint8Array | undefined;
  readonly #chunkSize: number;
  readonly #ledger: Ledger;
  readonly #checkpoints: Checkpoints;
  #plan: PlanScratch | undefined;

  /**
   * @param prepared - Candles.
   * @param tables - Exit tables; runs whose tables are missing search.
   */
  constructor(prepared: PreparedCandles, tables?: ExitTables) {
    this.#prepared = prepared;
    this.#tables = tables;
    this.#trades = allocateTradeBuffer(2 ** prepared.tileShift + 1);
    this.#decidable = new Uint8Array(prepared.length);
    const days = prepared.dayEnds.length;
    const bytes = 8 * days + CHECKPOINT_BYTES * prepared.tiles;
    this.#chunkSize = Math.max(1, Math.min(CHUNK_SIZE, Math.floor(CHUNK_BYTES_MAX / bytes)));
    this.#ledger = allocateLedger(this.#chunkSize, days);
    this.#checkpoints = allocateCheckpoints(this.#chunkSize * prepared.tiles);
  }

  /**
   * Computes the metrics of a group.
   *
   * @param group - Signals, filters and rules.
   * @param columns - Result.
   * @param firstRow - Row of the group's first rules.
   */
  run(group: SweepGroup, columns: MetricColumns, firstRow = 0): void {
    const prepared = this.#prepared;
    const { from, to } = prepared.period;
    const { rules } = group;
    const ownMask = group.entryMask?.subarray(from, to);
    const { signals } = group;
    let column: Int8Array | undefined;
    const runExact = (one: TradeRules, row: number): void => {
      column ??=
        signals instanceof Int8Array
          ? signals.subarray(from, to)
          : expandRuns(sliceRuns(signals, from, to));
      this.#runExact(column, ownMask ?? this.#everyEntry(), one, columns, row);
    };
    if (!prepared.isRegular || prepared.length === 0) {
      rules.forEach((one, k) => {
        runExact(one, firstRow + k);
      });
      return;
    }
    const decidable = this.#decidableOf(ownMask);
    const runs =
      signals instanceof Int8Array
        ? findSignalRuns(signals.subarray(from, to))
        : sliceRuns(signals, from, to);
    for (const members of groupByKind(rules)) {
      const source = this.#source(runs, decidable, rules[members[0]!]!);
      for (let first = 0; first < members.length; first += this.#chunkSize) {
        const chunk = members.slice(first, first + this.#chunkSize);
        const combinations = chunk.map((k) => planCombination(rules[k]!, this.#tables));
        for (const combination of combinations) this.counts[combination.chain]++;
        const isOutside = this.#runChunk(source, combinations, columns, chunk, firstRow);
        chunk.forEach((k, row) => {
          if (!isOutside[row]) return;
          this.counts[combinations[row]!.chain]--;
          runExact(rules[k]!, firstRow + k);
        });
      }
    }
  }

  /** The mask without filters. */
  #everyEntry(): Uint8Array {
    this.#unfiltered ??= new Uint8Array(this.#prepared.length).fill(BOTH_ALLOWED);
    return this.#unfiltered;
  }

  #decidableOf(entryMask: Uint8Array | undefined): Uint8Array {
    if (entryMask !== undefined) {
      return decidableEntries(this.#prepared, entryMask, this.#decidable);
    }
    this.#unfilteredDecidable ??= decidableEntries(
      this.#prepared,
      this.#everyEntry(),
      new Uint8Array(this.#prepared.length),
    );
    return this.#unfilteredDecidable;
  }

  #source(runs: SignalRuns, decidable: Uint8Array, rules: TradeRules): SignalSource {
    const kind = planKindOf(rules);
    return {
      prepared: this.#prepared,
      kind,
      decidable,
      runs,
      plan: undefined,
      scratch: () => {
        if (this.#plan === undefined || (kind.newSignal && this.#plan.nextAfterStop.length === 0)) {
          this.#plan = allocatePlan(this.#prepared.length, kind.newSignal);
        }
        return kind.newSignal
          ? this.#plan
          : { ...this.#plan, nextAfterStop: this.#plan.nextAfterStop.subarray(0, 0) };
      },
    };
  }

  /** Walks a chunk through the tiles; returns which combinations do not follow their chains. */
  #runChunk(
    source: SignalSource,
    combinations: readonly Combination[],
    columns: MetricColumns,
    members: readonly number[],
    firstRow: number,
  ): boolean[] {
    const { tiles } = this.#prepared;
    const prepared = this.#prepared;
    const ledger = this.#ledger;
    const trades = this.#trades;
    const checkpoints = this.#checkpoints;
    const isOutside = combinations.map(() => false);
    const position = Int32Array.from(combinations, (one) => chainStart(source, one));
    combinations.forEach((one, row) => {
      openLedgerRow(ledger, row, one.rules.initialBalance);
    });
    const warm = tileWarmer(prepared, combinations);
    for (let tile = 0; tile < tiles; tile++) {
      const end = Math.min(prepared.length, (tile + 1) << prepared.tileShift);
      warm?.(tile);
      for (let row = 0; row < combinations.length; row++) {
        const at = row * tiles + tile;
        checkpoints.firstEntry[at] = -1;
        if (isOutside[row]) continue;
        const combination = combinations[row]!;
        const from = position[row]!;
        position[row] = followChain(source, combination, from, end, trades);
        if (trades.count === 0) continue;
        const balance = ledger.balance[row]!;
        const { factors } = combination;
        if (!settleTrades(prepared, factors, tile, trades, ledger, row, checkpoints, at)) {
          isOutside[row] = true;
          continue;
        }
        checkpoints.position[at] = from;
        checkpoints.balance[at] = balance;
        checkpoints.firstEntry[at] = trades.code[0]! >> 1;
        checkpoints.lastExit[at] = trades.exit[trades.count - 1]!;
      }
    }
    const drawdowns = this.#findDrawdowns(source, combinations, isOutside);
    combinations.forEach((combination, row) => {
      const drawdown = drawdowns[row];
      if (drawdown === undefined) return;
      const metrics = this.#summarize(combination.rules, row, drawdown);
      if (metrics === undefined) isOutside[row] = true;
      else writeMetrics(columns, firstRow + members[row]!, metrics);
    });
    return isOutside;
  }

  /** Second walk: only through tiles whose bounds can touch the peak or deepen the drawdown. */
  #findDrawdowns(
    source: SignalSource,
    combinations: readonly Combination[],
    isOutside: readonly boolean[],
  ): (DrawdownState | undefined)[] {
    const prepared = this.#prepared;
    const { tiles } = prepared;
    const trades = this.#trades;
    const checkpoints = this.#checkpoints;
    const states = combinations.map((one, row) =>
      isOutside[row]
        ? undefined
        : startDrawdown(prepared, one.rules.initialBalance, this.#closeDays(one.rules, row)),
    );
    for (let tile = 0; tile < tiles; tile++) {
      const window = tileWindow(prepared, tile);
      const end = Math.min(prepared.length, (tile + 1) << prepared.tileShift);
      for (let row = 0; row < combinations.length; row++) {
        const state = states[row];
        const at = row * tiles + tile;
        const entry = checkpoints.firstEntry[at]!;
        if (state === undefined || entry < 0) continue;
        const balance = checkpoints.balance[at]!;
        followFlat(state, prepared, entry, balance);
        const drawdown = (state.peak - checkpoints.lowest[at]!) / state.peak;
        if (
          checkpoints.highest[at]! < state.peak &&
          drawdown <= state.largest * (1 - DRAWDOWN_ROOM)
        ) {
          skipBelowPeak(state, checkpoints.lastExit[at]!);
          continue;
        }
        const combination = combinations[row]!;
        followChain(source, combination, checkpoints.position[at]!, end, trades);
        // The loss limit was checked in the first walk.
        fillTrades(
          prepared,
          combination.factors,
          window,
          balance,
          Number.POSITIVE_INFINITY,
          trades,
        );
        followTrades(state, prepared, trades);
      }
    }
    states.forEach((state, row) => {
      if (state !== undefined) endDrawdown(state, prepared, this.#ledger.balance[row]!);
    });
    return states;
  }

  /** Completes the equity at day ends and returns a drawdown that it proves. */
  #closeDays(rules: TradeRules, row: number): number {
    const { days, dayEquity, day, balance } = this.#ledger;
    const first = row * days;
    dayEquity.fill(balance[row]!, first + day[row]!, first + days);
    let peak = rules.initialBalance;
    let largest = 0;
    for (let k = first; k < first + days; k++) {
      const value = dayEquity[k]!;
      // Below zero a higher peak makes the fraction smaller, so days alone prove nothing.
      if (value <= 0) return 0;
      if (value > peak) peak = value;
      const drawdown = (peak - value) / peak;
      if (drawdown > largest) largest = drawdown;
    }
    return largest;
  }

  /** The metrics of a row, or `undefined` when their rounding needs the trades themselves. */
  #summarize(rules: TradeRules, row: number, drawdown: DrawdownState): Metrics | undefined {
    const ledger = this.#ledger;
    const { length, openTime, open, close, timeframeMs } = this.#prepared;
    const { days } = ledger;
    const { initialBalance } = rules;
    const trades = ledger.trades[row]!;
    const finalBalance = ledger.balance[row]!;
    const netPnl = ledger.netPnl[row]!;
    const mean = trades === 0 ? 0 : netPnl / trades;
    const squares = ledger.squareSum[row]!;
    let sqn = 0;
    if (squares !== 0) {
      const variance = (squares - ledger.deviationSum[row]! ** 2 / trades) / (trades - 1);
      if (!(Math.sqrt(variance) > DEVIATION_SHARE_MIN * Math.abs(mean))) return undefined;
      sqn = (Math.sqrt(trades) * mean) / Math.sqrt(variance);
    }
    const values = ledger.dayEquity.subarray(row * days, (row + 1) * days);
    const returns = periodReturns(initialBalance, values, values, DAY_MS);
    const perYear = returnsPerYear(timeframeMs);
    const spanMs = openTime[length - 1]! + timeframeMs - openTime[0]!;
    const cagr = compoundAnnualGrowthRate(initialBalance, finalBalance, spanMs);
    const winSum = ledger.winSum[row]!;
    const lossSum = ledger.lossSum[row]!;
    const noLoss = winSum > 0 ? Number.POSITIVE_INFINITY : 0;
    const absolute = winSum - lossSum;
    return {
      cumulativeProfit: finalBalance - initialBalance,
      finalBalance,
      totalTrades: trades,
      winRate: trades === 0 ? 0 : (100 * ledger.wins[row]!) / trades,
      profitFactor: lossSum === 0 ? noLoss : winSum / Math.abs(lossSum),
      maxDrawdown: drawdown.largest,
      maxDrawdownDuration: drawdown.longest,
      sharpeRatio: sharpeRatio(returns, perYear),
      sortinoRatio: sortinoRatio(returns, perYear),
      cagr,
      calmarRatio: calmarRatio(cagr, drawdown.largest),
      timeInMarket: ledger.candlesHeld[row]! / length,
      expectancy: trades === 0 ? 0 : ledger.returnSum[row]! / trades,
      avgTrade: mean,
      bestTrade: trades === 0 ? 0 : ledger.best[row]!,
      worstTrade: trades === 0 ? 0 : ledger.worst[row]!,
      sqn,
      avgCandlesHeld: trades === 0 ? 0 : ledger.candlesHeld[row]! / trades,
      totalCommission: ledger.commission[row]!,
      skippedEntries: 0,
      buyAndHoldReturn: close[length - 1]! / open[0]! - 1,
      ambiguousTrades: ledger.ambiguousTrades[row]!,
      ambiguousNetPnl: ledger.ambiguousNetPnl[row]!,
      ambiguousShare: absolute === 0 ? 0 : ledger.ambiguousAbsolute[row]! / absolute,
    };
  }

  #runExact(
    signals: Int8Array,
    entryMask: Uint8Array,
    rules: TradeRules,
    columns: MetricColumns,
    row: number,
  ): void {
    this.counts.exactLoop++;
    const result = runExactLoop(this.#prepared, signals, entryMask, rules);
    writeMetrics(columns, row, metricsOfLoop(this.#prepared, rules, result));
  }
}

/** Positions of the rules that share a plan, kind by kind. */
function groupByKind(rules: readonly TradeRules[]): number[][] {
  const kinds = new Map<string, number[]>();
  rules.forEach((one, k) => {
    const name = planKindName(planKindOf(one));
    const members = kinds.get(name);
    if (members === undefined) kinds.set(name, [k]);
    else members.push(k);
  });
  return [...kinds.values()];
}

/** For each combination and tile, what a second walk needs. Shape `[combinations × tiles]`. */
interface Checkpoints {
  readonly position: Int32Array;
  /** -1 when the tile has no entry. */
  readonly firstEntry: Int32Array;
  readonly lastExit: Int32Array;
  readonly balance: Float64Array;
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

function allocateCheckpoints(count: number): Checkpoints {
  return {
    position: new Int32Array(count),
    firstEntry: new Int32Array(count),
    lastExit: new Int32Array(count),
    balance: new Float64Array(count),
    lowest: new Float64Array(count),
    highest: new Float64Array(count),
  };
}

function tileWindow(prepared: PreparedCandles, tile: number): PriceWindow {
  return {
    to: Math.min(prepared.length, (tile + 1) << prepared.tileShift),
    lowest: prepared.lows.tileMin[tile]!,
    highest: prepared.highs.tileMax[tile]!,
  };
}

function metricsOfLoop(prepared: PreparedCandles, rules: TradeRules, result: LoopResult): Metrics {
  const { trades, equity, finalBalance, candlesInMarket, skippedEntries } = result;
  const { open, close, openTime, timeframeMs, length } = prepared;
  const measured = Array.from({ length: trades.count }, (_, k) => ({
    netPnl: trades.netPnl[k]!,
    returnPct: (100 * trades.netPnl[k]!) / (trades.entryPrice[k]! * trades.quantity[k]!),
    commission: trades.commission[k]!,
    candlesHeld: trades.exit[k]! - (trades.code[k]! >> 1),
    ambiguous: trades.ambiguous[k] !== 0,
  }));
  return computeMetrics({
    initialBalance: rules.initialBalance,
    finalBalance,
    trades: measured,
    equity,
    openTimes: openTime,
    timeframeMs,
    firstOpen: open[0]!,
    lastClose: close[length - 1]!,
    candlesInMarket,
    skippedEntries,
  });
}
