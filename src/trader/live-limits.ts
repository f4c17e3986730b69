import { DEFAULT_LIVE_LIMITS, type LiveLimits } from '../live/index.js';

/** A replayed market tells its prices this much late, real ms. */
export const REPLAY_LATE_MS = 300;
/** How long a request is valid on a clock that goes faster, real ms: a local exchange counts windows so. */
export const FAST_RECV_WINDOW_MS = 2_000;
/** A market that stands still is looked at this often on a clock that goes faster, real ms. */
const CLOSED_POLL_MS = 500;
/** A busy machine may hold a request up by this and still carry it out, real ms. */
const HELD_UP_MS = 5_000;

/**
 * Returns the limits of a bot: what networks and machines need in real time takes longer on a clock that goes faster.
 *
 * @param speed - Multiple of real time; 1 on every real exchange.
 */
export function scaledLimits(speed: number): LiveLimits {
  if (speed === 1) return DEFAULT_LIVE_LIMITS;
  const limits = DEFAULT_LIVE_LIMITS;
  const factor = Math.max(1, speed);
  return {
    ...limits,
    decisionAgeMsMax: limits.decisionAgeMsMax * factor,
    priceAgeMsMax: limits.priceAgeMsMax * factor,
    accountAgeMsMax: limits.accountAgeMsMax * factor,
    accountPollMs: limits.accountPollMs * factor,
    closedPollMs: Math.max(limits.closedPollMs, CLOSED_POLL_MS * factor),
    clockOffsetMsMax: limits.clockOffsetMsMax * factor,
    candleGraceMs: limits.candleGraceMs + REPLAY_LATE_MS * factor,
    unprotectedMsMax: limits.unprotectedMsMax * factor,
    oversleptMsMax: limits.oversleptMsMax * factor,
    sendMsMax: limits.sendMsMax * factor,
    absentAfterMs: (FAST_RECV_WINDOW_MS + HELD_UP_MS) * factor,
  };
}
