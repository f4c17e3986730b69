import type { RankedTrial } from '../optimize/index.js';
import { idleKeys, SWITCHED_SETTINGS } from '../settings/index.js';

/** What the best trials set, in words like `fast_period=20`. */
export interface TrialSettings {
  /** What all of them set alike. */
  readonly common: readonly string[];
  /** What each of them sets besides, in their order. */
  readonly own: readonly (readonly string[])[];
}

/**
 * Returns what trials set; what is off is left out, and so is a switch whose values are told.
 *
 * @param trials - One or more of one run.
 */
export function trialSettings(trials: readonly RankedTrial[]): TrialSettings {
  const all = trials.map((trial) => {
    const settings = { ...trial.parameters, ...trial.stops, ...trial.filters };
    const idle = idleKeys(settings);
    return Object.entries(settings).map(
      ([name, value]) => [name, idle.includes(name) ? null : value] as const,
    );
  });
  const isCommon = (index: number): boolean =>
    all.length > 1 && all.every((entries) => entries[index]?.[1] === all[0]?.[index]?.[1]);
  const told = (entries: (typeof all)[number], common: boolean): string[] => {
    const shown = entries.filter(
      ([, value], index) =>
        isCommon(index) === common && value !== null && value !== false && value !== '',
    );
    return shown
      .filter(([name, value]) => {
        const below = SWITCHED_SETTINGS[name] ?? [];
        return value !== true || !shown.some(([other]) => below.includes(other));
      })
      .map(([name, value]) => `${name}=${String(value)}`);
  };
  return {
    common: told(all[0] ?? [], true),
    own: all.map((entries) => told(entries, false)),
  };
}
