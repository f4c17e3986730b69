import { LONG_ALLOWED, SHORT_ALLOWED } from '../../backtest/index.js';
import type { ExitReason, Trade } from '../../domain/index.js';
import { decimalToNumber } from '../../domain/index.js';
import { commissionOf, isAcrossGap, isAffordable, marketFillPrice } from '../../semantics/index.js';
import { SKIPPED_MAX } from '../core/index.js';
import { exitEvidence } from './exit-evidence.js';
import { Findings, type ParityCause, type ParityRow } from './findings.js';
import {
  DELAYING,
  degradationsIn,
  degradationText,
  instant,
  lateMsMax,
  type ParityContext,
} from './parity-context.js';
import { recordProblems } from './record-problems.js';
import type { RecordedTrade } from './recorded-trade.js';
import { signalEvidence } from './signal-evidence.js';
import { skipOf } from './skip-of.js';

type Cause = Exclude<ParityCause, 'unexplained'>;
type Evidence = readonly [Cause, string];

/** Reasons of the bot that come from data that was late, missing or not to be trusted. */
const DATA_REASONS = [
  'late',
  'market-data-stale',
  'account-stale',
  'account-unconfirmed',
  'hedge-mode',
  'stopping',
  'disk-failing',
  'clock-skew',
  'strategy-failed',
];

/** The bot entered where the backtest did not. */
export function explainOnlyLive(
  context: ParityContext,
  live: RecordedTrade,
  openAtEnd: Trade | undefined,
): ParityRow {
  const findings = new Findings();
  const problems = recordProblems(context, live);
  const found =
    problems.length > 0
      ? undefined
      : openAtEnd === undefined
        ? whyOnlyLive(context, live)
        : stillHeldByBacktest(context, live);
  if (typeof found === 'object') findings.explain(found[0], live.netPnl, found[1]);
  else {
    findings.leave(live.netPnl, problems[0] ?? found ?? 'the backtest did not enter');
    for (const problem of problems.slice(1)) findings.leave(0, problem);
  }
  return findings.row(live, undefined, live.netPnl);
}

function stillHeldByBacktest(context: ParityContext, live: RecordedTrade): Evidence | string {
  const evidence = exitEvidence(context, { ...live, exit: live });
  return evidence === undefined
    ? `closed by ${live.exitReason} ${instant(live.exitTime)}, while the backtest still holds it`
    : [evidence.cause, evidence.text];
}

/** Why the bot entered where the backtest did not; a text alone is no evidence. */
export function whyOnlyLive(context: ParityContext, live: RecordedTrade): Evidence | string {
  const { candles, result, indexOf, lengthMs, session } = context;
  const at = indexOf(live.signalTime);
  const wanted = live.side === 'long' ? 1 : -1;
  const seen = signalEvidence(context, live.signalTime, wanted);
  if (at < 0) return seen === undefined ? 'no such candle' : ['missed-data', seen];
  if (live.signalTime < session.startTime) return 'it was decided before the session';
  const allowed = wanted > 0 ? LONG_ALLOWED : SHORT_ALLOWED;
  const isAllowed = (result.entryMask[at]! & allowed) !== 0;
  if (result.signals[at] !== wanted || !isAllowed) {
    const what = isAllowed ? `the signal ${result.signals[at]}` : 'no permission from the filters';
    return seen === undefined ? `the recorded candles yield ${what}` : ['signal', seen];
  }
  if (at + 1 < candles.length && isAcrossGap(live.signalTime, candles.openTime[at + 1]!, lengthMs))
    return ['missed-data', `the file has no candle of ${instant(live.signalTime + lengthMs)}`];
  return whyBacktestWasNotFree(context, live, at);
}

/** The backtest wanted the same entry and could not take it. */
function whyBacktestWasNotFree(
  context: ParityContext,
  live: RecordedTrade,
  at: number,
): Evidence | string {
  const { result, lengthMs, candles } = context;
  const { run, rules } = result;
  const entryTime = live.signalTime + lengthMs;
  const same = run.trades.find((past) => past.side === live.side && past.entryTime === entryTime);
  if (same !== undefined && same.exitTime <= live.entryFillTime)
    return [
      'timing',
      `the backtest took the same signal, and closed it ${instant(same.exitTime)}, before the bot's order was filled`,
    ];
  const waited = { from: entryTime, to: live.entryFillTime };
  const delays = same === undefined ? [] : degradationsIn(context, waited, DELAYING);
  if (delays.length > 0)
    return ['timing', `the backtest took the same signal at once; ${degradationText(delays)}`];
  const holding = run.trades.find(
    (past) =>
      past.entryTime <= live.signalTime &&
      past.exitTime >= entryTime &&
      !(past.exitReason === 'signal' && past.exitTime === entryTime),
  );
  if (holding !== undefined)
    return ['timing', `the backtest still held its trade of ${instant(holding.entryTime)}`];
  const trippedAt = run.maxCumulativeLossTrippedAt;
  if (trippedAt !== undefined && trippedAt < entryTime)
    return ['timing', 'the backtest had reached its largest loss'];
  const past = run.trades.findLast(({ exitTime }) => exitTime < entryTime);
  if (past !== undefined && isBlockedAfter(result.signals, past, { at, live, rules }))
    return ['timing', `the backtest waited for a new signal after ${past.exitReason}`];
  const open = candles.open[at + 1];
  const balance = past?.balance ?? rules.initialBalance;
  if (open === undefined || !('units' in rules.size)) return 'the backtest did not enter';
  const { units } = rules.size;
  const price = marketFillPrice(open, live.side === 'long' ? 1 : -1, rules.slippageRate);
  const commission = commissionOf(price, units, rules.commissionRate);
  return rules.allowOverdraft || isAffordable(price, units, commission, balance, rules.leverage)
    ? 'the backtest did not enter'
    : ['timing', 'the balance of the backtest was too small'];
}

