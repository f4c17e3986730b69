import type { CandleColumns, ExtraColumns } from '../candles/index.js';
import type { Market, Timeframe } from '../domain/index.js';
import { readCandlePath } from './candle-path.js';
import { readCandleFile } from './read-candle-file.js';
import { requireSound, volumeNotes } from './require-sound.js';

/** A validated file with its extra columns: what converting and resampling need. */
export interface CandleFileContent {
  readonly columns: CandleColumns;
  readonly extras: ExtraColumns;
  readonly timeframe: Timeframe;
  readonly symbol?: string | undefined;
  readonly market?: Market | undefined;
  readonly notes: readonly string[];
}

/**
 * Reads and validates one file with all its columns, without the cache.
 *
 * @param file - Path of the file.
 * @param options - `timeframe` as for `loadCandles`; `onBytes` gets the size of every piece read.
 * @throws {UserError} Naming file, line and value.
 */
export async function loadCandleFile(
  file: string,
  options: {
    readonly timeframe?: Timeframe | undefined;
    readonly onBytes?: ((bytes: number) => void) | undefined;
  } = {},
): Promise<CandleFileContent> {
  const path = readCandlePath(file);
  const decoded = await readCandleFile(file, { keepExtras: true, onBytes: options.onBytes });
  const timeframe = requireSound(file, decoded, options.timeframe ?? path.timeframe);
  return {
    columns: decoded.columns,
    extras: decoded.extras,
    timeframe,
    symbol: path.symbol ?? decoded.symbol,
    market: path.market,
    notes: [...decoded.notes, ...volumeNotes(file, decoded.hasVolume)],
  };
}
