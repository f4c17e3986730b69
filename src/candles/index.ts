export { alignToCloses, requireAscendingRows } from './align.js';
export { CANDLE_FIELDS, type ExtraColumns, type ExtraField } from './candle-fields.js';
export {
  allocateCandleColumns,
  type CandleColumns,
  type CandleSeries,
  type CandleSeriesIdentity,
  candleColumnsOver,
  candleRange,
  candleSeriesFromRows,
  selectCandles,
} from './candle-series.js';
export { type CandleTable, decodeCandleTable, namedLayout } from './candle-table.js';
export { isoTime, timeText } from './candle-time.js';
export {
  type BrokenLine,
  CsvCandleDecoder,
  type DecodeOptions,
  decodeCsvCandles,
} from './csv-decoder.js';
export type { DecodedCandles } from './decoded-candles.js';
export { candlesToCsv, encodeCsvCandles, encodeJsonCandles } from './encode.js';
export {
  allocateExtraColumns,
  EXTRA_COLUMN_NAMES,
  EXTRA_COLUMNS,
  type ExtraColumn,
  fileExtraColumns,
  mapExtraColumns,
  namedExtraColumns,
  type OptionalColumns,
} from './extra-columns.js';
export { type CandleGap, findGaps } from './gaps.js';
export { higherCandles, higherTimeframeMs } from './higher-timeframe.js';
export { decodeJsonCandles } from './json-decoder.js';
export {
  type CandleOddities,
  type CandleRun,
  type CandleWick,
  findOddities,
} from './oddities.js';
export { type ResampledCandles, resample } from './resample.js';
export { type SyntheticMarketOptions, syntheticCandles } from './synthetic.js';
export {
  type CandleProblem,
  type CandleProblems,
  findCandleProblems,
  findOtherTimeframe,
  inferTimeframe,
} from './validate.js';
