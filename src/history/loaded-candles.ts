import type { CandleGap, CandleSeries, ExtraColumn } from '../candles/index.js';
import type { Market, Timeframe } from '../domain/index.js';

/** Which candles to load, and how. */
export interface LoadCandlesOptions {
  /** Files in any order; they are joined in time order. Equal overlaps are accepted, others refused. */
  readonly files: readonly string[];
  /** For example `BTCUSDT`. Default: told by the file names. */
  readonly symbol?: string | undefined;
  /** Default: told by the path (`…/usdm/…`), otherwise `spot`. */
  readonly market?: Market | undefined;
  /** Default: told by the file names, otherwise by the distance of the candles. */
  readonly timeframe?: Timeframe | undefined;
  /**
   * Columns that every file must have beside prices and volume; they stand in the series under these names. `present`: those that every file
   * has. Default: none.
   */
  readonly extraColumns?: readonly ExtraColumn[] | 'present' | undefined;
  /** Keep and use a columnar copy of every file for the next start. Default true. */
  readonly cache?: boolean | undefined;
  /** Called while files are read; `done` and `total` count bytes of all files. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** How far a load is. */
export interface LoadProgress {
  readonly file: string;
  /** Bytes. */
  readonly done: number;
  readonly total: number;
}

/** A validated candle series and where it came from. */
export interface LoadedCandles {
  readonly candles: CandleSeries;
  /** SHA-256 (hex) of the candles' six columns, and of the extra ones that were asked for: independent of file format and of how the files were split. */
  readonly dataHash: string;
  /** The files in time order, as they were named. */
  readonly files: readonly string[];
  /** Missing candles; never filled. */
  readonly gaps: readonly CandleGap[];
  /** Sentences for the user, for example another symbol in the file name. */
  readonly warnings: readonly string[];
}
