import type { CandleColumns, CandleSeriesIdentity } from '../candles/index.js';

/** Candles as strategies get them: a series says whose they are; bare columns do not. */
export type StrategyCandles = CandleColumns & Partial<CandleSeriesIdentity>;
