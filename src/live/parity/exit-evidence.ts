import {
  DELAYING,
  degradationsIn,
  degradationText,
  instant,
  lateMsMax,
  ORDERED,
  type ParityContext,
} from './parity-context.js';
import type { RecordedTrade } from './recorded-trade.js';
import { type Entered, type ReplayedExit, replayExit } from './replay-exit.js';
import { signalEvidence } from './signal-evidence.js';

/** How a trade of the bot ended; it may still be open. */
export type Ended = Entered &
  Pick<RecordedTrade, 'entryFillTime'> & {
    readonly exit:
      | Pick<RecordedTrade, 'exitTime' | 'exitFillTime' | 'exitReason' | 'netPnl'>
      | undefined;
  };

export interface ExitEvidence {
  readonly cause: 'timing' | 'blocked' | 'signal' | 'missed-data';
  readonly text: string;
}

/** What keeps an exit from being carried out in time. */
const EXITS_DELAYED = [...DELAYING, 'exits-gone'] as const;

/** Prices of the bot lie on ticks, and those that it leaves at may lie one from the last trade. */
const TICKS_APART = 2;
/** The daily loss counts the open position at a price that its exit may better a little. */
const LOSS_SHARE = 0.9;

/**
 * Returns the evidence why the bot ended a trade in another candle, or for another reason, than its backtest; `undefined` if
 * there is none.
 *
 * @param ended - Trade of the bot.
 */
export function exitEvidence(context: ParityContext, ended: Ended): ExitEvidence | undefined {
  const expected = replayExit(context, ended);
  if (expected === undefined) return undefined;
  return (
    byOrder(context, ended) ??
    byRules(context, ended, expected) ??
    byDelay(context, ended, expected) ??
    bySignal(context, ended, expected)
  );
}

/** A person or a limit closed it. */
function byOrder(context: ParityContext, { exit }: Ended): ExitEvidence | undefined {
  if (exit === undefined) return undefined;
  const { exitFillTime, exitReason } = exit;
  if (exitReason !== 'manual' && exitReason !== 'risk') return undefined;
  const lateMs = lateMsMax(context);
  const stretch = { from: exitFillTime - lateMs, to: exitFillTime + lateMs };
  const orders = degradationsIn(context, stretch, ORDERED);
  if (orders.length > 0) {
    const text = `closed by ${exitReason === 'risk' ? 'a limit' : 'a person'}: ${degradationText(orders)}`;
    return { cause: 'blocked', text };
  }
  return exitReason === 'risk' && reachesDailyLimit(context, exit)
    ? { cause: 'blocked', text: 'closed by the limit on the loss of a day' }
    : undefined;
}

function reachesDailyLimit(
  { memory, trades }: ParityContext,
  exit: NonNullable<Ended['exit']>,
): boolean {
  const { risk, onLossLimit } = memory.settings;
  if (onLossLimit !== 'flatten' || risk.maxDailyLoss === undefined) return false;
  const day = instant(exit.exitFillTime).slice(0, 10);
  const profit = trades
    .filter((trade) => instant(trade.exitFillTime).startsWith(day))
    .filter((trade) => trade.exitFillTime <= exit.exitFillTime)
    .reduce((total, { netPnl }) => total + netPnl, 0);
  return -profit >= risk.maxDailyLoss * LOSS_SHARE;
}

/** The rules of the backtest end it so as well, from the bot's own entry or with prices a tick apart. */
function byRules(
  context: ParityContext,
  ended: Ended,
  expected: ReplayedExit,
): ExitEvidence | undefined {
  const timing = (text: string): ExitEvidence => ({ cause: 'timing', text });
  if (isSame(ended, expected))
    return timing('with the entry price of the bot the backtest exits in the same way');
  const { exit } = ended;
  const isInSameCandle = exit?.exitTime === expected.exitTime;
  if (isInSameCandle && expected.ambiguous && exit?.exitReason === 'take-profit')
    return timing('stop and take-profit are in one candle: the bot saw which came first');
  const lateMs = exit === undefined ? -1 : exit.exitFillTime - endOf(context, expected);
  if (exit?.exitReason === expected.exitReason && lateMs >= 0 && lateMs <= lateMsMax(context))
    return timing(`executed ${Math.round(lateMs / 1000)} s after the candle`);
  const apart = TICKS_APART * context.grid.tick;
  for (const low of [-apart, apart]) {
    for (const high of [-apart, apart]) {
      const near = replayExit(context, ended, { low, high });
      if (near !== undefined && isSame(ended, near))
        return timing('a price came within two ticks of the level');
    }
  }
  return undefined;
}

function isSame({ exit }: Ended, expected: ReplayedExit): boolean {
  // Open in both at the end.
  if (exit === undefined) return expected.exitReason === 'end-of-data';
  return exit.exitTime === expected.exitTime && exit.exitReason === expected.exitReason;
}

/** When an exit that was expected is due at the latest. */
function endOf({ lengthMs }: ParityContext, { exitTime, exitReason }: ReplayedExit): number {
  return exitTime + (exitReason === 'signal' ? 0 : lengthMs);
}

/** Something kept the bot from acting in time. */
function byDelay(
  context: ParityContext,
  { entryFillTime, exit }: Ended,
  expected: ReplayedExit,
): ExitEvidence | undefined {
  const { lengthMs, result, session } = context;
  const exitTime = exit?.exitTime ?? session.endTime;
  const due = Math.min(expected.exitTime, exitTime);
  // A trailing stop follows every candle of the trade.
  const from = result.rules.trailingStop === undefined ? due : entryFillTime;
  const to = Math.max(endOf(context, expected), exit?.exitFillTime ?? session.endTime);
  const delays = degradationsIn(context, { from, to: Math.min(to, due + lengthMs) }, EXITS_DELAYED);
  return delays.length === 0
    ? undefined
    : { cause: 'missed-data', text: `the bot was degraded: ${degradationText(delays)}` };
}

/** The bot followed, or did not see, a signal that the file does not have, or has. */
function bySignal(
  context: ParityContext,
  { exit }: Ended,
  expected: ReplayedExit,
): ExitEvidence | undefined {
  const exits = [exit, expected].filter((known) => known?.exitReason === 'signal');
  const [text] = exits.flatMap((known) => {
    const evidence = signalEvidence(context, known!.exitTime - context.lengthMs);
    return evidence === undefined ? [] : [evidence];
  });
  return text === undefined ? undefined : { cause: 'signal', text };
}
