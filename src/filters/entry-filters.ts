import { ATR_FILTER } from './atr-filter.js';
import { SEASONALITY_FILTER } from './seasonality-filter.js';

/** Every kind of entry filter, in the order of help, result columns and reports. A new one is a file and a row here. */
export const ENTRY_FILTERS = [ATR_FILTER, SEASONALITY_FILTER] as const;
