import { runRecordPath } from '../analysis/index.js';
import { writeFileAtomic } from '../files/index.js';
import { backtestJson } from './backtest-json.js';
import type { FinishedBacktest } from './run-backtest-request.js';

/**
 * Writes what a trade log does not tell (parameters, settings, metrics, equity) beside it, if one was written.
 *
 * @param finished - Run whose log was written.
 */
export async function writeRunRecord(finished: FinishedBacktest): Promise<void> {
  const { tradesFile } = finished;
  if (tradesFile === undefined) return;
  const json = JSON.stringify(backtestJson(finished), null, 2);
  await writeFileAtomic(runRecordPath(tradesFile), `${json}\n`);
}
