import { entryMask, LONG_ALLOWED, SHORT_ALLOWED } from '../../filters/entry-filter.js';
import {
  longPermitted,
  type SideSign,
  shortPermitted,
  stillBlocked,
} from '../../semantics/index.js';
import { StrategyWithheld } from '../../strategies/strategy-withheld.js';
import { timeText } from './amount-text.js';
import { checksumWith } from './candle-checksums.js';
import {
  appendCandle,
  type CandleWindow,
  type ClosedCandle,
  candleProblem,
  windowSeries,
} from './candle-window.js';
import { noteDegradation } from './degradations.js';
import { entryBlocks, isAccountAwaited } from './entry-blocks.js';
import { isInsideReason, livedThrough } from './position.js';
import { skipEntry } from './skipped-entries.js';
import {
  alert,
  decisionAgeMsMax,
  type EntryRequest,
  patchObserved,
  persist,
  programOf,
  type Turn,
  timeframeOf,
} from './turn.js';
import { watchInputs } from './watch-inputs.js';

/** A request for candles without an answer is repeated after this. */
const BACKFILL_MS_MAX = 10_000;
/** Days whose candles can be compared with a file later. */
const CHECKSUMS_MAX = 400;
/** A closed candle may seem to close this much later than now: clocks differ. */
const AHEAD_MS_MAX = 5_000;

/**
 * Takes closed candles: each is handled once, in order, and only when the one before is there. A hole in a stream is
 * fetched first; a hole in the answer of the exchange is a hole of the market (S-20).
 *
 * @returns The entry that the newest close decided, if it did.
 */
