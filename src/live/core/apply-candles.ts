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
  type StepContext,
  timeframeOf,
} from './step-context.js';
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
  ctx: StepContext,
  candles: readonly ClosedCandle[],
  source: 'stream' | 'back-fill',
): EntryRequest | undefined {
  if (source === 'back-fill') patchObserved(ctx, { backfillAskedTime: undefined });
  const { lengthMs } = timeframeOf(ctx);
  const fresh: ClosedCandle[] = [];
  let window = ctx.candles;
  for (const candle of candles) {
    const problem = candleProblem(candle, lengthMs);
    if (problem !== undefined || candle.openTime + lengthMs > ctx.time + AHEAD_MS_MAX) {
      alert(ctx, 'warning', 'bad-candle', droppedText(candle, problem));
      if (source === 'stream') requestBackfill(ctx);
      continue;
    }
    const last = newestOpenTime(window);
    if (last !== undefined && candle.openTime <= last) continue;
    const isHole = last === undefined || candle.openTime !== last + lengthMs;
    if (isHole && source === 'stream') {
      requestBackfill(ctx);
      break;
    }
    if (last !== undefined && isHole) noteHole(ctx, last + lengthMs, candle.openTime);
    window = appendCandle(window, candle);
    fresh.push(candle);
  }
  ctx.candles = window;
  return fresh.length > 0 ? completeCandles(ctx, fresh) : undefined;
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
export function requestBackfill(ctx: StepContext): void {
  const asked = ctx.observed.backfillAskedTime;
  if (asked !== undefined && ctx.time < asked + BACKFILL_MS_MAX) return;
  if (ctx.time < ctx.memory.quietUntil) return;
  const last = newestOpenTime(ctx.candles);
  patchObserved(ctx, { backfillAskedTime: ctx.time });
  ctx.effects.push({
    type: 'back-fill',
    fromOpenTime: last === undefined ? undefined : last + timeframeOf(ctx).lengthMs,
  });
}

/** When the next candle is overdue, ms UTC. */
export function candleDueTime(
  ctx: Pick<StepContext, 'candles' | 'memory' | 'env' | 'observed'>,
  lengthMs: number,
): number {
  const asked = ctx.observed.backfillAskedTime;
  const last = newestOpenTime(ctx.candles);
  const due = last === undefined ? 0 : last + 2 * lengthMs + ctx.env.limits.candleGraceMs;
  return asked === undefined ? due : Math.max(due, asked + BACKFILL_MS_MAX);
}

/** Open time of the newest candle. */
export function newestOpenTime(window: CandleWindow): number | undefined {
  return window.length === 0 ? undefined : window.store.columns.openTime[window.length - 1];
}

/** Runs the closes that were not handled yet; on the very first start there is only history. */
function completeCandles(
  ctx: StepContext,
  fresh: readonly ClosedCandle[],
): EntryRequest | undefined {
  const { lastOpenTime } = ctx.memory;
  const newest = fresh.at(-1)!.openTime;
  if (lastOpenTime === null) {
    const firstDecidedTime = newest + timeframeOf(ctx).lengthMs;
    persist(ctx, { lastOpenTime: newest, firstDecidedTime });
    return undefined;
  }
  const unhandled = fresh.filter((candle) => candle.openTime > lastOpenTime);
  if (unhandled.length === 0) return undefined;
  const firstOpenTime = ctx.candles.store.columns.openTime[0]!;
  const nextTime = lastOpenTime + timeframeOf(ctx).lengthMs;
  if (firstOpenTime > nextTime) noteHole(ctx, nextTime, firstOpenTime);
  noteLate(ctx, unhandled[0]!.openTime + timeframeOf(ctx).lengthMs);
  const decisions = decide(ctx);
  const first = ctx.candles.length - unhandled.length;
  let entry: EntryRequest | undefined;
  unhandled.forEach((candle, k) => {
    complete(ctx, candle);
    if (decisions !== undefined) {
      entry = follow(ctx, candle, {
        signal: decisions.signals[first + k]!,
        mask: first + k >= programOf(ctx).warmUp ? decisions.mask[first + k]! : 0,
        isNewest: candle.openTime === newest,
      });
    }
    persist(ctx, { lastOpenTime: candle.openTime });
    addToChecksum(ctx, candle);
  });
  return entry;
}

/** Candles that were not handled because the exchange did not have them, or had too many others after them. */
function noteHole(ctx: StepContext, fromTime: number, toTime: number): void {
  const { lastOpenTime } = ctx.memory;
  // A hole in the history was nothing to decide on.
  if (lastOpenTime === null || fromTime <= lastOpenTime) return;
  noteDegradation(ctx, { reason: 'candles-missing', fromTime, toTime });
}

/** Half of the age that a decision may have is left for its order. */
function noteLate(ctx: StepContext, closeTime: number): void {
  if (ctx.time - closeTime <= decisionAgeMsMax(ctx) / 2) return;
  noteDegradation(ctx, { reason: 'candles-late', fromTime: closeTime, toTime: ctx.time });
}

function addToChecksum(ctx: StepContext, candle: ClosedCandle): void {
  const { candleChecksum, candleChecksums } = ctx.memory;
  const next = checksumWith(candleChecksum ?? undefined, candle);
  const isNewDay = candleChecksum !== null && next.fromTime !== candleChecksum.fromTime;
  persist(ctx, {
    candleChecksum: next,
    ...(isNewDay && {
      candleChecksums: [...candleChecksums, candleChecksum].slice(-CHECKSUMS_MAX),
    }),
  });
}

/** Signals and entry mask of the window; `undefined` after a failure of the strategy, which pauses entries. */
function decide(ctx: StepContext): { signals: Int8Array; mask: Uint8Array } | undefined {
  try {
    const program = programOf(ctx);
    const series = windowSeries(ctx.candles);
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
    watchInputs(ctx, program, series, decisions.signals);
    if (ctx.observed.strategyError !== undefined) patchObserved(ctx, { strategyError: undefined });
    return decisions;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Whoever withholds a strategy reports why.
    const isReported = error instanceof StrategyWithheld;
    if (ctx.observed.strategyError !== text && !isReported) {
      const what = `the strategy failed: ${text}; entries are blocked until it works, stops stay active`;
      alert(ctx, 'alarm', 'strategy-failed', what);
    }
    patchObserved(ctx, { strategyError: text });
    return undefined;
  }
}

/** A position that lived through the candle: its trailing stop moves, once (S-40). */
function complete(ctx: StepContext, candle: ClosedCandle): void {
  const { position } = ctx.memory;
  if (position === null || position.entered === 0n) return;
  if (candle.openTime + timeframeOf(ctx).lengthMs <= position.firstFillTime) return;
  persist(ctx, { position: livedThrough(position, candle) });
}

/** What strategy and filters say at the close of a candle. */
interface Decision {
  readonly signal: number;
  /** Directions that the filters allow. */
  readonly mask: number;
  readonly isNewest: boolean;
}

/** Decides at the close of a candle as the backtest does (S-03, S-23 to S-26). */
function follow(
  ctx: StepContext,
  candle: ClosedCandle,
  decision: Decision,
): EntryRequest | undefined {
  const { rules } = programOf(ctx);
  const { signal } = decision;
  patchObserved(ctx, { lastSignal: { openTime: candle.openTime, signal } });
  const blockedSide = stillBlocked(ctx.memory.blockedSide, signal);
  if (blockedSide !== ctx.memory.blockedSide) persist(ctx, { blockedSide });
  const { position } = ctx.memory;
  if (position !== null && position.exit === null) {
    const leaves = signal === -position.side || (signal === 0 && rules.exitOnNeutral);
    if (!leaves) return undefined;
    persist(ctx, {
      position: { ...position, exit: { reason: 'signal', decidedTime: ctx.time } },
    });
  }
  const side = permittedSide(ctx, decision);
  return side === 0 ? undefined : entryAt(ctx, candle, side, decision.isNewest);
}

/** The side of the signal where filters, direction, market and re-entry permit it, otherwise 0. */
function permittedSide(ctx: StepContext, { signal, mask }: Decision): SideSign | 0 {
  const { rules } = programOf(ctx);
  const { position, blockedSide } = ctx.memory;
  // A stop that is being carried out blocks its side already (S-26).
  const isStopped = position?.exit != null && isInsideReason(position.exit.reason);
  const blocked = isStopped && rules.reEntry === 'new-signal' ? position.side : blockedSide;
  if (signal === 0 || signal === blocked) return 0;
  if (signal > 0) return (mask & LONG_ALLOWED) !== 0 && longPermitted(rules) ? 1 : 0;
  return (mask & SHORT_ALLOWED) !== 0 && shortPermitted(rules) ? -1 : 0;
}

/** Only a fresh close of the newest candle enters; everything else is reported as skipped. */
function entryAt(
  ctx: StepContext,
  candle: ClosedCandle,
  side: SideSign,
  isNewest: boolean,
): EntryRequest | undefined {
  const closeTime = candle.openTime + timeframeOf(ctx).lengthMs;
  // A decision that waited is not taken (S-20): an entry hours later would be another trade.
  const isLate = !isNewest || ctx.time - closeTime > decisionAgeMsMax(ctx);
  const isReversal = ctx.memory.position !== null;
  const isAwaited = isAccountAwaited(ctx.observed);
  const blocks = isLate
    ? ['late']
    : entryBlocks(ctx, candle.openTime).filter(
        (block) =>
          !(isReversal && block === 'order-in-flight') && !(isAwaited && block === 'account-stale'),
      );
  if (blocks.length > 0) {
    skipEntry(ctx, { side, signalTime: candle.openTime }, blocks.join(', '));
    return undefined;
  }
  return {
    side,
    signalTime: candle.openTime,
    decisionPrice: candle.close,
    // A reversal enters when its exit is through (S-24); the account may be a moment away.
    untilTime: isReversal || isAwaited ? closeTime + decisionAgeMsMax(ctx) : ctx.time,
  };
}
