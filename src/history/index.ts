export { candleDataHash } from './candle-data-hash.js';
export { type CandlePath, readCandlePath } from './candle-path.js';
export {
  type CandleFileCheck,
  type CheckedContent,
  checkCandleFile,
} from './check-candle-file.js';
export { findCandleFiles } from './find-candle-files.js';
export {
  type CandleFileContent,
  type DropOptions,
  type DroppedLines,
  loadCandleFile,
} from './load-candle-file.js';
export { loadCandles } from './load-candles.js';
export type { LoadCandlesOptions, LoadedCandles, LoadProgress } from './loaded-candles.js';
export { type CandleFile, readCandleFile } from './read-candle-file.js';
export { requireCandleFormat, writeCandleFile } from './write-candle-file.js';
