import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type BacktestRunConfig,
  type BacktestRunConfigInput,
  type OptimizeParamsFile,
  parseBacktestRunConfig,
  parseOptimizeParams,
} from '../config/index.js';
import { type Market, UserError } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';
import type { LoadedCandles } from '../history/index.js';
import { gridEntryOf, type OptimizeRequest } from '../optimize/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import { bindSeries } from './bind-series.js';
import { withFlagNames } from './flag-names.js';
import { loadCommandStrategy } from './load-strategy.js';
import { candlesOf } from './run-backtest-request.js';
import type { RunFlagGroup } from './run-flags.js';
import type { Terminal } from './terminal.js';

/** What is searched, loaded and checked. */
export interface LoadedSearch {
  readonly loadedStrategy: LoadedStrategy;
  readonly loaded: LoadedCandles;
  /** As optimizations and walk-forwards want it. */
  readonly search: Pick<
    OptimizeRequest,
    'config' | 'strategy' | 'strategySource' | 'coldStrategy' | 'candles' | 'dataHash' | 'grid'
  >;
}

/**
 * Loads strategy, grid and candles of a search.
 *
 * @param job - What is asked for.
 * @param terminal - For paths and the progress of loading.
 * @throws {UserError} If a file is missing or broken; a wrong grid is told before candles are read.
 */
export async function loadSearch(
  job: {
    readonly config: BacktestRunConfigInput;
    readonly dataFolder: string;
    readonly gridFile: string;
    readonly groups: readonly RunFlagGroup[];
  },
  terminal: Terminal,
): Promise<LoadedSearch> {
  const grids = await readGridFile(job.gridFile, terminal);
  const named = await loadCommandStrategy(job.config.strategy, terminal);
  const asked = job.config.symbol?.toUpperCase();
  if (asked !== undefined) gridEntryOf(grids, asked, named.strategy);
  const configOf = (market: Market): BacktestRunConfig =>
    withFlagNames(
      () => parseBacktestRunConfig({ ...job.config, market: job.config.market ?? market }),
      job.groups,
    );
  // A wrong date or amount is told before candles are read; a market that is not known yet permits everything.
  configOf('usdm');
  const { loadedStrategy, loaded } = await bindSeries(
    named,
    await candlesOf({ ...job, strategy: named.strategy }, terminal),
    job,
  );
  const { strategy, source } = loadedStrategy;
  const { candles, dataHash } = loaded;
  const config = configOf(candles.market);
  const grid = gridEntryOf(grids, candles.symbol, strategy);
  return {
    loadedStrategy,
    loaded,
    search: {
      config,
      strategy,
      strategySource: source,
      coldStrategy: await loadedStrategy.fresh?.(),
      candles,
      dataHash,
      grid,
    },
  };
}

/**
 * Reads a grid file.
 *
 * @param file - As the user named it.
 * @param terminal - For its folder.
 * @throws {UserError} If it does not exist: says how to get one.
 */
export async function readGridFile(file: string, terminal: Terminal): Promise<OptimizeParamsFile> {
  try {
    const text = await readFile(path.resolve(terminal.workingFolder, file), 'utf8');
    return parseOptimizeParams(text, file);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    if (systemErrorCode(error) !== 'ENOENT') throw fileError('read', file, error);
    throw new UserError(
      `${file} does not exist: create it with wus init, or give your own with --config`,
    );
  }
}
