/** Settings that do nothing while the switch above them is off. */
export const SWITCHED_SETTINGS = {
  apply_atr_filter: ['atr_filter_period', 'atr_filter_multiplier', 'atr_filter_sma_period'],
  apply_seasonality_filter: ['allowed_trading_hours_utc', 'apply_seasonality_to_symbols'],
} as const;
