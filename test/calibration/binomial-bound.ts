/**
 * Returns the one-sided 95 % bound of a share: with a true share above it, so few hits come one time in twenty at most.
 *
 * @param hits - What was counted.
 * @param count - Of how many.
 * @see C. J. Clopper and E. S. Pearson, 1934.
 */
export function upperBound(hits: number, count: number): number {
  if (hits >= count) return 1;
  let [low, high] = [hits / count, 1];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(hits, count, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Returns the chance of at most so many hits.
 *
 * @param hits - Hits.
 * @param count - Of how many.
 * @param share - True share of each.
 */
export function chanceOfAtMost(hits: number, count: number, share: number): number {
  let term = (1 - share) ** count;
  let sum = term;
  for (let k = 1; k <= hits; k++) {
    term *= ((count - k + 1) / k) * (share / (1 - share));
    sum += term;
  }
  return sum;
}
