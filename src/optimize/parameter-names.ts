import { SWITCHED_SETTINGS } from '../config/index.js';

/** Keys of a grid that set the stops of S-40; `null` switches one off. */
export const STOP_NAMES = ['stop_loss_pct', 'take_profit_pct', 'trailing_stop_loss_pct'] as const;

/** Keys of a grid that belong to the ATR filter; the first switches the others on. */
export const ATR_FILTER_NAMES = [
  'apply_atr_filter',
  ...SWITCHED_SETTINGS.apply_atr_filter,
] as const;

/** Settings of the seasonality filter; the first switches the others on. */
export const SEASONALITY_NAMES = [
  'apply_seasonality_filter',
  ...SWITCHED_SETTINGS.apply_seasonality_filter,
] as const;

/** Further keys of a grid that end up in the settings of the seasonality filter. */
export const SEASONALITY_ALIASES = [
  'apply_seasonality',
  'seasonality_start_hour',
  'seasonality_end_hour',
] as const;

/** All settings of a trial that are not the strategy's own, in the order of the result columns. */
export const SHARED_NAMES: readonly string[] = [
  ...ATR_FILTER_NAMES,
  ...SEASONALITY_NAMES,
  ...STOP_NAMES,
];

/**
 * Says whether a grid key belongs to the seasonality filter.
 *
 * @param name - Key of a grid.
 */
export function isSeasonalityKey(name: string): boolean {
  const names: readonly string[] = [...SEASONALITY_NAMES, ...SEASONALITY_ALIASES];
  return names.includes(name) || name.startsWith('seasonality_');
}

/**
 * Says whether a grid key belongs to the ATR filter.
 *
 * @param name - Key of a grid; the RSI strategy's own `atr_period` is none.
 */
export function isAtrFilterKey(name: string): boolean {
  return name === 'apply_atr_filter' || name.startsWith('atr_filter_');
}
