import { runRecordPath } from '../analysis/index.js';
import { writeFileAtomic } from '../files/index.js';

/**
 * Writes what a trade log does not tell (parameters, settings, metrics, equity) beside it.
 *
 * @param tradesFile - The log.
 * @param record - What the command prints with `--json`.
 */
export async function writeRunRecord(
  tradesFile: string,
  record: Readonly<Record<string, unknown>>,
): Promise<void> {
  await writeFileAtomic(runRecordPath(tradesFile), `${JSON.stringify(record, null, 2)}\n`);
}
