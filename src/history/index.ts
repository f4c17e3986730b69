export { type CandlePath, readCandlePath } from './candle-path.js';
export { findCandleFiles } from './find-candle-files.js';
export {
  type CandleFileContent,
  candleDataHash,
  loadCandleFile,
  loadCandles,
} from './load-candles.js';
export type { LoadCandlesOptions, LoadedCandles, LoadProgress } from './loaded-candles.js';
export { type CandleFile, readCandleFile } from './read-candle-file.js';
