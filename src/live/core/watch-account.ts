import { ordersOf } from './in-flight.js';
import { alert, notice, type Turn } from './turn.js';

/**
 * Says once when a position is open, or an order that may have opened one, and the account was not seen for long: there may be
 * no stop, and nobody would know.
 */
export function watchAccount(turn: Turn): void {
  const { seenTime, unseenAlarm } = turn.senses;
  const { position } = turn.memory;
  const isHolding = position !== null || ordersOf(turn.memory).length > 0;
  const unseenMs = turn.time - seenTime;
  const isUnseen = isHolding && unseenMs > turn.context.limits.accountAgeMsMax;
  if (isUnseen === unseenAlarm) return;
  notice(turn, { unseenAlarm: isUnseen });
  if (isUnseen) {
    const seconds = Math.round(unseenMs / 1_000);
    alert(
      turn,
      'alarm',
      'account-unseen',
      `a position ${position === null ? 'may be' : 'is'} open and the account could not be seen for ${seconds} s: look at the exchange`,
    );
  } else if (isHolding) alert(turn, 'info', 'account-seen', 'the account can be seen again');
}
