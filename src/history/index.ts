export type { LoadCandlesOptions, LoadedCandles, LoadProgress } from './loaded-candles.js';