function isBlockedAfter(
  signals: Int8Array,
  past: Pick<Trade, 'exitIndex' | 'exitReason' | 'side'>,
  entry: {
    readonly at: number;
    readonly live: Pick<RecordedTrade, 'side'>;
    readonly rules: ParityContext['result']['rules'];
  },
): boolean {
  const { at, live, rules } = entry;
  if (rules.reEntry !== 'new-signal' || past.side !== live.side || !isInside(past.exitReason))
    return false;
  const wanted = live.side === 'long' ? 1 : -1;
  return signals.subarray(past.exitIndex, at + 1).every((signal) => signal === wanted);
}

function isInside(reason: ExitReason): boolean {
  return reason !== 'signal' && reason !== 'manual' && reason !== 'risk';
}

/** The backtest entered where the bot did not, or where the bot still holds. */
export function explainOnlyBacktest(context: ParityContext, past: Trade): ParityRow {
  const findings = new Findings();
  const found = whyOnlyBacktest(context, past);
  if (typeof found === 'string') findings.leave(-past.netPnl, found);
  else findings.explain(found[0], -past.netPnl, found[1]);
  return findings.row(undefined, past, -past.netPnl);
}

/** Why the bot did not enter where the backtest did; a text alone is no evidence. */
export function whyOnlyBacktest(context: ParityContext, past: Trade): Evidence | string {
  const { memory, lengthMs } = context;
  const open = openOf(context);
  if (open !== undefined && open.side === past.side && open.entryTime === past.entryTime) {
    const evidence = exitEvidence(context, open);
    return evidence === undefined
      ? `the bot still holds it, the backtest closed by ${past.exitReason} ${instant(past.exitTime)}`
      : [evidence.cause, `the bot still holds it: ${evidence.text}`];
  }
  const skip = skipOf(context, past);
  if (skip !== undefined) {
    const isData = DATA_REASONS.some((reason) => skip.reason.includes(reason));
    return [isData ? 'missed-data' : 'blocked', `not taken: ${skip.reason}`];
  }
  const decided = past.entryTime;
  const held = [...context.trades, ...(open === undefined ? [] : [open])].find(
    ({ side, entryFillTime, ...trade }) =>
      side === past.side &&
      entryFillTime <= decided &&
      ('exitFillTime' in trade ? trade.exitFillTime : Number.POSITIVE_INFINITY) > decided,
  );
  if (held !== undefined)
    return ['timing', `the bot still held its trade of ${instant(held.entryTime)}`];
  // An order may be lost as long as it may be sent.
  const sent = { from: decided, to: decided + lateMsMax(context) };
  const delays = degradationsIn(context, sent, DELAYING);
  if (delays.length > 0) return ['missed-data', `not taken: ${degradationText(delays)}`];
  const before = context.trades.findLast(({ exitFillTime }) => exitFillTime <= decided);
  const byExit = before === undefined ? undefined : whyAfterExit(context, past, before);
  if (byExit !== undefined) return ['timing', byExit];
  const seen = signalEvidence(context, past.entryTime - lengthMs);
  if (seen !== undefined) return ['missed-data', seen];
  const [oldest] = memory.skipped;
  return memory.skipped.length >= SKIPPED_MAX && decided < (oldest?.fromTime ?? 0)
    ? 'the bot did not enter; its record of skipped entries starts later'
    : 'the bot did not enter, without a recorded reason';
}

/** The bot had left the market before in another way than the backtest. */
function whyAfterExit(
  context: ParityContext,
  past: Trade,
  before: RecordedTrade,
): string | undefined {
  const { result, indexOf } = context;
  const { rules, signals } = result;
  const { side, exitReason } = before;
  const exitIndex = indexOf(before.exitTime);
  const left = { side, exitReason, exitIndex };
  if (
    exitIndex >= 0 &&
    isBlockedAfter(signals, left, { at: past.entryIndex - 1, live: past, rules })
  )
    return `the bot waited for a new signal after ${exitReason} ${instant(before.exitTime)}`;
  const agoMs = past.entryTime - before.exitFillTime;
  return side === past.side && isInside(exitReason) && agoMs <= lateMsMax(context)
    ? `the bot had closed its trade only ${Math.round(agoMs / 1000)} s before`
    : undefined;
}

/** What the bot holds at the end of the session. */
function openOf({ memory, session, trades, lengthMs }: ParityContext) {
  const later = trades.find(
    ({ entryTime, exitFillTime }) => entryTime < session.endTime && exitFillTime >= session.endTime,
  );
  if (later !== undefined) {
    const { side, entryTime, entryFillTime, entryPrice, units } = later;
    return { side, entryTime, entryFillTime, entryPrice, units, exit: undefined };
  }
  const { position } = memory;
  if (position === null || position.entered === 0n) return undefined;
  return {
    side: position.side > 0 ? ('long' as const) : ('short' as const),
    entryTime: Math.floor(position.firstFillTime / lengthMs) * lengthMs,
    entryFillTime: position.firstFillTime,
    entryPrice: decimalToNumber(position.entryNotional) / decimalToNumber(position.entered),
    units: decimalToNumber(position.entered),
    exit: undefined,
  };
}
