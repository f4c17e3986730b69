import { durationText } from './amount-text.js';
import { ordersOf } from './in-flight.js';
import { alertOnce, endTrouble } from './reminders.js';
import { alert, notice, type Turn } from './turn.js';

const UNSEEN = 'account unseen';

/**
 * Says when a position is open, or an order that may have opened one, and the account was not seen for long, and again each
 * hour while that lasts: there may be no stop, and nobody would know.
 */
export function watchAccount(turn: Turn): void {
  const { seenTime, unseenAlarm } = turn.senses;
  const { position } = turn.memory;
  const isHolding = position !== null || ordersOf(turn.memory).length > 0;
  const unseenMs = turn.time - seenTime;
  const isUnseen = isHolding && unseenMs > turn.context.limits.accountAgeMsMax;
  if (isUnseen) {
    const text = `a position ${position === null ? 'may be' : 'is'} open and the account could not be read for ${durationText(unseenMs)}: check the exchange`;
    alertOnce(turn, { level: 'alarm', code: 'account-unseen', topic: UNSEEN }, text);
  }
  if (isUnseen === unseenAlarm) return;
  notice(turn, { unseenAlarm: isUnseen });
  if (isUnseen) return;
  endTrouble(turn, UNSEEN);
  if (isHolding) alert(turn, 'info', 'account-seen', 'the account can be read again');
}
