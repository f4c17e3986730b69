export { type CandleSeries, candleSeriesFromRows } from './candles/index.js';
export { type Trade, UsageError, UserError } from './domain/index.js';
export {
  boolean,
  choice,
  defineStrategy,
  integer,
  number,
  type Strategy,
  type StrategyPlot,
} from './strategies/index.js';
