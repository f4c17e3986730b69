import { decimalToNumber } from '../../domain/index.js';
import type { RefusalReason } from '../../exchange/ports/index.js';
import type { Failure } from './events.js';
import { isFlat, ordersOf } from './in-flight.js';
import { isWorkingStop } from './order.js';
import { alertOnce, endTrouble, isTroubled } from './reminders.js';
import { alert, patchObserved, type Turn } from './turn.js';

/** What a request was for: a key may read and still not trade. */
export type KeyUse = 'read' | 'trade';

/** What a person looks at first, by the reason of the refusal. */
const CHECKS: Partial<Readonly<Record<RefusalReason, string>>> = {
  key: 'check at the exchange that the key exists, that it permits reading and trading this market, and that it allows the address of this machine',
  signature:
    'the exchange knows the key, but the secret does not match it: check both, then restart',
  'unavailable-here':
    'the exchange does not serve the address of this machine: check its location and network',
};

/**
 * Names a key that the exchange refuses, at the first refusal: until a person acts nothing can be read, placed or
 * cancelled.
 */
export function watchKey(turn: Turn, use: KeyUse, { reason, message }: Failure): void {
  const check = reason === undefined ? undefined : CHECKS[reason];
  if (check === undefined) return;
  const what =
    reason === 'unavailable-here' ? 'the exchange refuses access' : 'the exchange refuses the key';
  if (isSaidOf(turn, use)) return;
  const text = `${what}: ${trimmed(message)}; ${check}. ${stake(turn, use)}`;
  alertOnce(turn, { level: 'alarm', code: 'key-refused', topic: topicOf(use) }, text);
}

/** Whether a request failed for the key, not for what it asked. */
export function isKeyRefusal({ reason }: Failure): boolean {
  return reason !== undefined && CHECKS[reason] !== undefined;
}

/** The exchange answered a signed request. */
export function keyWorks(turn: Turn, use: KeyUse): void {
  if (!endTrouble(turn, topicOf(use))) return;
  // A key that may read again may trade again, as far as anybody knows.
  if (use === 'read') endTrouble(turn, topicOf('trade'));
  else if (isTroubled(turn.observed, topicOf('read'))) return;
  alert(turn, 'info', 'key-accepted', 'the exchange accepts the key again');
}

/** Whether the same trouble was said when the key was used for something else. */
function isSaidOf(turn: Turn, use: KeyUse): boolean {
  const { reminders } = turn.observed;
  if (use === 'trade') return topicOf('read') in reminders;
  const isSaid = topicOf('trade') in reminders && !(topicOf('read') in reminders);
  if (isSaid) patchObserved(turn, { reminders: { ...reminders, [topicOf('read')]: turn.time } });
  return isSaid;
}

const topicOf = (use: KeyUse): string => `key ${use}`;

/** What depends on it. */
function stake({ memory }: Turn, use: KeyUse): string {
  const { position } = memory;
  if (isFlat(memory)) return 'The bot is flat and makes no entries meanwhile';
  if (position === null && use === 'trade')
    return 'The order was not placed, and entries are blocked meanwhile';
  const stop = ordersOf(memory).find(isWorkingStop);
  const trigger =
    stop !== undefined && 'triggerPrice' in stop.request ? stop.request.triggerPrice : undefined;
  const rests =
    trigger === undefined
      ? 'NO stop is known to be on the exchange'
      : `its stop at ${decimalToNumber(trigger)} was on the exchange at the last check`;
  const what = position === null ? 'An order is in flight' : `A position is open, ${rests}`;
  return `${what}: the bot cannot manage it; act on the exchange directly if it is urgent`;
}

function trimmed(message: string): string {
  return message.replace(/[.;\s]+$/, '');
}
