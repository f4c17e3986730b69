import { ordersOf } from './in-flight.js';
import { BLOCKED_EXIT, isTroubled } from './reminders.js';
import { alert, patchObserved, type StepContext } from './step-context.js';

/** Twice what it takes to prove that an order never arrived, where the exchange answers. */
const PROOFS = 2;

/**
 * Reports once when the outcome of an entry has been unknown for long, which may be a position without a stop, and when an
 * exit is not executed for as long: answers are lost, or the market accepts no orders.
 */
export function watchStuck(ctx: StepContext): void {
  const { position } = ctx.memory;
  if (position === null) watchEntry(ctx);
  else if (position.exit !== null) watchExit(ctx, position.exit.decidedTime);
}

function watchEntry(ctx: StepContext): void {
  // One that ended stays only while not all of its fills are known.
  const entry = ordersOf(ctx.memory).find(({ role }) => role === 'entry');
  if (entry === undefined || !isLong(ctx, entry.sentTime)) return;
  const id = entry.request.clientOrderId;
  const seconds = secondsSince(ctx, entry.sentTime);
  const text =
    entry.phase === 'ended'
      ? `entry order ${id} is filled, but its fills have been unreadable for ${seconds} s: the position has no stop`
      : `the state of entry order ${id} has been unknown for ${seconds} s: it may be a position without a stop`;
  say(ctx, 'entry-unknown', id, text);
}

function watchExit(ctx: StepContext, decidedTime: number): void {
  // Why it cannot leave was said.
  if (isTroubled(ctx.observed, BLOCKED_EXIT)) return;
  if (!isLong(ctx, decidedTime)) return;
  const text = `an exit decided ${secondsSince(ctx, decidedTime)} s ago is not executed yet: check the exchange`;
  say(ctx, 'exit-late', String(decidedTime), text);
}

function isLong({ time, env }: StepContext, since: number): boolean {
  return time - since >= PROOFS * env.limits.absentAfterMs;
}

function secondsSince({ time }: StepContext, since: number): number {
  return Math.round((time - since) / 1_000);
}

function say(
  ctx: StepContext,
  code: 'entry-unknown' | 'exit-late',
  topic: string,
  text: string,
): void {
  if (ctx.observed.stuckReported === topic) return;
  patchObserved(ctx, { stuckReported: topic });
  alert(ctx, 'alarm', code, text);
}
