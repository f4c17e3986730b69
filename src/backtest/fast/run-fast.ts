import type { Trade } from '../../domain/index.js';
import { findSignalRuns } from '../../indicators/index.js';
import { excursionPercent, returnPercent } from '../../semantics/index.js';
import { checkEngineInput } from '../check-engine-input.js';
import type { CandlePeriod, EngineInput, EngineResult } from '../engine.js';
import {
  type Combination,
  chainStart,
  followChain,
  laterCombination,
  planCombination,
  type SignalSource,
} from './combination.js';
import { decidableEntries, planKindOf } from './entry-plan.js';
import { EntryPlanner, TilePlan } from './entry-planner.js';
import { type LoopResult, runExactLoop } from './exact-loop.js';
import { exitTableKeys } from './exit-table-keys.js';
import type { ExitTables } from './exit-tables.js';
import { fillTrades } from './fill-trades.js';
import { laterFactors } from './later-factors.js';
import { laterTables } from './later-tables.js';
import { allocateTradeParts, fillLaterTrades } from './later-trades.js';
import { type PreparedCandles, prepareCandles, rangeMax, rangeMin } from './prepared-candles.js';
import { type PartColumns, runSteppedLoop } from './stepped-loop.js';
import { laterRules, rememberedAtr, runWay } from './stepped-rules.js';
import {
  allocateTradeBuffer,
  appendTrades,
  EXIT_REASONS,
  type TradeBuffer,
} from './trade-buffer.js';

/** How a run was computed. */
export type FastPath = 'runs' | 'tables' | 'search' | 'later-tables' | 'exact-loop' | 'candle-loop';

/** What may be there already when several runs share candles. */
export interface RunFastOptions {
  /** `prepareCandles(input.candles, input.period)`. Default: prepared for this run. */
  readonly prepared?: PreparedCandles;
  /** Default: none; the run searches, which is cheaper for one run than a table. */
  readonly tables?: ExitTables;
  /** Takes the way that was taken: `exact-loop` when money changed what was traded, `candle-loop` with the later rules of the run. */
  readonly onPath?: (path: FastPath, laterRules: readonly string[]) => void;
}

/**
 * Runs the rules of SEMANTICS over a signal column, from trade to trade instead of from candle to candle. The slow twin is
 * `runReference`: every trade has the same doubles (S-51).
 *
 * @param input - Columns, period, signals, entry mask and rules.
 * @param options - What may be shared with other runs.
 * @throws {UsageError} If rules contradict each other or the columns of the strategy.
 * @throws {RangeError} If a column has another length than the candles.
 */
export function runFast(input: EngineInput, options: RunFastOptions = {}): EngineResult {
  const { candles, period, rules } = input;
  checkEngineInput(input);
  const prepared = options.prepared ?? prepareCandles(candles, period);
  assertSamePeriod(prepared.period, period);
  const { from, to } = period;
  const signals = input.signals.subarray(from, to);
  const entryMask = input.entryMask.subarray(from, to);
  const atrOf = rememberedAtr(candles);
  const stepThrough = (): EngineResult => {
    options.onPath?.('candle-loop', laterRules(rules, input));
    const loop = runSteppedLoop(prepared, signals, entryMask, rules, input, atrOf);
    return loopResult(prepared, loop, loop.parts);
  };
  const { tables } = options;
  const way = runWay(rules, input, (one) => tables?.hasAll(exitTableKeys(one)) ?? false);
  if (way === 'candle-loop') return stepThrough();
  const combination =
    way === 'plain'
      ? planCombination(rules, tables)
      : laterCombination(rules, {
          later: laterFactors(rules, atrOf),
          tables: laterTables(rules, tables!),
        });
  const followed = prepared.isRegular
    ? followAllTrades(prepared, signals, entryMask, combination)
    : undefined;
  if (followed !== undefined) {
    options.onPath?.(combination.later === undefined ? combination.chain : 'later-tables', []);
    return resultOf(prepared, followed, rules.initialBalance);
  }
  if (way === 'later-tables') return stepThrough();
  options.onPath?.('exact-loop', []);
  return loopResult(prepared, runExactLoop(prepared, signals, entryMask, rules));
}

function loopResult(
  prepared: PreparedCandles,
  loop: LoopResult,
  parts?: PartColumns,
): EngineResult {
  const time = (index: number): number | undefined => prepared.openTime[index];
  return {
    trades: tradeList(prepared, loop.trades, parts),
    equity: loop.equity,
    finalBalance: loop.finalBalance,
    skippedEntries: loop.skippedEntries,
    candlesInMarket: loop.candlesInMarket,
    maxCumulativeLossTrippedAt: time(loop.lossLimitTrippedAt),
    ruinedAt: time(loop.ruinedAt),
  };
}

/** Trades, and what their equity is made of: they themselves, or the stretches of those that scaled out. */
interface FollowedTrades {
  readonly trades: TradeBuffer;
  readonly stretches: TradeBuffer;
  readonly parts: PartColumns | undefined;
}

