import { createHash } from 'node:crypto';
import type { BacktestRunConfigInput } from '../config/index.js';
import { parseUtcTime } from '../domain/index.js';
import type { LoadedCandles } from '../history/index.js';
import { folderOf, type LoadedStrategy, loadSeries } from '../plugins/index.js';

/**
 * Loads the series that a strategy declares, for a run on candles: the strategy then has their data, and the hash of the data
 * covers them (S-62).
 *
 * @param loadedStrategy - Of the command.
 * @param loaded - Candles of the run.
 * @param request - Data folder and period.
 * @throws {UserError} If data is absent or has holes.
 */
export async function bindSeries(
  loadedStrategy: LoadedStrategy,
  loaded: LoadedCandles,
  request: {
    readonly dataFolder: string;
    readonly config: Pick<BacktestRunConfigInput, 'start' | 'end'>;
  },
): Promise<{ readonly loadedStrategy: LoadedStrategy; readonly loaded: LoadedCandles }> {
  const { strategy, source, fresh } = loadedStrategy;
  if (strategy.series === undefined) return { loadedStrategy, loaded };
  const { start, end } = request.config;
  const found = await loadSeries(strategy, {
    candles: loaded.candles,
    dataFolder: request.dataFolder,
    folder: folderOf(source),
    start: start == null ? undefined : parseUtcTime(start),
    end: end == null ? undefined : parseUtcTime(end),
  });
  if (found.dataHash === undefined) return { loadedStrategy, loaded };
  const both = createHash('sha256').update(loaded.dataHash).update(found.dataHash);
  return {
    loadedStrategy: {
      ...loadedStrategy,
      strategy: found.bind(strategy),
      fresh: fresh && (async () => found.bind(await fresh())),
    },
    loaded: { ...loaded, dataHash: both.digest('hex') },
  };
}
