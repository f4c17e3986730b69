import type { Degradation, DegradationReason } from './degradation.js';
import { dataBlocks } from './entry-blocks.js';
import { ordersOf } from './in-flight.js';
import { persist, type Turn, timeframeOf } from './turn.js';

/** So many are remembered. */
const DEGRADATIONS_MAX = 200;

/** Notes what begins and ends to hinder the bot. */
export function watchDegradations(turn: Turn): void {
  const { degradations } = turn.memory;
  const reasons = degradationsNow(turn);
  const lasting = degradations.filter(({ toTime }) => toTime === null);
  const begun = reasons.filter((reason) => !lasting.some((known) => known.reason === reason));
  const isOver = ({ reason, toTime }: Degradation): boolean =>
    toTime === null && !reasons.includes(reason);
  if (begun.length === 0 && !lasting.some(isOver)) return;
  const { time } = turn;
  const kept = degradations.map((known) => (isOver(known) ? { ...known, toTime: time } : known));
  const added = begun.map((reason) => ({ reason, fromTime: time, toTime: null }));
  persist(turn, { degradations: [...kept, ...added].slice(-DEGRADATIONS_MAX) });
}

/** Notes what hindered the bot from one moment to another; goes on with the newest stretch of the reason where that touches it. */
export function noteDegradation(turn: Turn, past: Degradation & { readonly toTime: number }): void {
  const { degradations } = turn.memory;
  const at = degradations.findLastIndex(({ reason }) => reason === past.reason);
  const newest = degradations[at];
  // Candles in a row that were late are one stretch: less than a candle apart no other one closed.
  const apartMs = past.reason === 'candles-late' ? timeframeOf(turn).lengthMs - 1 : 0;
  const toTime = newest?.toTime ?? Number.NEGATIVE_INFINITY;
  const touches = newest !== undefined && toTime >= past.fromTime - apartMs;
  const joined = touches ? { ...past, fromTime: Math.min(newest.fromTime, past.fromTime) } : past;
  const kept = touches ? degradations.toSpliced(at, 1) : degradations;
  persist(turn, { degradations: [...kept, joined].slice(-DEGRADATIONS_MAX) });
}

function degradationsNow(turn: Turn): readonly DegradationReason[] {
  const { trading, mismatch } = turn.memory;
  const reasons: DegradationReason[] = dataBlocks(turn);
  if (trading !== 'active') reasons.push(trading);
  if (mismatch !== null) reasons.push('mismatch');
  if (ordersOf(turn.memory).some(({ phase }) => phase === 'unknown'))
    reasons.push('order-unanswered');
  return reasons;
}
