import { noteDegradation } from './degradations.js';
import { type LiveOrder, markUnknown } from './order.js';
import { BACKWARDS_MS_MAX, rebase } from './rebase.js';
import { patchObserved, persist, type Turn } from './turn.js';
import { reconcilePendingAtStart } from './unjournaled-orders.js';

/** After a start nothing in flight is certain. */
export function onStart(turn: Turn): void {
  // The clock of the process before was ahead of this one.
  if (turn.memory.aliveTime > turn.time + BACKWARDS_MS_MAX) rebase(turn, turn.memory.aliveTime);
  const { order, others, epoch, aliveTime } = turn.memory;
  if (aliveTime > 0) {
    const fromTime = Math.min(aliveTime, turn.time);
    noteDegradation(turn, { reason: 'absent', fromTime, toTime: turn.time });
  }
  const marked = (known: LiveOrder): LiveOrder => ({
    ...markUnknown(known, 'restarted', turn.time),
    cancelSent: false,
    absence: null,
    pollTime: turn.time,
    // A clock set back since then must not make the order wait for its old time.
    sentTime: Math.min(known.sentTime, turn.time),
  });
  patchObserved(turn, {
    seenTime: turn.time,
    reconcilePending: reconcilePendingAtStart(turn.memory),
  });
  persist(turn, {
    epoch: epoch + 1,
    firstBootTime: turn.memory.firstBootTime ?? turn.time,
    candlesKept: turn.candles.size,
    lateMsMax: turn.context.limits.decisionAgeMsMax,
    order: order && marked(order),
    others: others.map(marked),
  });
}
