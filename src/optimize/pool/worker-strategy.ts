import { loadStrategyFromFile, moveStrategyConsole } from '../../plugins/index.js';
import { findStrategy, type Strategy } from '../../strategies/index.js';
import type { RunJob } from './protocol.js';

/**
 * Loads the strategy of a run in a worker.
 *
 * @param wanted - Name, or file and what it must hash to.
 */
export async function loadWorkerStrategy({ name, sha256 }: RunJob['strategy']): Promise<Strategy> {
  if (sha256 === undefined) return findStrategy(name);
  // Many threads run a strategy many times: what it prints would be noise.
  await moveStrategyConsole({ isSilent: true });
  return (await loadStrategyFromFile(name, { sha256 })).strategy;
}
