import { ExactMean } from './exact-mean.js';
import { type FlipLayout, flipDraws, flipLayout } from './flip-layout.js';
import { FLIP_DRAWS } from './flip-signs.js';
import { losersThreshold, weekNorm, weekSkewness, weekStatistic } from './week-statistic.js';
import type { WeekSums } from './week-sums.js';

/** What the best of all trials shows by luck: its maximum in each draw, and the trials' mean skewness. */
export interface LuckOfTrials {
  /** Largest statistic of each draw; -Infinity without trials. Shape `[1024]`. */
  readonly maxima: Float64Array;
  /** Mean skewness of the trials that entered. */
  readonly pooledSkewness: number;
  /** Trials that entered. */
  readonly trials: number;
}

/** Takes trials one by one; needs the same memory whatever their number. */
export class NullMaxima implements LuckOfTrials {
  readonly maxima = new Float64Array(FLIP_DRAWS).fill(Number.NEGATIVE_INFINITY);
  readonly skewness = new ExactMean();
  readonly #layout: FlipLayout;
  readonly #threshold: number;
  readonly #draws = new Float64Array(FLIP_DRAWS);

  /**
   * @param blocks - Numbers of the weeks of the period.
   */
  constructor(blocks: ArrayLike<number>) {
    this.#layout = flipLayout(blocks);
    this.#threshold = losersThreshold(blocks.length);
  }

  get pooledSkewness(): number {
    return this.skewness.mean;
  }

  get trials(): number {
    return this.skewness.count;
  }

  /**
   * Takes a trial, unless it has no result or lost too much to be the best by luck.
   *
   * @param sums - Shape `[weeks]`.
   */
  add(sums: ArrayLike<number>): void {
    const norm = weekNorm(sums);
    if (!(norm > 0) || !(weekStatistic(sums) > this.#threshold)) return;
    this.skewness.add(weekSkewness(sums));
    flipDraws(this.#layout, sums, norm, this.#draws);
    const { maxima } = this;
    const draws = this.#draws;
    for (let b = 0; b < FLIP_DRAWS; b++) if (draws[b]! > maxima[b]!) maxima[b] = draws[b]!;
  }

  /**
   * Takes what another one has found in the same run.
   *
   * @param other - Of the same weeks.
   */
  merge(other: Pick<NullMaxima, 'maxima' | 'skewness'>): void {
    mergeMaxima(this.maxima, other.maxima);
    this.skewness.merge(other.skewness.words);
  }
}

/**
 * Returns what luck shows with some trials.
 *
 * @param trials - Over the same weeks.
 */
export function luckOfTrials(trials: readonly WeekSums[]): LuckOfTrials {
  const maxima = new NullMaxima(trials[0]?.blocks ?? []);
  for (const { sums } of trials) maxima.add(sums);
  return maxima;
}

/**
 * Raises maxima to those of other trials: other grids, periods, symbols or workers. The order does not matter, and the same
 * trials twice change nothing.
 *
 * @param into - Is changed. Shape `[1024]`.
 * @param from - Shape `[1024]`.
 */
export function mergeMaxima(into: Float64Array, from: ArrayLike<number>): void {
  for (let b = 0; b < into.length; b++) if (from[b]! > into[b]!) into[b] = from[b]!;
}
