import { dataBlocks } from './entry-blocks.js';
import type { Hindrance, HindranceReason } from './hindrance.js';
import { ordersOf } from './in-flight.js';
import { remember, type Turn, timeframeOf } from './turn.js';

/** So many are remembered. */
const HINDRANCES_MAX = 200;

/** Notes what begins and ends to hinder the bot. */
export function watchHindrances(turn: Turn): void {
  const { hindrances } = turn.memory;
  const reasons = hindrancesNow(turn);
  const lasting = hindrances.filter(({ toTime }) => toTime === null);
  const begun = reasons.filter((reason) => !lasting.some((known) => known.reason === reason));
  const isOver = ({ reason, toTime }: Hindrance): boolean =>
    toTime === null && !reasons.includes(reason);
  if (begun.length === 0 && !lasting.some(isOver)) return;
  const { time } = turn;
  const kept = hindrances.map((known) => (isOver(known) ? { ...known, toTime: time } : known));
  const added = begun.map((reason) => ({ reason, fromTime: time, toTime: null }));
  remember(turn, { hindrances: [...kept, ...added].slice(-HINDRANCES_MAX) });
}

/** Notes what hindered the bot from one moment to another; goes on with the newest stretch of the reason where that touches it. */
export function noteHindrance(turn: Turn, past: Hindrance & { readonly toTime: number }): void {
  const { hindrances } = turn.memory;
  const at = hindrances.findLastIndex(({ reason }) => reason === past.reason);
  const newest = hindrances[at];
  // Candles in a row that were late are one stretch: less than a candle apart no other one closed.
  const apartMs = past.reason === 'candles-late' ? timeframeOf(turn).lengthMs - 1 : 0;
  const toTime = newest?.toTime ?? Number.NEGATIVE_INFINITY;
  const touches = newest !== undefined && toTime >= past.fromTime - apartMs;
  const joined = touches ? { ...past, fromTime: Math.min(newest.fromTime, past.fromTime) } : past;
  const kept = touches ? hindrances.toSpliced(at, 1) : hindrances;
  remember(turn, { hindrances: [...kept, joined].slice(-HINDRANCES_MAX) });
}

function hindrancesNow(turn: Turn): readonly HindranceReason[] {
  const { trading, mismatch } = turn.memory;
  const reasons: HindranceReason[] = dataBlocks(turn);
  if (trading !== 'active') reasons.push(trading);
  if (mismatch !== null) reasons.push('mismatch');
  if (ordersOf(turn.memory).some(({ phase }) => phase === 'unknown'))
    reasons.push('order-unanswered');
  return reasons;
}
