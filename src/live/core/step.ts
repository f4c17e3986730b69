import { durationText } from './amount-text.js';
import { applyEvent } from './apply-event.js';
import { noteDegradation, watchDegradations } from './degradations.js';
import type { Effect } from './effects.js';
import type { BotEvent } from './events.js';
import { expireObserved } from './observe-event.js';
import { BACKWARDS_MS_MAX, rebase } from './rebase.js';
import {
  alert,
  type BotState,
  patchObserved,
  persist,
  type StepContext,
  type StepEnvironment,
  timeframeOf,
} from './step-context.js';
import { nextWakeTime, supervise } from './supervise.js';

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
 * @param env - Programs and limits.
 * @returns The bot after the event, what it wants done, and when it wants to be woken.
 */
export function step(state: BotState, event: BotEvent, env: StepEnvironment): StepResult {
  const isSetBack = event.time < state.observed.time - BACKWARDS_MS_MAX;
  const time = isSetBack ? event.time : Math.max(event.time, state.observed.time);
  const ctx: StepContext = {
    time,
    env,
    memory: state.memory,
    observed: { ...state.observed, time, wakeTime: undefined },
    candles: state.candles,
    effects: [],
  };
  if (isSetBack) setBack(ctx, state.observed.time);
  else wakeUp(ctx, state.observed.wakeTime);
  const entry = isOfFalseTime(event, time) ? undefined : applyEvent(ctx, event);
  supervise(ctx, entry);
  watchDegradations(ctx);
  if (ctx.memory !== state.memory) persist(ctx, { aliveTime: time });
  const wakeTime = nextWakeTime(ctx, timeframeOf(ctx).lengthMs);
  patchObserved(ctx, { wakeTime });
  const { memory, observed, candles, effects } = ctx;
  return { state: { memory, observed, candles }, effects, wakeTime };
}

/**
 * A machine that slept, or a process that was busy for seconds, knows nothing any more: events waited, prices are old, and
 * the clock may have been set meanwhile. Everything is fetched again before the next order.
 */
function wakeUp(ctx: StepContext, promised: number | undefined): void {
  if (promised === undefined || ctx.time - promised <= ctx.env.limits.oversleptMsMax) return;
  noteDegradation(ctx, { reason: 'asleep', fromTime: promised, toTime: ctx.time });
  // An account that could not be seen before is not seen by waking up.
  if (!ctx.observed.unseenAlarm) patchObserved(ctx, { seenTime: ctx.time });
  expireObserved(ctx);
  alert(
    ctx,
    'warning',
    'overslept',
    `${durationText(ctx.time - promised)} passed without a step, because the machine slept or was busy: the state is reconciled before the next order`,
  );
}

/** The clock turned out to be ahead: kept times would make the bot wait until it is there again. */
function setBack(ctx: StepContext, falseTime: number): void {
  rebase(ctx, falseTime);
  expireObserved(ctx);
}

/** An answer to what was asked for by a clock that was ahead proves nothing about now. */
function isOfFalseTime(event: BotEvent, time: number): boolean {
  const isReport = event.type === 'query-answer' && event.report !== undefined;
  return 'askedTime' in event && event.askedTime > time && !isReport;
}
