import { durationText } from './amount-text.js';
import { applyEvent } from './apply-event.js';
import { noteDegradation, watchDegradations } from './degradations.js';
import type { Effect } from './effects.js';
import type { BotEvent } from './events.js';
import { expireObserved } from './observe-event.js';
import { BACKWARDS_MS_MAX, rebase } from './rebase.js';
import { nextWakeTime, supervise } from './supervise.js';
import {
  alert,
  type BotState,
  patchObserved,
  persist,
  type ResolvedContext,
  type Turn,
  timeframeOf,
} from './turn.js';

export interface StepResult {
  readonly state: BotState;
  /** To be carried out in this order, after the memory was written. */
  readonly effects: readonly Effect[];
  /** When to send a `timer` event although nothing happens, ms UTC. */
  readonly wakeTime: number;
}

/**
 * Takes one event: the whole of the trader is this pure function.
 *
 * @param state - Bot before the event.
 * @param event - What happened, and when.
 * @param context - Programs and limits.
 * @returns The bot after the event, what it wants done, and when it wants to be woken.
 */
export function step(state: BotState, event: BotEvent, context: ResolvedContext): StepResult {
  const isSetBack = event.time < state.observed.time - BACKWARDS_MS_MAX;
  const time = isSetBack ? event.time : Math.max(event.time, state.observed.time);
  const turn: Turn = {
    time,
    context,
    memory: state.memory,
    observed: { ...state.observed, time, wakeTime: undefined },
    candles: state.candles,
    effects: [],
  };
  if (isSetBack) setBack(turn, state.observed.time);
  else wakeUp(turn, state.observed.wakeTime);
  const entry = isOfFalseTime(event, time) ? undefined : applyEvent(turn, event);
  supervise(turn, entry);
  watchDegradations(turn);
  if (turn.memory !== state.memory) persist(turn, { aliveTime: time });
  const wakeTime = nextWakeTime(turn, timeframeOf(turn).lengthMs);
  patchObserved(turn, { wakeTime });
  const { memory, observed, candles, effects } = turn;
  return { state: { memory, observed, candles }, effects, wakeTime };
}

/**
 * A machine that slept, or a process that was busy for seconds, knows nothing any more: events waited, prices are old, and
 * the clock may have been set meanwhile. Everything is looked at anew before the next order.
 */
function wakeUp(turn: Turn, promised: number | undefined): void {
  if (promised === undefined || turn.time - promised <= turn.context.limits.oversleptMsMax) return;
  noteDegradation(turn, { reason: 'asleep', fromTime: promised, toTime: turn.time });
  // An account that could not be seen before is not seen by waking up.
  if (!turn.observed.unseenAlarm) patchObserved(turn, { seenTime: turn.time });
  expireObserved(turn);
  alert(
    turn,
    'warning',
    'overslept',
    `${durationText(turn.time - promised)} passed without a step, because the machine slept or was busy: the state is reconciled before the next order`,
  );
}

/** The clock turned out to be ahead: kept times would make the bot wait until it is there again. */
function setBack(turn: Turn, falseTime: number): void {
  rebase(turn, falseTime);
  expireObserved(turn);
}

/** An answer to what was asked for by a clock that was ahead proves nothing about now. */
function isOfFalseTime(event: BotEvent, time: number): boolean {
  const isReport = event.type === 'query-answer' && event.report !== undefined;
  return 'askedTime' in event && event.askedTime > time && !isReport;
}
