import type { BacktestRunConfig } from '../config/index.js';
import type { SettingValues } from '../domain/index.js';
import { isAlwaysWritten, RUN_SETTINGS, valuesOf } from '../settings/index.js';

/** Settings beside parameters, filters and stops that make a run another trial. */
export interface TrialDecisions
  extends Pick<BacktestRunConfig, 'direction' | 'exit_on_neutral' | 're_entry'> {
  /** Later keys, only where they are not their defaults: what was counted before goes on to count. */
  readonly [later: string]: SettingValues[string];
}

const DEFAULTS = valuesOf(RUN_SETTINGS, {});
const KEYS = RUN_SETTINGS.filter(({ identity }) => identity === 'trial').map(({ key }) => key);

/**
 * Returns the settings of a run that make it another trial, whatever the money and the costs are.
 *
 * @param config - A whole run, or what is remembered of one.
 */
export function trialDecisions(config: object): TrialDecisions {
  const values = config as SettingValues;
  const told = KEYS.filter(
    (key) => isAlwaysWritten(key) || (values[key] ?? DEFAULTS[key]) !== DEFAULTS[key],
  );
  return Object.fromEntries(told.map((key) => [key, values[key]!])) as unknown as TrialDecisions;
}
