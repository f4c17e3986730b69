import { noteDegradation } from './degradations.js';
import { type LiveOrder, markUnknown } from './order.js';
import { BACKWARDS_MS_MAX, rebase } from './rebase.js';
import { patchObserved, persist, type StepContext } from './step-context.js';
import { reconcilePendingAtStart } from './unjournaled-orders.js';

/** After a start nothing in flight is certain. */
export function onStart(ctx: StepContext): void {
  // The clock of the process before was ahead of this one.
  if (ctx.memory.aliveTime > ctx.time + BACKWARDS_MS_MAX) rebase(ctx, ctx.memory.aliveTime);
  const { order, others, epoch, aliveTime } = ctx.memory;
  if (aliveTime > 0) {
    const fromTime = Math.min(aliveTime, ctx.time);
    noteDegradation(ctx, { reason: 'absent', fromTime, toTime: ctx.time });
  }
  const marked = (known: LiveOrder): LiveOrder => ({
    ...markUnknown(known, 'restarted', ctx.time),
    cancelSent: false,
    absence: null,
    pollTime: ctx.time,
    // A clock set back since then must not make the order wait for its old time.
    sentTime: Math.min(known.sentTime, ctx.time),
  });
  patchObserved(ctx, {
    seenTime: ctx.time,
    reconcilePending: reconcilePendingAtStart(ctx.memory),
  });
  persist(ctx, {
    epoch: epoch + 1,
    firstBootTime: ctx.memory.firstBootTime ?? ctx.time,
    candlesKept: ctx.candles.size,
    lateMsMax: ctx.env.limits.decisionAgeMsMax,
    order: order && marked(order),
    others: others.map(marked),
  });
}
