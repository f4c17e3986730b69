export { ATR_FILTER_DEFAULTS, type AtrFilterOptions, atrFilter } from './atr-filter.js';
export {
  BOTH_ALLOWED,
  combineMasks,
  type EntryFilter,
  entryMask,
  LONG_ALLOWED,
  SHORT_ALLOWED,
} from './entry-filter.js';
export { ENTRY_FILTERS } from './entry-filters.js';
export type { FilterRule, GridAxes } from './filter-rule.js';
export { type SeasonalityFilterOptions, seasonalityFilter } from './seasonality-filter.js';
export { parseSymbolList, parseTradingHours, type TradingHours } from './trading-hours.js';
export { type TrendFilterOptions, trendFilter } from './trend-filter.js';
