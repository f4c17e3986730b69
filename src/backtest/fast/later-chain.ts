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
  source: LaterChainSource,
  { later, tables }: LaterRun,
  position: ChainPosition,
  trades: TradeBuffer,
): ChainPosition {
  const { next, nextAfterStop, signalExit, length, from, to, waits } = source.plan;
  const { open } = source.prepared;
  const { maxCandlesHeld, minProfit, factors } = later;
  // What the cooldown puts the next decision off by; the decision of a signal exit is at the close before it (S-77).
  const pause = Math.max(0, later.cooldownCandles - 1);
  const pauseAfterSignal = later.cooldownCandles - 1;
  const { code: codes, exit: exits, hits, peak } = trades;
  const { pool, peaksDistance } = tables;
  const [stopLong, stopShort] = tables.stopLoss;
  const [stopAtrLong, stopAtrShort] = tables.stopLossAtr;
  const [targetLong, targetShort] = tables.target;
  const [targetAtrLong, targetAtrShort] = tables.targetAtr;
  const [evenLong, evenShort] = tables.breakEven;
  const [trailingLong, trailingShort] = tables.trailing;
  const [trailingAtrLong, trailingAtrShort] = tables.trailingAtr;
  const [activationLong, activationShort] = tables.activation;
  const [fromPeakLong, fromPeakShort] = tables.fromPeak;
  // A side that is not permitted has no tables, and no entries either.
  const hasStopAtr = stopAtrLong + stopAtrShort !== 0;
  const hasTargetAtr = targetAtrLong + targetAtrShort !== 0;
  const hasEven = evenLong + evenShort !== 0;
  const trails = trailingLong + trailingShort + trailingAtrLong + trailingAtrShort !== 0;
  const activates = activationLong + activationShort !== 0;
  let { count } = trades;
  const endCode = 2 * to;
  let code = entryAt(source.plan, position);
  while (code < endCode) {
    const entry = code >> 1;
    const s = code & 1;
    // All ones for a short: selects without a branch.
    const short = -s;
    let stop = pool[stopLong + ((stopShort - stopLong) & short) + entry]!;
    let target = pool[targetLong + ((targetShort - targetLong) & short) + entry]!;
    let even = length;
    let trailing = length;
    let peaksAt = 0;
    if (hasStopAtr) {
      stop = Math.min(stop, pool[stopAtrLong + ((stopAtrShort - stopAtrLong) & short) + entry]!);
    }
    if (hasTargetAtr) {
      const at = targetAtrLong + ((targetAtrShort - targetAtrLong) & short) + entry;
      target = Math.min(target, pool[at]!);
    }
    if (hasEven) even = pool[evenLong + ((evenShort - evenLong) & short) + entry]!;
    if (trails) {
      const at = trailingLong + ((trailingShort - trailingLong) & short) + entry;
      const atrAt = trailingAtrLong + ((trailingAtrShort - trailingAtrLong) & short) + entry;
      const byFraction = pool[at]!;
      const byAtr = pool[atrAt]!;
      trailing = Math.min(byFraction, byAtr);
      peaksAt = byFraction <= byAtr ? at : atrAt;
    }
    let level = Math.min(Math.min(stop, target), Math.min(even, trailing));
    const timeUp = entry + maxCandlesHeld;
    let bySignal = signalExit[code - 2 * from]!;
    if (minProfit !== undefined) {
      const last = Math.min(level, timeUp, length - 1);
      const price = open[entry]! * factors.entry[s]!;
      if (bySignal <= last) bySignal = gainingExit(source, s, price, minProfit, bySignal, last);
    }
    if (activates) {
      // What is activated after the trade has ended lies far away in the table, and is not wanted.
      const activated =
        pool[activationLong + ((activationShort - activationLong) & short) + entry]!;
      if (activated < Math.min(level, Math.min(bySignal, timeUp))) {
        const at = fromPeakLong + ((fromPeakShort - fromPeakLong) & short) + activated;
        const exit = pool[at]!;
        if (exit < trailing) {
          trailing = exit;
          peaksAt = at;
          level = Math.min(level, exit);
        }
      }
    }
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
      if (trailing === level) peak[count] = pool[peaksAt + peaksDistance]!;
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

/**
 * Returns the first exit by a signal that gains enough: one that gains too little decides nothing, so the next one is asked (S-84).
 *
 * @param first - Exit that the signals alone decide.
 * @param last - Exits after it are not wanted.
 */
function gainingExit(
  { prepared, plan, planner }: LaterChainSource,
  s: number,
  price: number,
  minProfit: number,
  first: number,
  last: number,
): number {
  const { close, closes } = prepared;
  const { signalExit, from, to } = plan;
  const { blockShift } = closes;
  const bests = s === 0 ? closes.blockMax : closes.blockMin;
  const blockSize = 1 << blockShift;
  const side = 1 - 2 * s;
  const least = minProfit * price;
  let exit = first;
  while (exit <= last && side * (close[exit - 1]! - price) < least) {
    // Closes that no signal helps are passed over a block at a time.
    let candle = exit;
    if ((candle & (blockSize - 1)) === 0) {
      while (candle <= last && side * (bests[candle >> blockShift]! - price) < least) {
        candle += blockSize;
      }
      if (candle > last) return last + 1;
    }
    exit = candle < to ? signalExit[2 * (candle - from) + s]! : planner.exitFrom(candle, s);
  }
  return exit;
}
