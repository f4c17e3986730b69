import { weekNorm } from '../../statistics/index.js';
import type { PeriodWeeks } from './period-weeks.js';

/** Weeks of a trial, against doing nothing and against holding the market at the trial's own average exposure. */
export interface WeekTrial {
  /** Shape `[weeks]`. */
  readonly sums: Float64Array;
  /** What is left after holding; all zero where the trial does nothing else. Shape `[weeks]`. */
  readonly holdSums: Float64Array;
}

/** What is left below this share of the result is the rounding of a trial that only holds. */
const RESIDUAL_SHARE_MIN = 1e-9;

/**
 * Sums the returns of a trial week by week.
 *
 * @param weeks - Of the period.
 * @param returns - Of the trial. Shape `[returns]`.
 * @param into - Receives the sums.
 * @returns The trial's average exposure.
 */
export function sumTrialWeeks(
  weeks: PeriodWeeks,
  returns: ArrayLike<number>,
  { sums, holdSums }: WeekTrial,
): number {
  const { starts, marketCentred, marketSquares, marketSums } = weeks;
  let product = 0;
  for (let j = 0; j < sums.length; j++) {
    const end = starts[j + 1]!;
    let sum = 0;
    for (let t = starts[j]!; t < end; t++) {
      const value = returns[t]!;
      sum += value;
      product += value * marketCentred[t]!;
    }
    sums[j] = sum;
  }
  const beta = marketSquares > 0 ? product / marketSquares : 0;
  for (let j = 0; j < sums.length; j++) holdSums[j] = sums[j]! - beta * marketSums[j]!;
  if (!(weekNorm(holdSums) > RESIDUAL_SHARE_MIN * weekNorm(sums))) holdSums.fill(0);
  return beta;
}

/**
 * Allocates the sums of a trial.
 *
 * @param weeks - Of the period.
 */
export function allocateWeekTrial({ blocks }: PeriodWeeks): WeekTrial {
  return { sums: new Float64Array(blocks.length), holdSums: new Float64Array(blocks.length) };
}
