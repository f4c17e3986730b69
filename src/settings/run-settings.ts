import {
  isSwitchedOn,
  ownersOf,
  type Setting,
  type SettingSection,
  type SettingValues,
  type ValuesOf,
} from '../domain/index.js';
import { ENTRY_FILTERS, type FilterRule } from '../filters/index.js';
import { RUN_RULES, type RunConflict, type RunRule } from '../rules/index.js';
import { BOT_LIMITS, ON_LOSS_LIMIT } from './bot-limits.js';
import { INSTRUMENT_SETTINGS, PERIOD_SETTINGS } from './candle-settings.js';

const RULES: readonly RunRule[] = RUN_RULES;

/** The filters as they are declared; their values have the types of `FilterValues` together. */
export const FILTER_RULES: readonly FilterRule[] = ENTRY_FILTERS;

const ofRules = (...sections: readonly SettingSection[]): readonly Setting[] =>
  RULES.flatMap(({ settings }) => settings).filter(({ section }) => sections.includes(section));

const [MARKET, ...OTHERS_OF_MARKET] = ofRules('market');

/** Every key of a run, in the order of files, help and reference. */
export const RUN_SETTINGS: readonly Setting[] = [
  ...INSTRUMENT_SETTINGS,
  MARKET!,
  ...PERIOD_SETTINGS,
  ...OTHERS_OF_MARKET,
  ...ofRules('money'),
  ...ofRules('exits'),
  ...FILTER_RULES.flatMap(({ apply, settings }) => [apply, ...settings]),
];

/**
 * Keys that result files, identities and hashes had from the beginning. A later key is in them only where it is not its default,
 * so that what was written before it goes on to count.
 */
const FIRST_KEYS: ReadonlySet<string> = new Set([
  ...['direction', 'initial_balance', 'units', 'equity_fraction', 'leverage', 'commission_bps'],
  ...['slippage_bps', 'max_cumulative_loss', 'allow_overdraft', 'exit_on_neutral', 're_entry'],
  ...['stop_loss_pct', 'take_profit_pct', 'trailing_stop_loss_pct'],
  ...['apply_atr_filter', 'atr_filter_period', 'atr_filter_multiplier', 'atr_filter_sma_period'],
  ...['apply_seasonality_filter', 'allowed_trading_hours_utc', 'apply_seasonality_to_symbols'],
]);

/**
 * Says whether a key is written even where it is its default.
 *
 * @param key - Of a run.
 */
export function isAlwaysWritten(key: string): boolean {
  return FIRST_KEYS.has(key);
}

/**
 * Returns settings without later keys that are their defaults: equal to settings from before these keys came.
 *
 * @param settings - Of a trial or of a part of it.
 */
export function withoutLaterDefaults<Value>(
  settings: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([key, value]) => isAlwaysWritten(key) || value !== LATER_DEFAULTS.get(key),
    ),
  );
}

const LATER_DEFAULTS: ReadonlyMap<string, unknown> = new Map(
  RUN_SETTINGS.filter(({ key }) => !isAlwaysWritten(key)).map((setting) => [
    setting.key,
    setting.default,
  ]),
);

/** Every key that only a bot has. */
export const BOT_SETTINGS: readonly Setting[] = [ON_LOSS_LIMIT, ...BOT_LIMITS];

/** Exits that a grid may search: their columns stand last. */
export const EXIT_AXES: readonly Setting[] = RUN_SETTINGS.filter(
  ({ section, identity }) => section === 'exits' && identity === 'axis',
);

/** All axes of a grid that are no parameters of the strategy, in the order of the result columns. */
export const SHARED_AXES: readonly Setting[] = [
  ...RUN_SETTINGS.filter(({ section }) => section === 'filters'),
  ...EXIT_AXES,
];

/** Names that a grid has beside a strategy's parameters: none of its own may be called so. */
export const SHARED_NAMES: readonly string[] = [
  ...SHARED_AXES.map(({ key }) => key),
  ...FILTER_RULES.flatMap(({ grid }) => grid?.names ?? []),
];

/** Settings that do nothing while another one is off, by the key of that one. */
export const SWITCHED_SETTINGS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...new Set(RUN_SETTINGS.flatMap(ownersOf))].map((above) => [
    above,
    RUN_SETTINGS.filter((setting) => ownersOf(setting).includes(above)).map(({ key }) => key),
  ]),
);

/**
 * Returns the keys that have no effect in a run, because everything that they belong to is off.
 *
 * @param values - Of a run, by key; what is absent is off.
 */
export function idleKeys(values: Readonly<Record<string, unknown>>): string[] {
  return RUN_SETTINGS.filter((setting) => {
    const owners = ownersOf(setting);
    return owners.length > 0 && owners.every((key) => !isSwitchedOn(values[key]));
  }).map(({ key }) => key);
}

/**
 * Returns what rules refuse in values that are each allowed, one by one.
 *
 * @param run - Values of a whole run.
 */
export function ruleConflicts(run: SettingValues): RunConflict[] {
  return RULES.flatMap((rule) => rule.conflict?.(run) ?? []);
}

type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** Values of every rule of `RUN_RULES`. */
export type RuleValues = Together<NonNullable<(typeof RUN_RULES)[number]['values']>>;

/** Values of every filter of `ENTRY_FILTERS`. */
export type FilterValues = ValuesOf<(typeof ENTRY_FILTERS)[number]['apply']> &
  Together<NonNullable<(typeof ENTRY_FILTERS)[number]['values']>>;

/** Values of the instrument and the period. */
export type CandleValues = ValuesOf<
  (typeof INSTRUMENT_SETTINGS)[number] | (typeof PERIOD_SETTINGS)[number]
>;

/** Values that only a bot has. */
export type BotValues = ValuesOf<typeof ON_LOSS_LIMIT | (typeof BOT_LIMITS)[number]>;

/**
 * Returns the values of settings, defaults where nothing is given.
 *
 * @param settings - In the order in which defaults follow from each other.
 * @param given - By key; absent and `null` are not given.
 */
export function valuesOf(settings: readonly Setting[], given: SettingValues): SettingValues {
  const values: Record<string, SettingValues[string]> = { ...given };
  for (const { key, default: fallback } of settings) {
    values[key] ??= typeof fallback === 'function' ? fallback(values) : fallback;
  }
  return Object.fromEntries(settings.map(({ key }) => [key, values[key]!]));
}
