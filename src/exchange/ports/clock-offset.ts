/** Timestamps sent this much too early are still accepted, too late ones hardly: lean backwards. */
const SAFETY_MS = 50;
/** A measurement this slow says nothing about the clock. */
const ROUND_TRIP_MS_MAX = 5_000;

/** How far the clock of an exchange runs ahead of ours. */
export interface ClockOffset {
  /** Exchange time minus our time, less a small safety margin; ms. 0 before the first measurement. */
  readonly offsetMs: number;
  /** Half of the round trip of the measurement: the offset is no more exact than this; ms. */
  readonly uncertaintyMs: number;
  /** When it was measured by our clock, ms UTC; `undefined` before. */
  readonly measuredTime: number | undefined;
}

export const UNMEASURED_OFFSET: ClockOffset = {
  offsetMs: 0,
  uncertaintyMs: Number.POSITIVE_INFINITY,
  measuredTime: undefined,
};

/**
 * Returns the offset that one question for the time shows.
 *
 * @param sentTime - Our clock before the question, ms UTC.
 * @param receivedTime - Our clock after the answer, ms UTC.
 * @param serverTime - The answer, ms UTC.
 * @param roundTripMsMax - Longest time that an answer may take; ms.
 * @returns `undefined` if the answer took too long, or our clock jumped meanwhile.
 */
export function measureClockOffset(
  sentTime: number,
  receivedTime: number,
  serverTime: number,
  roundTripMsMax = ROUND_TRIP_MS_MAX,
): ClockOffset | undefined {
  const roundTripMs = receivedTime - sentTime;
  if (roundTripMs < 0 || roundTripMs > roundTripMsMax) return undefined;
  return {
    offsetMs: Math.floor(serverTime - (sentTime + roundTripMs / 2)) - SAFETY_MS,
    uncertaintyMs: roundTripMs / 2,
    measuredTime: receivedTime,
  };
}
