/**
 * Returns t = Σ S / √(Σ S²) of week sums: a monotone form of the t-statistic of the weeks that is at most the root of the
 * number of weeks with a result, so that a few lucky trades cannot make it large.
 *
 * @param sums - Shape `[weeks]`.
 * @returns 0 where no week has a result.
 */
export function weekStatistic(sums: ArrayLike<number>): number {
  const norm = weekNorm(sums);
  if (norm === 0) return 0;
  let sum = 0;
  for (let j = 0; j < sums.length; j++) sum += sums[j]!;
  return sum / norm;
}

/**
 * Returns √(Σ S²).
 *
 * @param sums - Shape `[weeks]`.
 */
export function weekNorm(sums: ArrayLike<number>): number {
  let squares = 0;
  for (let j = 0; j < sums.length; j++) squares += sums[j]! * sums[j]!;
  return Math.sqrt(squares);
}

/**
 * Returns the third standardised moment (population form).
 *
 * @param sums - Shape `[weeks]`.
 * @returns 0 where all are equal, but for rounding.
 */
export function weekSkewness(sums: ArrayLike<number>): number {
  const count = sums.length;
  if (count === 0) return 0;
  let sum = 0;
  let largest = 0;
  for (let j = 0; j < count; j++) {
    sum += sums[j]!;
    largest = Math.max(largest, Math.abs(sums[j]!));
  }
  const mean = sum / count;
  let second = 0;
  let third = 0;
  for (let j = 0; j < count; j++) {
    const difference = sums[j]! - mean;
    const square = difference * difference;
    second += square;
    third += square * difference;
  }
  const variance = second / count;
  const deviation = Math.sqrt(variance);
  return deviation <= DEVIATION_SHARE_MIN * largest ? 0 : third / count / (variance * deviation);
}

/** A deviation below this share of the largest value is rounding. */
const DEVIATION_SHARE_MIN = 1e-12;

/**
 * Returns the t below which a trial is left out of the maxima: its losses have a cause, costs for example, so it cannot be
 * the best by luck.
 *
 * @param weeks - Number of weeks.
 * @see P. R. Hansen, "A Test for Superior Predictive Ability", 2005: -√(2 ln ln n).
 */
export function losersThreshold(weeks: number): number {
  const inner = Math.log(Math.log(weeks));
  return inner > 0 ? -Math.sqrt(2 * inner) : 0;
}
