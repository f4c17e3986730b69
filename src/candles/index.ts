export {
  allocateCandleColumns,
  type CandleColumns,
  type CandleSeries,
  type CandleSeriesIdentity,
  candleColumnsOver,
  candleSeriesFromRows,
} from './candle-series.js';
