import { LONG_ALLOWED } from '../../backtest/index.js';
import { entryMask } from '../../filters/index.js';
import { longPermitted, stillBlocked } from '../../semantics/index.js';
import {
  appendCandle,
  type CandleWindow,
  type ClosedCandle,
  candleProblem,
  windowSeries,
} from './candle-window.js';
import { entryBlocks } from './entry-blocks.js';
import { livedThrough } from './position.js';
import { alert, notice, programOf, remember, type Turn, timeframeOf } from './turn.js';

/** A request for candles without an answer is repeated after this. */
const BACKFILL_MS_MAX = 10_000;
/** A closed candle may seem to close this much later than now: clocks differ. */
const AHEAD_MS_MAX = 5_000;

/**
 * Takes closed candles: each is handled once, in order, and only when the one before is there. A hole in a stream is
 * fetched first; a hole in the answer of the exchange is a hole of the market (S-20).
 */
export function hearCandles(
  turn: Turn,
  candles: readonly ClosedCandle[],
  source: 'stream' | 'back-fill',
): void {
  if (source === 'back-fill') notice(turn, { backfillAskedTime: undefined });
  const { lengthMs } = timeframeOf(turn);
  const fresh: ClosedCandle[] = [];
  let window = turn.candles;
  for (const candle of candles) {
    const problem = candleProblem(candle, lengthMs);
    if (problem !== undefined || candle.openTime + lengthMs > turn.time + AHEAD_MS_MAX) {
      alert(turn, 'warning', 'bad-candle', `candle dropped: ${problem ?? 'it is not closed yet'}`);
      if (source === 'stream') requestBackfill(turn);
      continue;
    }
    const last = newestOpenTime(window);
    if (last !== undefined && candle.openTime <= last) continue;
    const isHole = last === undefined || candle.openTime !== last + lengthMs;
    if (isHole && source === 'stream') {
      requestBackfill(turn);
      break;
    }
    window = appendCandle(window, candle);
    fresh.push(candle);
  }
  turn.candles = window;
  if (fresh.length > 0) completeCandles(turn, fresh);
}

/** Asks for the candles after the newest one, or for the whole history at first. */
export function requestBackfill(turn: Turn): void {
  const asked = turn.senses.backfillAskedTime;
  if (asked !== undefined && turn.time < asked + BACKFILL_MS_MAX) return;
  if (turn.time < turn.memory.quietUntil) return;
  const last = newestOpenTime(turn.candles);
  notice(turn, { backfillAskedTime: turn.time });
  turn.effects.push({
    type: 'back-fill',
    fromOpenTime: last === undefined ? undefined : last + timeframeOf(turn).lengthMs,
  });
}

/** When the next candle is overdue, ms UTC. */
export function candleDueTime(
  turn: Pick<Turn, 'candles' | 'memory' | 'context' | 'senses'>,
  lengthMs: number,
): number {
  const asked = turn.senses.backfillAskedTime;
  const last = newestOpenTime(turn.candles);
  const due = last === undefined ? 0 : last + 2 * lengthMs + turn.context.limits.candleGraceMs;
  return asked === undefined ? due : Math.max(due, asked + BACKFILL_MS_MAX);
}

/** Open time of the newest candle. */
export function newestOpenTime(window: CandleWindow): number | undefined {
  return window.length === 0 ? undefined : window.store.columns.openTime[window.length - 1];
}

/** Runs the closes that were not handled yet; on the very first start there is only history. */
function completeCandles(turn: Turn, fresh: readonly ClosedCandle[]): void {
  const { lastOpenTime } = turn.memory;
  const newest = fresh.at(-1)!.openTime;
  if (lastOpenTime === null) {
    remember(turn, { lastOpenTime: newest });
    return;
  }
  const unhandled = fresh.filter((candle) => candle.openTime > lastOpenTime);
  if (unhandled.length === 0) return;
  const decisions = decide(turn);
  const first = turn.candles.length - unhandled.length;
  unhandled.forEach((candle, k) => {
    complete(turn, candle);
    if (decisions !== undefined) {
      follow(turn, candle, {
        signal: decisions.signals[first + k]!,
        isLongAllowed:
          (decisions.mask[first + k]! & LONG_ALLOWED) !== 0 && first + k >= programOf(turn).warmUp,
        isNewest: candle.openTime === newest,
      });
    }
    remember(turn, { lastOpenTime: candle.openTime });
  });
}

/** Signals and entry mask of the window; `undefined` after a failure of the strategy, which pauses entries. */
function decide(turn: Turn): { signals: Int8Array; mask: Uint8Array } | undefined {
  try {
    const program = programOf(turn);
    const series = windowSeries(turn.candles);
    const decisions = {
      signals: program.strategy.signals(series, program.parameters),
      mask: entryMask(series, program.filters),
    };
    if (turn.senses.strategyError !== undefined) notice(turn, { strategyError: undefined });
    return decisions;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (turn.senses.strategyError !== text) alert(turn, 'alarm', 'strategy-failed', text);
    notice(turn, { strategyError: text });
    return undefined;
  }
}

/** A position that lived through the candle: its trailing stop moves, once (S-40). */
function complete(turn: Turn, candle: ClosedCandle): void {
  const { position } = turn.memory;
  if (position === null || position.bought === 0n) return;
  if (candle.openTime + timeframeOf(turn).lengthMs <= position.firstFillTime) return;
  remember(turn, { position: livedThrough(position, candle) });
}

/** Decides at the close of a candle as the backtest does (S-03, S-23 to S-26). */
function follow(
  turn: Turn,
  candle: ClosedCandle,
  decision: {
    readonly signal: number;
    readonly isLongAllowed: boolean;
    readonly isNewest: boolean;
  },
): void {
  const { rules } = programOf(turn);
  const { signal } = decision;
  const blockedSide = stillBlocked(turn.memory.blockedSide, signal);
  if (blockedSide !== turn.memory.blockedSide) remember(turn, { blockedSide });
  const { position } = turn.memory;
  if (position !== null) {
    const leaves = signal < 0 || (signal === 0 && rules.exitOnNeutral);
    if (leaves && position.exit === null) {
      remember(turn, {
        position: { ...position, exit: { reason: 'signal', decidedTime: turn.time } },
      });
    }
    return;
  }
  if (signal <= 0 || signal === blockedSide || !decision.isLongAllowed || !longPermitted(rules))
    return;
  wantEntry(turn, candle, decision.isNewest);
}

/** Only a fresh close of the newest candle enters; everything else is said and dropped. */
function wantEntry(turn: Turn, candle: ClosedCandle, isNewest: boolean): void {
  const { lengthMs } = timeframeOf(turn);
  const ageMs = turn.time - (candle.openTime + lengthMs);
  const ageMsMax = Math.min(turn.context.limits.decisionAgeMsMax, lengthMs / 2);
  // A decision that waited is not taken (S-20): nobody enters on it hours later.
  const isLate = !isNewest || ageMs > ageMsMax;
  const blocks = isLate ? ['late'] : entryBlocks(turn, candle.openTime);
  if (blocks.length > 0) {
    alert(turn, 'info', 'entry-skipped', `entry not taken: ${blocks.join(', ')}`);
    return;
  }
  notice(turn, { entryWanted: { signalTime: candle.openTime, decisionPrice: candle.close } });
}
