import {
  adjustedP,
  effectiveBets,
  type LuckSharpe,
  legacyP,
  luckQuantiles,
  luckSharpe,
  NullMaxima,
  type SubPeriods,
  sharpeLowerBound,
  skewAdjusted,
  subPeriods,
} from '../../statistics/index.js';
import type { LuckRecord } from '../ledger/luck-file.js';
import type { PeriodWeeks } from './period-weeks.js';
import type { RunLuck } from './run-luck.js';
import { allocateWeekTrial, sumTrialWeeks, type WeekTrial } from './week-trial.js';

/** Mean skewness of the trials of a run; `undefined` for a single setting, which has no pool. */
export interface PooledSkewness {
  readonly cash: number;
  readonly hold: number;
}

/** What the weeks of one trial say by themselves. */
export interface TrialFigures extends WeekTrial {
  readonly blocks: Int32Array;
  /** Statistic against doing nothing, lowered by skewness; the same against holding. */
  readonly t: number;
  readonly holdT: number;
  /** Average exposure to the market. */
  readonly beta: number;
  readonly weeks: number;
  readonly years: number;
  readonly bets: number;
  readonly parts: SubPeriods;
}

/**
 * Measures the weeks of a trial.
 *
 * @param weeks - Of its period.
 * @param returns - Of the trial (S-50).
 * @param pool - Of the run that it won.
 */
export function trialFigures(
  weeks: PeriodWeeks,
  returns: ArrayLike<number>,
  pool: PooledSkewness | undefined,
): TrialFigures {
  const trial = allocateWeekTrial(weeks);
  const beta = sumTrialWeeks(weeks, returns, trial);
  return {
    ...trial,
    blocks: weeks.blocks,
    t: skewAdjusted(trial.sums, pool?.cash).tAdjusted,
    holdT: skewAdjusted(trial.holdSums, pool?.hold).tAdjusted,
    beta,
    weeks: weeks.blocks.length,
    years: weeks.years,
    bets: effectiveBets(trial.sums),
    parts: subPeriods(trial.sums),
  };
}

/**
 * Returns the mean skewness of the trials of a run.
 *
 * @param luck - Of the run.
 * @returns `undefined` where no trial is in it.
 */
export function pooledSkewness({ cash, hold }: RunLuck): PooledSkewness | undefined {
  if (cash.skewness.count === 0) return undefined;
  return {
    cash: cash.skewness.mean,
    // With no trial against holding the own skewness counts alone.
    hold: hold.skewness.count === 0 ? Number.POSITIVE_INFINITY : hold.skewness.mean,
  };
}

/** The chance of luck of a trial among everything that was tried. */
export interface ChanceOfLuck {
  readonly pLuck: number;
  readonly pHold: number;
  /** What luck shows, as Sharpe ratios per year. */
  readonly luck: LuckSharpe;
  /** Lower bound of the true Sharpe ratio, per year. */
  readonly lowerBound: number;
}

/**
 * Returns the chance of luck of a trial.
 *
 * @param trial - Its figures.
 * @param record - What luck shows with everything that was tried.
 * @param trialsEver - Trials that were counted; more than the record has seen make the chance larger.
 */
export function chanceOfLuck(
  trial: Pick<TrialFigures, 't' | 'holdT' | 'years'>,
  record: LuckRecord,
  trialsEver: number,
): ChanceOfLuck {
  const p = (t: number, maxima: Float64Array): number =>
    legacyP(adjustedP(t, maxima), trialsEver, record.seen);
  return {
    pLuck: p(trial.t, record.maxima),
    pHold: p(trial.holdT, record.holdMaxima),
    luck: luckSharpe(record.maxima, trial.years),
    lowerBound: sharpeLowerBound(trial.t, luckQuantiles(record.maxima).high, trial.years),
  };
}

/**
 * Returns what luck shows with one trial alone.
 *
 * @param trial - Its weeks.
 */
export function luckOfTrial({
  blocks,
  sums,
  holdSums,
}: Pick<TrialFigures, 'blocks' | 'sums' | 'holdSums'>): RunLuck {
  const cash = new NullMaxima(blocks);
  const hold = new NullMaxima(blocks);
  cash.add(sums);
  hold.add(holdSums);
  return { cash, hold };
}
