import type { SignalRuns } from '../../indicators/index.js';
import {
  type ChainPosition,
  type EntryPlan,
  entryAt,
  type PlanKind,
  searchFrom,
} from './entry-plan.js';
import type { PreparedCandles } from './prepared-candles.js';
import type { RuleFactors } from './rule-factors.js';
import {
  HIT_END_OF_DATA,
  HIT_STOP_LOSS,
  HIT_TAKE_PROFIT,
  HIT_TRAILING_STOP,
  type TradeBuffer,
} from './trade-buffer.js';

/**
 * Follows the trades of one run whose entries lie in a tile: from an entry to its exit, from there to the next entry.
 *
 * A chain knows nothing of money. It writes `code`, `exit`, `hits` and `peak` and appends to `trades`.
 *
 * @param position - Where to start, in the tile.
 * @param trades - Must have room for one trade per candle of the tile.
 * @returns The same as `position`, for a later tile.
 * @public The chains' docstrings refer to it.
 */
export type TradeChain = (position: ChainPosition, trades: TradeBuffer) => ChainPosition;

/** Where a combination's exit tables start in the pool, by side (see `ExitTableOffsets`). */
export interface ChainTables {
  readonly pool: Int32Array;
  readonly peaksDistance: number;
  readonly stopLoss: readonly [number, number];
  readonly takeProfit: readonly [number, number];
  readonly trailingStop: readonly [number, number];
}

/**
 * Follows the trades by exit tables.
 *
 * @see TradeChain
 */
export function chainByTables(
  plan: EntryPlan,
  tables: ChainTables,
  position: ChainPosition,
  trades: TradeBuffer,
): ChainPosition {
  const { next, nextAfterStop, signalExit, length, from, to, waits } = plan;
  const { pool, peaksDistance } = tables;
  const stopLossLong = tables.stopLoss[0];
  const stopLossDelta = tables.stopLoss[1] - stopLossLong;
  const takeProfitLong = tables.takeProfit[0];
  const takeProfitDelta = tables.takeProfit[1] - takeProfitLong;
  const trailingLong = tables.trailingStop[0];
  const trailingDelta = tables.trailingStop[1] - trailingLong;
  const trails = trailingLong !== 0 || trailingDelta !== 0;
  const { code: codes, exit: exits, hits, peak } = trades;
  let { count } = trades;
  const endCode = 2 * to;
  const fromCode = 2 * from;
  let code = entryAt(plan, position);
  while (code < endCode) {
    const entry = code >> 1;
    // All ones for a short: selects without a branch.
    const short = -(code & 1);
    const stopLoss = pool[stopLossLong + (stopLossDelta & short) + entry]!;
    const takeProfit = pool[takeProfitLong + (takeProfitDelta & short) + entry]!;
    const trailingAt = trailingLong + (trailingDelta & short) + entry;
    const trailing = trails ? pool[trailingAt]! : length;
    const bySignal = signalExit[code - fromCode]!;
    const nearerStop = Math.min(stopLoss, trailing);
    const level = Math.min(nearerStop, takeProfit);
    codes[count] = code;
    if (level < bySignal) {
      exits[count] = level;
      hits[count] =
        (stopLoss === level ? HIT_STOP_LOSS : 0) |
        (trailing === level ? HIT_TRAILING_STOP : 0) |
        (takeProfit === level ? HIT_TAKE_PROFIT : 0);
      if (trails) peak[count] = pool[trailingAt + (trailing === level ? peaksDistance : 0)]!;
      count++;
      if (level >= to) {
        code = searchFrom(level, waits ? 1 + (code & 1) : 0);
        break;
      }
      code = waits ? nextAfterStop[2 * level - fromCode + (code & 1)]! : next[level - from]!;
    } else {
      code = leaveBySignal(plan, bySignal, trades, count);
      count++;
      if (code < 0) break;
    }
  }
  trades.count = count;
  return code;
}

/**
 * Follows the trades by looking at each candle while a position is open: for runs whose exit tables are not worth building.
 *
 * @see TradeChain
 */
