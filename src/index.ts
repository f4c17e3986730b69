export { type CandleSeries, candleSeriesFromRows } from './candles/index.js';
export { type Trade, UsageError, UserError } from './domain/index.js';
