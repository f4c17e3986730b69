import { type ChainPosition, type EntryPlan, entryAt, searchFrom } from './entry-plan.js';
import type { EntryPlanner } from './entry-planner.js';
import type { LaterRun } from './later-trades.js';
import type { PreparedCandles } from './prepared-candles.js';
import {
  HIT_BREAK_EVEN,
  HIT_END_OF_DATA,
  HIT_STOP_LOSS,
  HIT_TAKE_PROFIT,
  HIT_TIME,
  HIT_TRAILING_STOP,
  type TradeBuffer,
} from './trade-buffer.js';

/** One signal column that a chain with later rules follows in a tile. */
export interface LaterChainSource {
  readonly prepared: PreparedCandles;
  readonly plan: EntryPlan;
  /** Of the plan, for exits beyond the tile. */
  readonly planner: EntryPlanner;
}

/**
 * Follows the trades of a run with later rules by exit tables, one question to each table that the rules have.
 *
 * @see TradeChain
 */
export function chainByLaterTables(
  { prepared, plan, planner }: LaterChainSource,
  { later, tables }: LaterRun,
  position: ChainPosition,
  trades: TradeBuffer,
): ChainPosition {
  const { next, nextAfterStop, signalExit, length, from, to, waits } = plan;
  const { open, close } = prepared;
  const { maxCandlesHeld, minProfit, factors } = later;
  // What the cooldown puts the next decision off by; the decision of a signal exit is at the close before it (S-77).
  const pause = Math.max(0, later.cooldownCandles - 1);
  const pauseAfterSignal = later.cooldownCandles - 1;
  const { code: codes, exit: exits, hits, peak } = trades;
  let { count } = trades;
  const endCode = 2 * to;
  let code = entryAt(plan, position);
  while (code < endCode) {
    const entry = code >> 1;
    const s = code & 1;
    const side = tables[s]!;
    const stop = firstOf(side.stops, entry, length);
    const target = firstOf(side.targets, entry, length);
    const even = side.breakEven === undefined ? length : side.breakEven[entry]!;
    let trailing = length;
    let peaks: Int32Array | undefined;
    let peakFrom = entry;
    for (let k = 0; k < side.trailing.length; k++) {
      const one = side.trailing[k]!;
      const exit = one.exits[entry]!;
      if (exit < trailing) {
        trailing = exit;
        ({ peaks } = one);
      }
    }
    let level = Math.min(Math.min(stop, target), Math.min(even, trailing));
    const timeUp = entry + maxCandlesHeld;
    let bySignal = signalExit[code - 2 * from]!;
    if (minProfit !== undefined) {
      // A signal that gains too little decides nothing, so the next one is asked (S-84).
      const price = open[entry]! * factors.entry[s]!;
      const sign = 1 - 2 * s;
      const last = Math.min(level, timeUp, length - 1);
      while (bySignal <= last && sign * (close[bySignal - 1]! - price) < minProfit * price) {
        bySignal =
          bySignal < to ? signalExit[2 * (bySignal - from) + s]! : planner.exitFrom(bySignal, s);
      }
    }
    if (side.fromPeak !== undefined) {
      // What is activated after the trade has ended lies far away in the table, and is not wanted.
      const activated = side.activation![entry]!;
      if (activated < Math.min(level, Math.min(bySignal, timeUp))) {
        const exit = side.fromPeak.exits[activated]!;
        if (exit < trailing) {
          trailing = exit;
          ({ peaks } = side.fromPeak);
          peakFrom = activated;
        }
      }
    }
    level = Math.min(level, trailing);
    codes[count] = code;
    let decision: number;
    let stopped = 0;
    if (level < bySignal && level < timeUp) {
      exits[count] = level;
      hits[count] =
        (stop === level ? HIT_STOP_LOSS : 0) |
        (trailing === level ? HIT_TRAILING_STOP : 0) |
        (target === level ? HIT_TAKE_PROFIT : 0) |
        (even === level ? HIT_BREAK_EVEN : 0);
      if (trailing === level) peak[count] = peaks![peakFrom]!;
      decision = level + pause;
      if (waits) stopped = 1 + s;
    } else if (timeUp < bySignal) {
      exits[count] = timeUp;
      hits[count] = HIT_TIME;
      decision = timeUp + pause;
      if (waits) stopped = 1 + s;
    } else if (bySignal < length) {
      exits[count] = bySignal;
      hits[count] = 0;
      decision = bySignal + pauseAfterSignal;
    } else {
      exits[count] = length - 1;
      hits[count] = HIT_END_OF_DATA;
      decision = length;
    }
    count++;
    if (decision >= length) code = 2 * length;
    else if (decision >= to) code = searchFrom(decision, stopped);
    else if (stopped === 0) code = next[decision - from]!;
    else code = nextAfterStop[2 * (decision - from) + s]!;
    if (code < 0) break;
  }
  trades.count = count;
  return code;
}

/** The first candle of several tables; `never` when there are none. */
function firstOf(tables: readonly Int32Array[], entry: number, never: number): number {
  let first = never;
  for (let k = 0; k < tables.length; k++) first = Math.min(first, tables[k]![entry]!);
  return first;
}
