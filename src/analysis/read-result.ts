import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../domain/index.js';
import { fileError } from '../files/index.js';
import type { ComparedResult } from './compare-results.js';
import { readTradeLogFile } from './read-trade-log-file.js';
import { resultNames } from './result-names.js';
import { parseRunRecord } from './run-record.js';

/**
 * Reads results: the JSON of a run (with the trade log that it names, if that is still there) or a trade log (with the run record
 * beside it, if there is one).
 *
 * @param files - Two or more.
 * @throws {UserError} If one cannot be read or is neither.
 */
export function readResults(files: readonly string[]): readonly ComparedResult[] {
  const results = files.map(readResult);
  const names = resultNames(results);
  return results.map((result, k) => ({ name: names[k]!, ...result }));
}

function readResult(file: string): Omit<ComparedResult, 'name'> {
  if (path.extname(file).toLowerCase() === '.csv') {
    const log = readTradeLogFile(file);
    return { path: file, record: log.record, trades: log.trades, notes: log.notes };
  }
  if (path.extname(file).toLowerCase() !== '.json') {
    throw new UserError(
      `${file}: compare reads trade logs (.csv), or the --json output of wus backtest, forward-test or walk-forward (.json)`,
    );
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError('read', file, error);
  }
  const record = parseRunRecord(text, file);
  const log = tradeLogOf(file, record.tradesFile);
  if (log === undefined) {
    const why =
      record.tradesFile === undefined
        ? 'no trade log was written (--trades-file)'
        : `its trade log ${record.tradesFile} is missing`;
    const notes = [`${why}, so its trades are not compared`];
    return { path: file, record, trades: undefined, notes };
  }
  const { trades, notes } = readTradeLogFile(log);
  return { path: file, record, trades, notes };
}

/** The path is as the run's command line had it: from the working folder, or beside the JSON. */
function tradeLogOf(file: string, tradesFile: string | undefined): string | undefined {
  if (tradesFile === undefined) return undefined;
  const beside = path.join(path.dirname(file), path.basename(tradesFile));
  return [tradesFile, beside].find((candidate) => existsSync(candidate));
}
