import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Market, Timeframe } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';

/** Formats of candle files by their endings. */
const ENDING = String.raw`\.(csv(\.gz)?|zip|feather|parquet)$`;

/**
 * Lists the files of an instrument in a data folder, by the names of this program and by Binance's:
 * `<market>/<interval>/<SYMBOL>_<interval>*.csv[.gz]`, `…/<SYMBOL>-<interval>-2024-12.zip`.
 *
 * @param dataDir - Usually `data`.
 * @param instrument - What to look for.
 * @returns Paths, sorted by name; empty when there are none.
 * @throws {UserError} If the folder exists and cannot be read.
 */
export async function findCandleFiles(
  dataDir: string,
  instrument: { readonly market: Market; readonly timeframe: Timeframe; readonly symbol: string },
): Promise<string[]> {
  const { market, timeframe, symbol } = instrument;
  const folder = join(dataDir, market, timeframe);
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw fileError('read', folder, error);
  });
  const own = new RegExp(`^([_.-].*)?${ENDING}`);
  const binance = new RegExp(String.raw`^(-\d{4}-\d{2}(-\d{2})?)?${ENDING}`);
  const isOurs = (name: string): boolean =>
    (name.startsWith(`${symbol}_${timeframe}`) &&
      own.test(name.slice(symbol.length + timeframe.length + 1))) ||
    (name.startsWith(`${symbol}-${timeframe}`) &&
      binance.test(name.slice(symbol.length + timeframe.length + 1)));
  return names
    .filter(isOurs)
    .sort()
    .map((name) => join(folder, name));
}
