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
