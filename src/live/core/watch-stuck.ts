import { ordersOf } from './in-flight.js';
import { BLOCKED_EXIT, isTroubled } from './reminders.js';
import { alert, patchObserved, type Turn } from './turn.js';

/** Twice what it takes to prove that an order never arrived, where the exchange answers. */
const PROOFS = 2;

/**
 * Says once when nobody can tell for long what became of an entry, which may be a position without a stop, and when an exit
 * is not carried out for as long: answers are lost, or the market takes no orders.
 */
export function watchStuck(turn: Turn): void {
  const { position } = turn.memory;
  if (position === null) watchEntry(turn);
  else if (position.exit !== null) watchExit(turn, position.exit.decidedTime);
}

function watchEntry(turn: Turn): void {
  // One that ended stays only while not all of its fills are known.
  const entry = ordersOf(turn.memory).find(({ leg }) => leg === 'entry');
  if (entry === undefined || !isLong(turn, entry.sentTime)) return;
  const id = entry.request.clientOrderId;
  const seconds = secondsSince(turn, entry.sentTime);
  const text =
    entry.phase === 'ended'
      ? `entry order ${id} is filled, but its fills have been unreadable for ${seconds} s: the position has no stop`
      : `the state of entry order ${id} has been unknown for ${seconds} s: it may be a position without a stop`;
  say(turn, 'entry-unknown', id, text);
}

function watchExit(turn: Turn, decidedTime: number): void {
  // Why it cannot leave was said.
  if (isTroubled(turn.observed, BLOCKED_EXIT)) return;
  if (!isLong(turn, decidedTime)) return;
  const text = `an exit decided ${secondsSince(turn, decidedTime)} s ago is not executed yet: check the exchange`;
  say(turn, 'exit-late', String(decidedTime), text);
}

function isLong({ time, context }: Turn, since: number): boolean {
  return time - since >= PROOFS * context.limits.absentAfterMs;
}

function secondsSince({ time }: Turn, since: number): number {
  return Math.round((time - since) / 1_000);
}

function say(turn: Turn, code: 'entry-unknown' | 'exit-late', topic: string, text: string): void {
  if (turn.observed.stuckReported === topic) return;
  patchObserved(turn, { stuckReported: topic });
  alert(turn, 'alarm', code, text);
}
