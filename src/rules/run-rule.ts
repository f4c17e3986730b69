import type {
  Setting,
  SettingIdentity,
  SettingOutline,
  SettingSection,
  SettingValues,
  ValuesOf,
} from '../domain/index.js';
import type { EngineRules } from '../semantics/index.js';

/** A part of how signals become trades: its settings, and what they make of the rules that engines get. */
export interface RunRule<Own extends readonly SettingOutline[] = readonly SettingOutline[]> {
  readonly settings: readonly Setting[];
  /** Type of the values, never a value. */
  readonly values?: ValuesOf<Own[number]>;
  /** Returns the part of the rules that the settings decide; what is off is absent. `run` has the other keys as well. */
  build(values: ValuesOf<Own[number]>, run: SettingValues): Partial<EngineRules>;
  /**
   * Says what is wrong between values that are each allowed. It reads another key only where the rule's own is set: a grid drops
   * the combinations that it refuses, and looks at the keys that it reads.
   */
  readonly conflict?: (run: SettingValues) => RunConflict | undefined;
}

/** Values that are each allowed but not together. */
export interface RunConflict {
  readonly key: string;
  /** Reads on from the key. */
  readonly message: string;
}

/**
 * Declares a rule of runs.
 *
 * @param outline - Its settings, where they stand, how they tell results apart (unless a setting says it for itself), and what
 *   they make of the rules; what they contradict.
 */
export function runRule<const Own extends readonly SettingOutline[]>(outline: {
  readonly section: SettingSection;
  readonly identity: SettingIdentity;
  readonly settings: Own;
  build(values: ValuesOf<Own[number]>, run: SettingValues): Partial<EngineRules>;
  readonly conflict?: (run: SettingValues) => RunConflict | undefined;
}): RunRule<Own> {
  const { section, identity, build, conflict } = outline;
  const settings = outline.settings.map(
    (own): Setting => ({ section, scope: 'everywhere', identity, ...own }),
  );
  return { settings, build, ...(conflict === undefined ? {} : { conflict }) };
}
