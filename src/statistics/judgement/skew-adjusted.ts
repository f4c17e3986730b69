import { weekSkewness, weekStatistic } from './week-statistic.js';

/** A statistic and what skewness leaves of it. */
export interface SkewAdjusted {
  readonly t: number;
  /** Of the weeks themselves. */
  readonly skewness: number;
  /** The lower one of the weeks' own and the pooled one. */
  readonly used: number;
  /** Never above t. */
  readonly tAdjusted: number;
}

/**
 * Returns the statistic of a winner, lowered where losses are rarer and larger than gains. The pool counts, because the winner
 * among sellers of insurance is the one whose crash has not come yet.
 *
 * @param sums - Of the winner. Shape `[weeks]`.
 * @param pooledSkewness - Of the trials of its run; `undefined` for a single setting.
 * @see N. J. Johnson, "Modified t Tests and Confidence Intervals for Asymmetrical Populations", 1978.
 */
export function skewAdjusted(
  sums: ArrayLike<number>,
  pooledSkewness: number | undefined,
): SkewAdjusted {
  const t = weekStatistic(sums);
  const skewness = weekSkewness(sums);
  const used = Math.min(skewness, pooledSkewness ?? skewness);
  const weeks = sums.length;
  const shift = weeks === 0 ? 0 : (used * (1 + 2 * t * t)) / (6 * Math.sqrt(weeks));
  return { t, skewness, used, tAdjusted: Math.min(t, t + shift) };
}
