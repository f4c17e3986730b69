import { DAY_MS } from '../../domain/index.js';
import type { BotMemory } from './memory.js';
import type { LiveOrder } from './order.js';
import type { Position } from './position.js';
import { type ObservedState, patchObserved, persist, type Turn } from './turn.js';

/** Measurements of the clock differ by less than this: a jump back by more is one. */
export const BACKWARDS_MS_MAX = 500;

/** Observed times by the clock of the bot have such names. */
const TIME_NAME = /(Time|Since)$/;

/** Puts kept times right after the clock turned out to have been ahead. */
interface Rebase {
  /** Of what happened: not later than now. */
  past(time: number): number;
  /** Of what is to come: as far away as it was, and now where it was over. */
  deadline(time: number): number;
}

/**
 * Puts all times that were kept by a clock that was ahead where they do no harm: what happened did not happen later than
 * now, and what was waited for is waited for as long as it still was. Times of candles and fills are the exchange's.
 *
 * @param turn - At the right time.
 * @param falseTime - What the clock showed before, ms UTC.
 */
export function rebase(turn: Turn, falseTime: number): void {
  const { time } = turn;
  const by: Rebase = {
    past: (then) => Math.min(then, time),
    deadline: (then) => (then <= time ? then : Math.max(time, then - (falseTime - time))),
  };
  patchObserved(turn, rebasedObserved(turn.observed, by));
  persist(turn, rebasedMemory(turn.memory, time, by));
}

function rebasedObserved(
  observed: ObservedState,
  { past, deadline }: Rebase,
): Partial<ObservedState> {
  const times = Object.entries(observed).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'number' && TIME_NAME.test(name) ? [[name, past(value)]] : [],
  );
  const { waitingEntry, reminders } = observed;
  return {
    ...(Object.fromEntries(times) as Partial<ObservedState>),
    reminders: Object.fromEntries(
      Object.entries(reminders).map(([topic, then]) => [topic, past(then)]),
    ),
    waitingEntry: waitingEntry && { ...waitingEntry, untilTime: deadline(waitingEntry.untilTime) },
  };
}

function rebasedMemory(memory: BotMemory, time: number, by: Rebase): Partial<BotMemory> {
  const { past, deadline } = by;
  const { order, others, position, settingsSince, firstBootTime, dailyLossDay } = memory;
  const today = Math.floor(time / DAY_MS);
  return {
    order: order && rebasedOrder(order, by),
    others: others.map((other) => rebasedOrder(other, by)),
    position: position && rebasedPosition(position, by),
    retryTime: deadline(memory.retryTime),
    quietUntil: deadline(memory.quietUntil),
    aliveTime: past(memory.aliveTime),
    fundingLookTime: past(memory.fundingLookTime),
    firstBootTime: firstBootTime && past(firstBootTime),
    settingsSince: { ...settingsSince, time: past(settingsSince.time) },
    entryTimes: memory.entryTimes.map(past),
    unreported: memory.unreported.map((one) => ({ ...one, untilTime: deadline(one.untilTime) })),
    degradations: memory.degradations.map(({ reason, fromTime, toTime }) => ({
      reason,
      fromTime: past(fromTime),
      toTime: toTime && past(toTime),
    })),
    // What was lost on a day that has not come yet was lost today.
    day: Math.min(memory.day, today),
    dailyLossDay: dailyLossDay !== null && dailyLossDay > today ? null : dailyLossDay,
  };
}

/** Whatever is under way is asked for at once. */
function rebasedOrder(order: LiveOrder, { past }: Rebase): LiveOrder {
  return { ...order, sentTime: past(order.sentTime), pollTime: past(order.pollTime) };
}

function rebasedPosition(position: Position, { past }: Rebase): Position {
  const { exit, unprotectedSince } = position;
  return {
    ...position,
    exit: exit && { ...exit, decidedTime: past(exit.decidedTime) },
    unprotectedSince: unprotectedSince && past(unprotectedSince),
  };
}