export function applyCandles(
  turn: Turn,
  candles: readonly ClosedCandle[],
  source: 'stream' | 'back-fill',
): EntryRequest | undefined {
  if (source === 'back-fill') patchObserved(turn, { backfillAskedTime: undefined });
  const { lengthMs } = timeframeOf(turn);
  const fresh: ClosedCandle[] = [];
  let window = turn.candles;
  for (const candle of candles) {
    const problem = candleProblem(candle, lengthMs);
    if (problem !== undefined || candle.openTime + lengthMs > turn.time + AHEAD_MS_MAX) {
      alert(turn, 'warning', 'bad-candle', droppedText(candle, problem));
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
    if (last !== undefined && isHole) noteHole(turn, last + lengthMs, candle.openTime);
    window = appendCandle(window, candle);
    fresh.push(candle);
  }
  turn.candles = window;
  return fresh.length > 0 ? completeCandles(turn, fresh) : undefined;
}

/** What is wrong with a candle, for people. */
function droppedText(candle: ClosedCandle, problem: string | undefined): string {
  const { openTime, open, high, low, close, volume } = candle;
  const time = Number.isSafeInteger(openTime) ? timeText(openTime) : String(openTime);
  const values = `open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`;
  const why = problem === undefined ? 'it is not closed yet' : `its ${problem} is impossible`;
  return `a candle of ${time} was dropped: ${why} (${values}); it is requested again`;
}

/** Asks for the candles after the newest one, or for the whole history at first. */
export function requestBackfill(turn: Turn): void {
  const asked = turn.observed.backfillAskedTime;
  if (asked !== undefined && turn.time < asked + BACKFILL_MS_MAX) return;
  if (turn.time < turn.memory.quietUntil) return;
  const last = newestOpenTime(turn.candles);
  patchObserved(turn, { backfillAskedTime: turn.time });
  turn.effects.push({
    type: 'back-fill',
    fromOpenTime: last === undefined ? undefined : last + timeframeOf(turn).lengthMs,
  });
}

/** When the next candle is overdue, ms UTC. */
export function candleDueTime(
  turn: Pick<Turn, 'candles' | 'memory' | 'context' | 'observed'>,
  lengthMs: number,
): number {
  const asked = turn.observed.backfillAskedTime;
  const last = newestOpenTime(turn.candles);
  const due = last === undefined ? 0 : last + 2 * lengthMs + turn.context.limits.candleGraceMs;
  return asked === undefined ? due : Math.max(due, asked + BACKFILL_MS_MAX);
}

/** Open time of the newest candle. */
export function newestOpenTime(window: CandleWindow): number | undefined {
  return window.length === 0 ? undefined : window.store.columns.openTime[window.length - 1];
}

/** Runs the closes that were not handled yet; on the very first start there is only history. */
function completeCandles(turn: Turn, fresh: readonly ClosedCandle[]): EntryRequest | undefined {
  const { lastOpenTime } = turn.memory;
  const newest = fresh.at(-1)!.openTime;
  if (lastOpenTime === null) {
    const firstDecidedTime = newest + timeframeOf(turn).lengthMs;
    persist(turn, { lastOpenTime: newest, firstDecidedTime });
    return undefined;
  }
  const unhandled = fresh.filter((candle) => candle.openTime > lastOpenTime);
  if (unhandled.length === 0) return undefined;
  const firstOpenTime = turn.candles.store.columns.openTime[0]!;
  const nextTime = lastOpenTime + timeframeOf(turn).lengthMs;
  if (firstOpenTime > nextTime) noteHole(turn, nextTime, firstOpenTime);
  noteLate(turn, unhandled[0]!.openTime + timeframeOf(turn).lengthMs);
  const decisions = decide(turn);
  const first = turn.candles.length - unhandled.length;
  let entry: EntryRequest | undefined;
  unhandled.forEach((candle, k) => {
    complete(turn, candle);
    if (decisions !== undefined) {
      entry = follow(turn, candle, {
        signal: decisions.signals[first + k]!,
        mask: first + k >= programOf(turn).warmUp ? decisions.mask[first + k]! : 0,
        isNewest: candle.openTime === newest,
      });
    }
    persist(turn, { lastOpenTime: candle.openTime });
    addToChecksum(turn, candle);
  });
  return entry;
}

/** Candles that were not handled because the exchange did not have them, or had too many others after them. */
function noteHole(turn: Turn, fromTime: number, toTime: number): void {
  const { lastOpenTime } = turn.memory;
  // A hole in the history was nothing to decide on.
  if (lastOpenTime === null || fromTime <= lastOpenTime) return;
  noteDegradation(turn, { reason: 'candles-missing', fromTime, toTime });
}

/** Half of the age that a decision may have is left for its order. */
function noteLate(turn: Turn, closeTime: number): void {
  if (turn.time - closeTime <= decisionAgeMsMax(turn) / 2) return;
  noteDegradation(turn, { reason: 'candles-late', fromTime: closeTime, toTime: turn.time });
}

function addToChecksum(turn: Turn, candle: ClosedCandle): void {
  const { candleChecksum, candleChecksums } = turn.memory;
  const next = checksumWith(candleChecksum ?? undefined, candle);
  const isNewDay = candleChecksum !== null && next.fromTime !== candleChecksum.fromTime;
  persist(turn, {
    candleChecksum: next,
    ...(isNewDay && {
      candleChecksums: [...candleChecksums, candleChecksum].slice(-CHECKSUMS_MAX),
    }),
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
    const newest = decisions.signals[series.length - 1];
    if (decisions.signals.length !== series.length || ![-1, 0, 1].includes(newest ?? Number.NaN)) {
      throw new RangeError(
        `${program.strategy.name} must return -1, 0 or +1 for every candle: the latest signal is ${newest}`,
      );
    }
    watchInputs(turn, program, series, decisions.signals);
    if (turn.observed.strategyError !== undefined)
      patchObserved(turn, { strategyError: undefined });
    return decisions;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Whoever withholds a strategy reports why.
    const isReported = error instanceof StrategyWithheld;
    if (turn.observed.strategyError !== text && !isReported) {
      const what = `the strategy failed: ${text}; entries are blocked until it works, stops stay active`;
      alert(turn, 'alarm', 'strategy-failed', what);
    }
    patchObserved(turn, { strategyError: text });
    return undefined;
  }
}

/** A position that lived through the candle: its trailing stop moves, once (S-40). */
function complete(turn: Turn, candle: ClosedCandle): void {
  const { position } = turn.memory;
  if (position === null || position.entered === 0n) return;
  if (candle.openTime + timeframeOf(turn).lengthMs <= position.firstFillTime) return;
  persist(turn, { position: livedThrough(position, candle) });
}

/** What strategy and filters say at the close of a candle. */
interface Decision {
  readonly signal: number;
  /** Directions that the filters allow. */
  readonly mask: number;
  readonly isNewest: boolean;
}

/** Decides at the close of a candle as the backtest does (S-03, S-23 to S-26). */
function follow(turn: Turn, candle: ClosedCandle, decision: Decision): EntryRequest | undefined {
  const { rules } = programOf(turn);
  const { signal } = decision;
  patchObserved(turn, { lastSignal: { openTime: candle.openTime, signal } });
  const blockedSide = stillBlocked(turn.memory.blockedSide, signal);
  if (blockedSide !== turn.memory.blockedSide) persist(turn, { blockedSide });
  const { position } = turn.memory;
  if (position !== null && position.exit === null) {
    const leaves = signal === -position.side || (signal === 0 && rules.exitOnNeutral);
    if (!leaves) return undefined;
    persist(turn, {
      position: { ...position, exit: { reason: 'signal', decidedTime: turn.time } },
    });
  }
  const side = permittedSide(turn, decision);
  return side === 0 ? undefined : entryAt(turn, candle, side, decision.isNewest);
}

/** The side of the signal where filters, direction, market and re-entry permit it, otherwise 0. */
function permittedSide(turn: Turn, { signal, mask }: Decision): SideSign | 0 {
  const { rules } = programOf(turn);
  const { position, blockedSide } = turn.memory;
  // A stop that is being carried out blocks its side already (S-26).
  const isStopped = position?.exit != null && isInsideReason(position.exit.reason);
  const blocked = isStopped && rules.reEntry === 'new-signal' ? position.side : blockedSide;
  if (signal === 0 || signal === blocked) return 0;
  if (signal > 0) return (mask & LONG_ALLOWED) !== 0 && longPermitted(rules) ? 1 : 0;
  return (mask & SHORT_ALLOWED) !== 0 && shortPermitted(rules) ? -1 : 0;
}

/** Only a fresh close of the newest candle enters; everything else is reported as skipped. */
function entryAt(
  turn: Turn,
  candle: ClosedCandle,
  side: SideSign,
  isNewest: boolean,
): EntryRequest | undefined {
  const closeTime = candle.openTime + timeframeOf(turn).lengthMs;
  // A decision that waited is not taken (S-20): nobody enters on it hours later.
  const isLate = !isNewest || turn.time - closeTime > decisionAgeMsMax(turn);
  const isReversal = turn.memory.position !== null;
  const isAwaited = isAccountAwaited(turn.observed);
  const blocks = isLate
    ? ['late']
    : entryBlocks(turn, candle.openTime).filter(
        (block) =>
          !(isReversal && block === 'order-in-flight') && !(isAwaited && block === 'account-stale'),
      );
  if (blocks.length > 0) {
    skipEntry(turn, { side, signalTime: candle.openTime }, blocks.join(', '));
    return undefined;
  }
  return {
    side,
    signalTime: candle.openTime,
    decisionPrice: candle.close,
    // A reversal enters when its exit is through (S-24); the account may be a moment away.
    untilTime: isReversal || isAwaited ? closeTime + decisionAgeMsMax(turn) : turn.time,
  };
}
