import { weekStatistic } from './week-statistic.js';

const PARTS = 4;

/** Whether a result comes from all of its period. */
export interface SubPeriods {
  /** Results of four consecutive parts. */
  readonly quarterSums: readonly number[];
  /** Parts above 0. */
  readonly inProfit: number;
  /** Index of the best part. */
  readonly best: number;
  /** Statistic of the weeks without the best part. */
  readonly tWithoutBest: number;
}

/**
 * Splits week sums into four parts; the first ones have a week more where the number is no multiple of four.
 *
 * @param sums - Shape `[weeks]`.
 */
export function subPeriods(sums: ArrayLike<number>): SubPeriods {
  const weeks = Array.from(sums);
  const size = Math.floor(weeks.length / PARTS);
  const larger = weeks.length % PARTS;
  const start = (part: number): number => part * size + Math.min(part, larger);
  const quarterSums = Array.from({ length: PARTS }, (_, part) =>
    weeks.slice(start(part), start(part + 1)).reduce((sum, week) => sum + week, 0),
  );
  const best = quarterSums.indexOf(Math.max(...quarterSums));
  const rest = [...weeks.slice(0, start(best)), ...weeks.slice(start(best + 1))];
  return {
    quarterSums,
    inProfit: quarterSums.filter((sum) => sum > 0).length,
    best,
    tWithoutBest: weekStatistic(rest),
  };
}
