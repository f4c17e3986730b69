import { loadStrategyFromFile, moveStrategyConsole } from '../../plugins/index.js';
import { findStrategy, type Strategy } from '../../strategies/index.js';
import type { RunJob } from './protocol.js';
import { openSeries } from './shared-series.js';

/**
 * Loads the strategy of a run in a worker.
 *
 * @param job - Name, or file and what it must hash to, and the data of its series.
 */
export async function loadWorkerStrategy({
  strategy: wanted,
  series,
}: Pick<RunJob, 'strategy' | 'series'>): Promise<Strategy> {
  const strategy = await namedStrategy(wanted);
  return series === undefined ? strategy : strategy.withSeries!(openSeries(series));
}

async function namedStrategy({ name, sha256 }: RunJob['strategy']): Promise<Strategy> {
  if (sha256 === undefined) return findStrategy(name);
  // Many threads run a strategy many times: what it prints would be noise.
  await moveStrategyConsole({ isSilent: true });
  return (await loadStrategyFromFile(name, { sha256 })).strategy;
}
