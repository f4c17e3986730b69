import type { Parameters } from '../../strategies/index.js';
import type { Trial, TrialPlan } from '../plan.js';

/** Complete settings of one run, with numbers that tell which runs share signals and filters. */
export interface RunSettings {
  readonly parameters: Parameters;
  readonly filters: Parameters;
  readonly stops: Parameters;
  /** Runs with the same number have the same strategy parameters. */
  readonly signalKey: number;
  /** Runs with the same number have the same filters. */
  readonly filterKey: number;
}

/**
 * Returns the settings of a trial.
 *
 * @param plan - Whose trial.
 * @param trial - Which one.
 */
export function settingsOf(plan: TrialPlan, trial: Trial): RunSettings {
  return {
    parameters: plan.signalSettings(trial.signal),
    filters: plan.filterSettings(trial.filter),
    stops: plan.stopSettings(trial.stop),
    signalKey: trial.signal,
    filterKey: trial.filter,
  };
}

/**
 * Draws the trials that are run again: the best ones and others, each of them equally likely.
 *
 * @param plan - All trials.
 * @param best - Ids of the best.
 * @param size - Most trials.
 * @param seed - The same seed draws the same trials.
 * @returns Ids, ascending and distinct; fewer than `size` where a best one was drawn again.
 */
export function sampleWithBest(
  plan: Pick<TrialPlan, 'sample'>,
  best: readonly number[],
  size: number,
  seed: number,
): number[] {
  const kept = best.slice(0, size);
  const others = size - kept.length > 0 ? plan.sample(size - kept.length, seed) : [];
  return [...new Set([...kept, ...others])].sort((a, b) => a - b);
}
