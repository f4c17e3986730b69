import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Market, Timeframe } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';

/**
 * Lists the files of an instrument in a data folder: `<market>/<interval>/<SYMBOL>_<interval>*.csv[.gz]`.
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
  const start = `${symbol}_${timeframe}`;
  return names
    .filter(
      (name) => name.startsWith(start) && /^([_.-].*)?\.csv(\.gz)?$/.test(name.slice(start.length)),
    )
    .sort()
    .map((name) => join(folder, name));
}
