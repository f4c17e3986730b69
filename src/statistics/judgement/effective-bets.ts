/**
 * Returns how many weeks of equal size would carry the result as broadly: (ΣS²)²/ΣS⁴.
 *
 * @param sums - Week sums of the winner.
 * @returns 0 where no week has a result.
 */
export function effectiveBets(sums: ArrayLike<number>): number {
  let largest = 0;
  for (let j = 0; j < sums.length; j++) largest = Math.max(largest, Math.abs(sums[j]!));
  if (!(largest > 0)) return 0;
  let squares = 0;
  let fourths = 0;
  for (let j = 0; j < sums.length; j++) {
    // Around 1, so that the fourth power of a tiny result is still above 0.
    const share = sums[j]! / largest;
    const square = share * share;
    squares += square;
    fourths += square * square;
  }
  return (squares * squares) / fourths;
}
