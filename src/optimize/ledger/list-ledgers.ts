import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MARKETS } from '../../domain/index.js';
import { fileError, systemErrorCode } from '../../files/index.js';
import { readLuck } from './luck-file.js';
import { countLedger } from './trial-ledger.js';

/** What was ever tried on a strategy and instrument. */
export interface LedgerEntry {
  readonly strategy: string;
  readonly symbol: string;
  readonly market: string;
  readonly interval: string;
  /** Distinct trials, and those of them whose draws are known. */
  readonly trials: number;
  readonly trialsInLuck: number;
  /** Runs that were noted; times of the first and the last one, ISO 8601 UTC. */
  readonly runs: number;
  readonly firstRun: string | undefined;
  readonly lastRun: string | undefined;
  /** Earliest and latest candle that was looked at, ISO 8601 UTC. */
  readonly periodStart: string | undefined;
  readonly periodEnd: string | undefined;
  /** Whether what luck shows with the trials can be read; where it cannot, they count by their number alone. */
  readonly isLuckReadable: boolean;
}

const NAME = new RegExp(`^(.+)_([A-Z0-9]+)_(${MARKETS.join('|')})_([^_]+)\\.trials$`);
const runSchema = z.object({
  time: z.string(),
  period_start: z.string(),
  period_end: z.string(),
});

/**
 * Lists what was ever tried, by strategy, symbol, market and interval.
 *
 * @param folder - For example `results/ledger`.
 * @returns Nothing where there is no folder.
 * @throws {UserError} If something cannot be read.
 */
export function listLedgers(folder: string): LedgerEntry[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw fileError('read', folder, error);
  }
  return names.sort().flatMap((name) => {
    const match = NAME.exec(name);
    if (match === null) return [];
    const [, strategy = '', symbol = '', market = '', interval = ''] = match;
    const path = join(folder, name);
    const trials = countLedger(path);
    const luck = readLuck(path.replace(/\.trials$/, '.luck'));
    const runs = readRuns(`${path}.runs.jsonl`);
    const times = runs.map(({ time }) => time).sort();
    return [
      {
        strategy,
        symbol,
        market,
        interval,
        trials,
        trialsInLuck: Math.min(trials, luck?.seen ?? 0),
        runs: runs.length,
        firstRun: times[0],
        lastRun: times.at(-1),
        periodStart: runs.map((run) => run.period_start).sort()[0],
        periodEnd: runs
          .map((run) => run.period_end)
          .sort()
          .at(-1),
        isLuckReadable: luck !== undefined,
      },
    ];
  });
}

function readRuns(path: string): z.infer<typeof runSchema>[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw fileError('read', path, error);
  }
  return text.split('\n').flatMap((line) => {
    try {
      const run = runSchema.safeParse(JSON.parse(line));
      return run.success ? [run.data] : [];
    } catch {
      // A line that a crash cut short tells nothing.
      return [];
    }
  });
}