export function chainBySearch(
  plan: EntryPlan,
  prepared: PreparedCandles,
  factors: RuleFactors,
  position: ChainPosition,
  trades: TradeBuffer,
): ChainPosition {
  const { next, nextAfterStop, signalExit, from, to, waits } = plan;
  const { open, high, low } = prepared;
  const trails = Number.isFinite(factors.trailingStop[0]!);
  const { code: codes, exit: exits, hits, peak } = trades;
  let { count } = trades;
  let code = entryAt(plan, position);
  while (code >= 0 && code < 2 * to) {
    const entry = code >> 1;
    const s = code & 1;
    const side = s === 0 ? 1 : -1;
    // Shorts are followed on negated prices, where every rule reads as for a long.
    const worst = s === 0 ? low : high;
    const best = s === 0 ? high : low;
    const entryPrice = open[entry]! * factors.entry[s]!;
    const stopLoss = side * (entryPrice * factors.stopLoss[s]!);
    const takeProfit = side * (entryPrice * factors.takeProfit[s]!);
    const trailingFactor = factors.trailingStop[s]!;
    const bySignal = signalExit[code - 2 * from]!;
    let peakPrice = side * entryPrice;
    let peakAt = -1;
    let trailing = trails ? peakPrice * trailingFactor : Number.NEGATIVE_INFINITY;
    let stop = Math.max(stopLoss, trailing);
    let i = entry;
    for (; i < bySignal; i++) {
      const lowest = side * worst[i]!;
      const highest = side * best[i]!;
      if (lowest <= stop || highest >= takeProfit) break;
      if (highest > peakPrice) {
        peakPrice = highest;
        peakAt = i;
        if (trails) {
          trailing = peakPrice * trailingFactor;
          stop = Math.max(stopLoss, trailing);
        }
      }
    }
    codes[count] = code;
    if (i < bySignal) {
      const lowest = side * worst[i]!;
      exits[count] = i;
      hits[count] =
        (lowest <= stopLoss ? HIT_STOP_LOSS : 0) |
        (lowest <= trailing ? HIT_TRAILING_STOP : 0) |
        (side * best[i]! >= takeProfit ? HIT_TAKE_PROFIT : 0);
      peak[count] = peakAt;
      count++;
      if (i >= to) code = searchFrom(i, waits ? s + 1 : 0);
      else code = waits ? nextAfterStop[2 * (i - from) + s]! : next[i - from]!;
    } else {
      code = leaveBySignal(plan, bySignal, trades, count);
      count++;
    }
  }
  trades.count = count;
  return code;
}

/** Writes the exit of a trade that meets no level; returns where the chain goes on. */
function leaveBySignal(
  { next, length, from, to }: EntryPlan,
  bySignal: number,
  { exit, hits }: TradeBuffer,
  at: number,
): ChainPosition {
  const isEnd = bySignal >= length;
  exit[at] = isEnd ? length - 1 : bySignal;
  hits[at] = isEnd ? HIT_END_OF_DATA : 0;
  if (isEnd) return 2 * length;
  // The close that decided the exit can decide an entry.
  return bySignal > to ? searchFrom(bySignal - 1, 0) : next[bySignal - 1 - from]!;
}

/**
 * Follows the trades of a run without stops by the runs of its signal alone.
 *
 * @param from - Number of the run to start with; the state is flat at its start.
 * @param end - First candle that is not entered any more.
 * @returns The same as `from`, for the next tile.
 */
export function chainByRuns(
  runs: SignalRuns,
  decidable: Uint8Array,
  kind: PlanKind,
  length: number,
  from: number,
  end: number,
  trades: TradeBuffer,
): number {
  const { starts, values, count: runCount } = runs;
  const { directions, exitOnNeutral } = kind;
  const { code: codes, exit: exits, hits } = trades;
  let { count } = trades;
  let run = from;
  while (run < runCount && starts[run]! + 1 < end) {
    const value = values[run]!;
    // The bit of the value: 1 long, 2 short, none for neutral.
    const bit = directions & (value > 0 ? 1 : value < 0 ? 2 : 0);
    const stop = starts[run + 1]!;
    let decision = starts[run]!;
    if (bit === 0) decision = stop;
    else while (decision < stop && (decidable[decision]! & bit) === 0) decision++;
    run++;
    if (decision === stop) continue;
    if (!exitOnNeutral) while (run < runCount && values[run] !== -value) run++;
    const exit = starts[run]! + 1;
    codes[count] = 2 * (decision + 1) + (value > 0 ? 0 : 1);
    exits[count] = exit < length ? exit : length - 1;
    hits[count] = exit < length ? 0 : HIT_END_OF_DATA;
    count++;
  }
  trades.count = count;
  return run;
}
