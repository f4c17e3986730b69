/** A period `[start, end)`, ms UTC. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns what two periods have in common.
 *
 * @param a - Period.
 * @param b - Period.
 * @returns `undefined` when they only touch or lie apart.
 */
export function overlap(a: Period, b: Period): Period | undefined {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : undefined;
}

/**
 * Returns the share of a period that another one covers.
 *
 * @param period - Whole, not empty.
 * @param other - May cover part of it.
 * @returns Fraction, 0 to 1.
 */
export function coveredShare(period: Period, other: Period): number {
  const common = overlap(period, other);
  return common === undefined ? 0 : (common.end - common.start) / (period.end - period.start);
}
