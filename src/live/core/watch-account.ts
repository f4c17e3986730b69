import { alert, notice, type Turn } from './turn.js';

/** Says once when a position is open and the account was not seen for long: its stop may be gone, and nobody would know. */
export function watchAccount(turn: Turn): void {
  const { seenTime, unseenAlarm } = turn.senses;
  const isHolding = turn.memory.position !== null;
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
      `a position is open and the account could not be seen for ${seconds} s: look at the exchange`,
    );
  } else if (isHolding) alert(turn, 'info', 'account-seen', 'the account can be seen again');
}
