import { normalCdf, normalQuantile } from '../normal.js';

/** The Sharpe ratio per year that the evidence is tuned for. */
const TARGET_SHARPE = 1.5;
const WEEKS_PER_YEAR = 365 / 7;
/** Two-sided 90 %. */
const BAND_WIDTH = normalQuantile(0.95);

/** Evidence that may be looked at as often as one likes. */
export interface AnytimeEvidence {
  /** Scale of the alternatives. */
  readonly tau: number;
  /** After each week. Shape `[weeks]`. */
  readonly values: Float64Array;
  /** Largest value so far; 1 before the first week. */
  readonly largest: number;
  /** Last value; 1 before the first week. */
  readonly last: number;
}

/**
 * Returns the evidence of unseen weeks against "as likely to lose as to gain": a wealth that starts at 1 and, without an edge,
 * ever reaches 1/α with a probability of at most α.
 *
 * @param weekSums - Of the unseen weeks, complete ones.
 * @param weekDeviation - Sample deviation of the winner's week sums in sample.
 * @returns Values of 1 where nothing is known of the deviation.
 * @see Ville's inequality; a mixture of exp(λC - λ²V/2) over a half-normal λ.
 */
export function anytimeEvidence(
  weekSums: ArrayLike<number>,
  weekDeviation: number,
): AnytimeEvidence {
  const tau = weekDeviation > 0 ? TARGET_SHARPE / Math.sqrt(WEEKS_PER_YEAR) / weekDeviation : 0;
  const values = new Float64Array(weekSums.length);
  let sum = 0;
  let squares = 0;
  let largest = 1;
  for (let n = 0; n < weekSums.length; n++) {
    sum += weekSums[n]!;
    squares += weekSums[n]! * weekSums[n]!;
    const scale = 1 + tau * tau * squares;
    const value =
      (2 / Math.sqrt(scale)) *
      Math.exp((tau * tau * sum * sum) / (2 * scale)) *
      normalCdf((tau * sum) / Math.sqrt(scale));
    values[n] = value;
    largest = Math.max(largest, value);
  }
  return { tau, values, largest, last: values.at(-1) ?? 1 };
}

/**
 * Returns the chance of luck of a forward test: half of the error for the look that was declared, half for all other looks.
 *
 * @param firstLookP - At the declared date; 1 before it.
 * @param largestEvidence - So far.
 */
export function forwardP(firstLookP: number, largestEvidence: number): number {
  const anytime = largestEvidence > 0 ? 1 / largestEvidence : 1;
  return Math.min(1, 2 * Math.min(firstLookP, anytime));
}

/**
 * Returns where the Sharpe ratio of the unseen candles is expected, with 90 %.
 *
 * @param expectedSharpe - Cross-validated, per year.
 * @param inYears - Length in sample.
 * @param forwardYears - Length of the forward test.
 */
export function forwardBand(
  expectedSharpe: number,
  inYears: number,
  forwardYears: number,
): { readonly low: number; readonly high: number } {
  const width = BAND_WIDTH * Math.sqrt(1 / inYears + 1 / forwardYears);
  return { low: expectedSharpe - width, high: expectedSharpe + width };
}
