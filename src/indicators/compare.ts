/** Two values that differ by less than this fraction of the larger one are a tie (S-05). */
export const TIE_TOLERANCE = 1e-10;

/**
 * Compares two values as strategies and filters must (S-05): real prices contain ties, and no rounding may turn one into a cross.
 *
 * @param a - Left value; `undefined` counts as undefined, like `NaN`.
 * @param b - Right value.
 * @returns 1 when `a` is greater, -1 when it is less, 0 on a tie, and `NaN` when a value is undefined, so that
 *   `compare(a, b) >= 0` and every other test of it is false then (S-02).
 */
export function compare(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return Number.NaN;
  if (a === b) return 0;
  const difference = a - b;
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (Math.abs(difference) <= TIE_TOLERANCE * size && size !== Number.POSITIVE_INFINITY) return 0;
  if (difference > 0) return 1;
  return difference < 0 ? -1 : Number.NaN;
}