/** The trades of a run, or `undefined` when money changes what is traded. */
function followAllTrades(
  prepared: PreparedCandles,
  signals: Int8Array,
  entryMask: Uint8Array,
  combination: Combination,
): FollowedTrades | undefined {
  const { rules, factors, later } = combination;
  const { length, tiles, lows, highs } = prepared;
  const kind = planKindOf(rules);
  const decidable = decidableEntries(prepared, entryMask, new Uint8Array(length));
  if (later?.later.ranges !== undefined) {
    const { ranges } = later.later;
    for (let i = 0; i < length; i++) if (!(ranges[prepared.period.from + i]! > 0)) decidable[i] = 0;
  }
  const runs = findSignalRuns(signals);
  const planner = new EntryPlanner(runs, decidable, kind);
  const source: SignalSource = { prepared, kind, decidable, runs, planner };
  const plan = new TilePlan(2 ** prepared.tileShift);
  const trades = allocateTradeBuffer(2 ** prepared.tileShift + 1);
  const scales = later !== undefined && later.later.shares.length > 0;
  const all = allocateTradeBuffer(0);
  const stretches = scales ? allocateTradeBuffer(0) : all;
  const scaleOuts: number[] = [];
  const highestFill: number[] = [];
  const lowestFill: number[] = [];
  const parts = allocateTradeParts(trades.code.length);
  let balance = rules.initialBalance;
  let netPnl = 0;
  let position = chainStart(combination);
  for (let tile = 0; tile < tiles; tile++) {
    const to = Math.min(length, (tile + 1) << prepared.tileShift);
    position = followChain(source, combination, position, tile, plan, trades);
    const { count } = trades;
    if (count === 0) continue;
    const window = { to, lowest: lows.tileMin[tile]!, highest: highs.tileMax[tile]! };
    const isFilled =
      later === undefined
        ? fillTrades(prepared, factors, window, balance, netPnl, trades)
        : fillLaterTrades(prepared, later, window, balance, netPnl, trades, parts);
    if (!isFilled || trades.count < count) return undefined;
    for (let k = 0; k < count; k++) netPnl += trades.netPnl[k]!;
    balance = trades.balance[count - 1]!;
    if (!rules.allowOverdraft && balance <= factors.ruinBalance) return undefined;
    appendTrades(trades, all);
    if (!scales) continue;
    appendTrades(parts.stretches, stretches);
    scaleOuts.push(...parts.scaleOuts.subarray(0, count));
    highestFill.push(...parts.highestFill.subarray(0, count));
    lowestFill.push(...parts.lowestFill.subarray(0, count));
  }
  const columns = scales ? { scaleOuts, highestFill, lowestFill } : undefined;
  return { trades: all, stretches, parts: columns };
}

function resultOf(
  prepared: PreparedCandles,
  { trades, stretches, parts }: FollowedTrades,
  initialBalance: number,
): EngineResult {
  const { close, length } = prepared;
  const equity = new Float64Array(length);
  let balance = initialBalance;
  let flatFrom = 0;
  let candlesInMarket = 0;
  for (let k = 0; k < stretches.count; k++) {
    const entry = stretches.code[k]! >> 1;
    const exit = stretches.exit[k]!;
    const side = 1 - 2 * (stretches.code[k]! & 1);
    const price = stretches.entryPrice[k]!;
    const quantity = stretches.quantity[k]!;
    const afterEntry = stretches.balanceAfterEntry[k]!;
    equity.fill(balance, flatFrom, entry);
    for (let i = entry; i < exit; i++) {
      equity[i] = afterEntry + side * (close[i]! - price) * quantity;
    }
    candlesInMarket += exit - entry;
    balance = stretches.balance[k]!;
    flatFrom = exit;
  }
  equity.fill(balance, flatFrom);
  return {
    trades: tradeList(prepared, trades, parts),
    equity,
    finalBalance: balance,
    skippedEntries: 0,
    candlesInMarket,
    maxCumulativeLossTrippedAt: undefined,
    ruinedAt: undefined,
  };
}

function tradeList(prepared: PreparedCandles, trades: TradeBuffer, parts?: PartColumns): Trade[] {
  return Array.from({ length: trades.count }, (_, k) => tradeAt(prepared, trades, k, parts));
}

function tradeAt(
  prepared: PreparedCandles,
  trades: TradeBuffer,
  k: number,
  parts: PartColumns | undefined,
): Trade {
  const { openTime, highs, lows, period } = prepared;
  const entry = trades.code[k]! >> 1;
  const exit = trades.exit[k]!;
  const side = 1 - 2 * (trades.code[k]! & 1);
  const entryPrice = trades.entryPrice[k]!;
  const exitPrice = trades.exitPrice[k]!;
  const units = trades.quantity[k]!;
  const netPnl = trades.netPnl[k]!;

  const highest = Math.max(rangeMax(highs, entry, exit), parts?.highestFill[k] ?? exitPrice);
  const lowest = Math.min(rangeMin(lows, entry, exit), parts?.lowestFill[k] ?? exitPrice);
  return {
    side: side > 0 ? 'long' : 'short',
    entryIndex: period.from + entry,
    exitIndex: period.from + exit,
    entryTime: openTime[entry]!,
    exitTime: openTime[exit]!,
    entryPrice,
    exitPrice,
    units,
    grossPnl: trades.grossPnl[k]!,
    commission: trades.commission[k]!,
    netPnl,
    returnPct: returnPercent(netPnl, entryPrice, units),
    exitReason: EXIT_REASONS[trades.reason[k]!]!,
    candlesHeld: exit - entry,
    maePct: Math.min(0, excursionPercent(side, entryPrice, side > 0 ? lowest : highest)),
    mfePct: Math.max(0, excursionPercent(side, entryPrice, side > 0 ? highest : lowest)),
    ambiguous: trades.ambiguous[k] !== 0,
    exitInsideCandle: trades.inside[k] !== 0,
    balance: trades.balance[k]!,
    scaleOuts: parts?.scaleOuts[k] ?? 0,
  };
}

function assertSamePeriod(prepared: CandlePeriod, period: CandlePeriod): void {
  if (prepared.from !== period.from || prepared.to !== period.to) {
    throw new RangeError('Cannot run on candles that were prepared for another period');
  }
}
