/**
 * Returns a figure for a file that people read; `null` for what is not there or has no end.
 *
 * @param value - Any number; six digits are kept, as more would be noise.
 */
export function judgementFigure(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(6));
}

/** Digits that a double surely has. */
const EXACT_DIGITS = 15;

/**
 * Returns a chance for a file: whole, as programs compare it.
 *
 * @param p - Probability; what is no number is 1, which proves nothing.
 */
export function judgementChance(p: number): number {
  return Number.isFinite(p) ? Number(p.toPrecision(EXACT_DIGITS)) : 1;
}
