import type { Trade } from '../../domain/index.js';
import { findSignalRuns } from '../../indicators/index.js';
import { excursionPercent, returnPercent } from '../../semantics/index.js';
import { checkEngineInput } from '../check-engine-input.js';
import type { CandlePeriod, EngineInput, EngineResult } from '../engine.js';
import { chainStart, followChain, planCombination, type SignalSource } from './combination.js';
import { decidableEntries, planKindOf } from './entry-plan.js';
import { EntryPlanner, TilePlan } from './entry-planner.js';
import { type LoopResult, runExactLoop } from './exact-loop.js';
import type { ExitTables } from './exit-tables.js';
import { fillTrades } from './fill-trades.js';
import { type PreparedCandles, prepareCandles, rangeMax, rangeMin } from './prepared-candles.js';
import { type PartColumns, runSteppedLoop } from './stepped-loop.js';
import { rememberedAtr, steppedRules } from './stepped-rules.js';
import {
  allocateTradeBuffer,
  appendTrades,
  EXIT_REASONS,
  type TradeBuffer,
} from './trade-buffer.js';

/** How a run was computed. */
export type FastPath = 'runs' | 'tables' | 'search' | 'exact-loop' | 'candle-loop';

/** What may be there already when several runs share candles. */
export interface RunFastOptions {
  /** `prepareCandles(input.candles, input.period)`. Default: prepared for this run. */
  readonly prepared?: PreparedCandles;
  /** Default: none; the run searches, which is cheaper for one run than a table. */
  readonly tables?: ExitTables;
  /** Takes the way that was taken: `exact-loop` when money changed what was traded, `candle-loop` with the rules that tables do not hold. */
  readonly onPath?: (path: FastPath, steppedRules: readonly string[]) => void;
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
  const stepped = steppedRules(rules, input);
  if (stepped.length > 0) {
    options.onPath?.('candle-loop', stepped);
    const atrOf = rememberedAtr(candles);
    const loop = runSteppedLoop(prepared, signals, entryMask, rules, input, atrOf);
    return loopResult(prepared, loop, loop.parts);
  }
  const combination = planCombination(rules, options.tables);
  const trades = prepared.isRegular
    ? followAllTrades(prepared, signals, entryMask, combination)
    : undefined;
  if (trades !== undefined) {
    options.onPath?.(combination.chain, []);
    return resultOf(prepared, trades, rules.initialBalance);
  }
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

/** The trades of a run, or `undefined` when money changes what is traded. */
function followAllTrades(
  prepared: PreparedCandles,
  signals: Int8Array,
  entryMask: Uint8Array,
  combination: ReturnType<typeof planCombination>,
): TradeBuffer | undefined {
  const { rules, factors } = combination;
  const { length, tiles, lows, highs } = prepared;
  const kind = planKindOf(rules);
  const decidable = decidableEntries(prepared, entryMask, new Uint8Array(length));
  const runs = findSignalRuns(signals);
  const planner = new EntryPlanner(runs, decidable, kind);
  const source: SignalSource = { prepared, kind, decidable, runs, planner };
  const plan = new TilePlan(2 ** prepared.tileShift);
  const all = allocateTradeBuffer(0);
  const trades = allocateTradeBuffer(2 ** prepared.tileShift + 1);
  let balance = rules.initialBalance;
  let netPnl = 0;
  let position = chainStart(combination);
  for (let tile = 0; tile < tiles; tile++) {
    const to = Math.min(length, (tile + 1) << prepared.tileShift);
    position = followChain(source, combination, position, tile, plan, trades);
    const window = { to, lowest: lows.tileMin[tile]!, highest: highs.tileMax[tile]! };
    if (trades.count === 0) continue;
    if (!fillTrades(prepared, factors, window, balance, netPnl, trades)) return undefined;
    for (let k = 0; k < trades.count; k++) netPnl += trades.netPnl[k]!;
    balance = trades.balance[trades.count - 1]!;
    appendTrades(trades, all);
  }
  return all;
}

function resultOf(
  prepared: PreparedCandles,
  trades: TradeBuffer,
  initialBalance: number,
): EngineResult {
  const { close, length } = prepared;
  const equity = new Float64Array(length);
  let balance = initialBalance;
  let flatFrom = 0;
  let candlesInMarket = 0;
  for (let k = 0; k < trades.count; k++) {
    const entry = trades.code[k]! >> 1;
    const exit = trades.exit[k]!;
    const side = 1 - 2 * (trades.code[k]! & 1);
    const price = trades.entryPrice[k]!;
    const quantity = trades.quantity[k]!;
    const afterEntry = trades.balanceAfterEntry[k]!;
    equity.fill(balance, flatFrom, entry);
    for (let i = entry; i < exit; i++) {
      equity[i] = afterEntry + side * (close[i]! - price) * quantity;
    }
    candlesInMarket += exit - entry;
    balance = trades.balance[k]!;
    flatFrom = exit;
  }
  equity.fill(balance, flatFrom);
  return {
    trades: tradeList(prepared, trades),
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
