export {
  allocateCandleColumns,
  type CandleColumns,
  type CandleSeries,
  type CandleSeriesIdentity,
  candleColumnsOver,
  candleSeriesFromRows,
} from './candle-series.js';
export { type CandleGap, findGaps } from './gaps.js';
export { candlesToCsv, type SyntheticMarketOptions, syntheticCandles } from './synthetic.js';
