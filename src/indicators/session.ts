/** A stretch of UTC time that a session indicator begins anew with; weeks begin on Mondays, as the exchange's weekly candles do. */
export type Session = 'day' | 'week' | 'month';

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday, three days after a Monday. */
const DAYS_SINCE_MONDAY = 3;

/**
 * Returns the number of the session that a time is in; consecutive sessions have consecutive numbers.
 *
 * @param session - Length of a session.
 * @param time - ms UTC.
 */
export function sessionOf(session: Session, time: number): number {
  const day = Math.floor(time / DAY_MS);
  switch (session) {
    case 'day':
      return day;
    case 'week':
      return Math.floor((day + DAYS_SINCE_MONDAY) / 7);
    case 'month': {
      const date = new Date(time);
      return 12 * date.getUTCFullYear() + date.getUTCMonth();
    }
  }
}

/**
 * Returns whether a candle is the first of its session; the first candle of all is one only if it opens with the session.
 *
 * @param session - Length of a session.
 * @param openTime - Shape `[n]`, ms UTC.
 * @param i - Index of the candle.
 */
export function startsSession(session: Session, openTime: Float64Array, i: number): boolean {
  const time = openTime[i]!;
  const before = i === 0 ? time - 1 : openTime[i - 1]!;
  return sessionOf(session, before) !== sessionOf(session, time);
}

/**
 * Asserts that a session is known.
 *
 * @param indicator - Name for the message.
 * @param session - What the caller wrote.
 * @throws {RangeError} If it is not one of the three.
 */
export function requireSession(indicator: string, session: string): void {
  if (session === 'day' || session === 'week' || session === 'month') return;
  throw new RangeError(
    `Cannot compute ${indicator} as session must be day, week or month: current value is ${session}`,
  );
}
