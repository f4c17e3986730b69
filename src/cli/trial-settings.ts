import type { RankedTrial } from '../optimize/index.js';

/** Settings that switch others on, and what the names of those begin with. */
const SWITCHES: readonly (readonly [name: string, belongs: string])[] = [
  ['apply_atr_filter', 'atr_filter_'],
  ['apply_seasonality_filter', 'allowed_trading_hours_utc'],
];

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
  const all = trials.map((trial) =>
    Object.entries({ ...trial.parameters, ...trial.stops, ...trial.filters }),
  );
  const isCommon = (index: number): boolean =>
    all.length > 1 && all.every((entries) => entries[index]?.[1] === all[0]?.[index]?.[1]);
  const told = (entries: (typeof all)[number], common: boolean): string[] => {
    const shown = entries.filter(
      ([, value], index) =>
        isCommon(index) === common && value !== null && value !== false && value !== '',
    );
    return shown
      .filter(([name]) => {
        const belongs = SWITCHES.find(([own]) => own === name)?.[1];
        return belongs === undefined || !shown.some(([other]) => other.startsWith(belongs));
      })
      .map(([name, value]) => `${name}=${String(value)}`);
  };
  return {
    common: told(all[0] ?? [], true),
    own: all.map((entries) => told(entries, false)),
  };
}
