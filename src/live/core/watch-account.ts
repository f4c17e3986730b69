import { durationText } from './amount-text.js';
import { isFlat, ordersOf } from './in-flight.js';
import { alertOnce, endTrouble } from './reminders.js';
import { alert, patchObserved, type StepContext } from './step-context.js';

const UNSEEN = 'account unseen';

/**
 * Says when a position is open, or an order that may have opened one, and the account was not seen for long, and again each
 * hour while that lasts: there may be no stop. The alarm comes sooner where the exchange answered that it does not know the
 * stop: only the open orders show whether that is so.
 */
export function watchAccount(ctx: StepContext): void {
  const { seenTime, unseenAlarm } = ctx.observed;
  const { position } = ctx.memory;
  const isHolding = !isFlat(ctx.memory);
  const unseenMs = ctx.time - seenTime;
  const isStopUnknown = position !== null && stopUnknownMs(ctx) >= ctx.env.limits.absentAfterMs;
  const isUnseen = isHolding && (unseenMs > ctx.env.limits.accountAgeMsMax || isStopUnknown);
  if (isUnseen) {
    const what = isStopUnknown ? ', and the exchange says that it does not know its stop' : '';
    const text = `a position ${position === null ? 'may be' : 'is'} open and the account could not be read for ${durationText(unseenMs)}${what}: check the exchange`;
    alertOnce(ctx, { level: 'alarm', code: 'account-unseen', topic: UNSEEN }, text);
  }
  if (isUnseen === unseenAlarm) return;
  patchObserved(ctx, { unseenAlarm: isUnseen });
  if (isUnseen) return;
  endTrouble(ctx, UNSEEN);
  if (isHolding) alert(ctx, 'info', 'account-seen', 'the account can be read again');
}

/** How long the exchange has not known the stop while the account could not be read, ms; 0 when it was read since. */
function stopUnknownMs({ memory, observed, time }: StepContext): number {
  const unknownTimes = ordersOf(memory).map(({ role, absence }) =>
    role === 'stop' && absence?.isForgotten !== true ? (absence?.unknownTime ?? null) : null,
  );
  const since = Math.min(...unknownTimes.map((one) => one ?? Number.POSITIVE_INFINITY));
  return since > observed.seenTime && since <= time ? time - since : 0;
}
