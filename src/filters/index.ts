export { ATR_FILTER_DEFAULTS, type AtrFilterOptions, atrFilter } from './atr-filter.js';
export {
  BOTH_ALLOWED,
  combineMasks,
  type EntryFilter,
  entryMask,
  LONG_ALLOWED,
  SHORT_ALLOWED,
} from './entry-filter.js';
export {
  parseSymbolList,
  parseTradingHours,
  type SeasonalityFilterOptions,
  seasonalityFilter,
  type TradingHours,
} from './seasonality-filter.js';
export { type TrendFilterOptions, trendFilter } from './trend-filter.js';
