import type { Degradation, DegradationReason } from './degradation.js';
import { dataBlocks } from './entry-blocks.js';
import { ordersOf } from './in-flight.js';
import { persist, type StepContext, timeframeOf } from './step-context.js';

/** Intervals that are kept. */
const DEGRADATIONS_MAX = 200;

/** Records the beginnings and ends of degradation intervals. */
export function watchDegradations(ctx: StepContext): void {
  const { degradations } = ctx.memory;
  const reasons = degradationsNow(ctx);
  const lasting = degradations.filter(({ toTime }) => toTime === null);
  const begun = reasons.filter((reason) => !lasting.some((known) => known.reason === reason));
  const isOver = ({ reason, toTime }: Degradation): boolean =>
    toTime === null && !reasons.includes(reason);
  if (begun.length === 0 && !lasting.some(isOver)) return;
  const { time } = ctx;
  const kept = degradations.map((known) => (isOver(known) ? { ...known, toTime: time } : known));
  const added = begun.map((reason) => ({ reason, fromTime: time, toTime: null }));
  persist(ctx, { degradations: [...kept, ...added].slice(-DEGRADATIONS_MAX) });
}

/** Records an interval that is over; it extends the newest one of the same reason where the two touch. */
export function noteDegradation(
  ctx: StepContext,
  past: Degradation & { readonly toTime: number },
): void {
  const { degradations } = ctx.memory;
  const at = degradations.findLastIndex(({ reason }) => reason === past.reason);
  const newest = degradations[at];
  // Candles in a row that were late are one stretch: less than a candle apart no other one closed.
  const apartMs = past.reason === 'candles-late' ? timeframeOf(ctx).lengthMs - 1 : 0;
  const toTime = newest?.toTime ?? Number.NEGATIVE_INFINITY;
  const touches = newest !== undefined && toTime >= past.fromTime - apartMs;
  const joined = touches ? { ...past, fromTime: Math.min(newest.fromTime, past.fromTime) } : past;
  const kept = touches ? degradations.toSpliced(at, 1) : degradations;
  persist(ctx, { degradations: [...kept, joined].slice(-DEGRADATIONS_MAX) });
}

function degradationsNow(ctx: StepContext): readonly DegradationReason[] {
  const { trading, mismatch } = ctx.memory;
  const reasons: DegradationReason[] = dataBlocks(ctx);
  if (trading !== 'active') reasons.push(trading);
  if (mismatch !== null) reasons.push('mismatch');
  if (ordersOf(ctx.memory).some(({ phase }) => phase === 'unknown'))
    reasons.push('order-unanswered');
  return reasons;
}
