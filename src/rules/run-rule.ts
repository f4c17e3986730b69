import type {
  Setting,
  SettingIdentity,
  SettingOutline,
  SettingSection,
  ValuesOf,
} from '../domain/index.js';
import type { TradeRules } from '../semantics/index.js';

/** A part of how signals become trades: its settings, and what they make of the rules that engines get. */
export interface RunRule<Own extends readonly SettingOutline[] = readonly SettingOutline[]> {
  readonly settings: readonly Setting[];
  /** Type of the values, never a value. */
  readonly values?: ValuesOf<Own[number]>;
  /** Returns the part of the rules that the settings decide; what is off is absent. */
  build(values: ValuesOf<Own[number]>): Partial<TradeRules>;
}

/**
 * Declares a rule of runs.
 *
 * @param outline - Its settings, where they stand, how they tell results apart (unless a setting says it for itself), and what
 *   they make of the rules.
 */
export function runRule<const Own extends readonly SettingOutline[]>(outline: {
  readonly section: SettingSection;
  readonly identity: SettingIdentity;
  readonly settings: Own;
  build(values: ValuesOf<Own[number]>): Partial<TradeRules>;
}): RunRule<Own> {
  const { section, identity, build } = outline;
  const settings = outline.settings.map(
    (own): Setting => ({ section, scope: 'everywhere', identity, ...own }),
  );
  return { settings, build };
}
