import { durationText } from './amount-text.js';
import { isFlat, ordersOf } from './in-flight.js';
import { alertOnce, endTrouble } from './reminders.js';
import { alert, patchObserved, type Turn } from './turn.js';

const UNSEEN = 'account unseen';

/**
 * Says when a position is open, or an order that may have opened one, and the account was not seen for long, and again each
 * hour while that lasts: there may be no stop, and nobody would know. It is said sooner where the exchange answered that it
 * does not know the stop: whether that is so only a look at the open orders shows.
 */
export function watchAccount(turn: Turn): void {
  const { seenTime, unseenAlarm } = turn.observed;
  const { position } = turn.memory;
  const isHolding = !isFlat(turn.memory);
  const unseenMs = turn.time - seenTime;
  const isStopUnknown =
    position !== null && stopUnknownMs(turn) >= turn.context.limits.absentAfterMs;
  const isUnseen = isHolding && (unseenMs > turn.context.limits.accountAgeMsMax || isStopUnknown);
  if (isUnseen) {
    const what = isStopUnknown ? ', and the exchange says that it does not know its stop' : '';
    const text = `a position ${position === null ? 'may be' : 'is'} open and the account could not be read for ${durationText(unseenMs)}${what}: check the exchange`;
    alertOnce(turn, { level: 'alarm', code: 'account-unseen', topic: UNSEEN }, text);
  }
  if (isUnseen === unseenAlarm) return;
  patchObserved(turn, { unseenAlarm: isUnseen });
  if (isUnseen) return;
  endTrouble(turn, UNSEEN);
  if (isHolding) alert(turn, 'info', 'account-seen', 'the account can be read again');
}

/** How long the exchange has not known the stop while the account could not be read, ms; 0 when it was read since. */
function stopUnknownMs({ memory, observed, time }: Turn): number {
  const unknownTimes = ordersOf(memory).map(({ leg, absence }) =>
    leg === 'stop' && absence?.isForgotten !== true ? (absence?.unknownTime ?? null) : null,
  );
  const since = Math.min(...unknownTimes.map((one) => one ?? Number.POSITIVE_INFINITY));
  return since > observed.seenTime && since <= time ? time - since : 0;
}
