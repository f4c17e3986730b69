import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../domain/index.js';
import { fileError } from '../files/index.js';
import { readTradeLogFile } from './read-trade-log-file.js';
import type { TradeLog } from './trade-analysis.js';

/** Trade logs that were read, and those that were not. */
export interface TradeLogs {
  readonly logs: readonly TradeLog[];
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
  /** Sentences about the logs as a whole. */
  readonly notes: readonly string[];
}

/** Files found below the named folders, and names that lead nowhere. */
export interface FoundFiles {
  readonly files: readonly string[];
  readonly refused: TradeLogs['refused'];
}

/**
 * Finds files: a named file is taken as it is, a folder is searched with all its subfolders.
 *
 * @param names - Files and folders.
 * @param isWanted - Decides by path, inside folders.
 * @returns Sorted, without duplicates.
 */
export function findFiles(
  names: readonly string[],
  isWanted: (file: string) => boolean,
): FoundFiles {
  const files = new Set<string>();
  const refused: { path: string; reason: string }[] = [];
  for (const name of names) {
    try {
      if (!statSync(name).isDirectory()) files.add(path.normalize(name));
      else for (const file of filesBelow(name)) if (isWanted(file)) files.add(file);
    } catch (error) {
      refused.push({ path: name, reason: fileError('read', name, error).message });
    }
  }
  return { files: [...files].sort(), refused };
}

/**
 * Says whether a file is named like a trade log: `trades.csv`, or ending in `_trades.csv` or `-trades.csv`.
 *
 * @param file - Path.
 */
export function isTradeLogName(file: string): boolean {
  return /(^|[_-])trades\.csv$/.test(path.basename(file));
}

/**
 * Reads trade logs; what cannot be read is named and does not cost the others. Copies of one file count once.
 *
 * @param found - Files.
 * @param onRead - Told after each file.
 */
export function readTradeLogs(
  found: FoundFiles,
  onRead?: (done: number, total: number, file: string) => void,
): TradeLogs {
  const logs: TradeLog[] = [];
  const refused = [...found.refused];
  const notes: string[] = [];
  const seen = new Map<string, string>();
  found.files.forEach((file, k) => {
    try {
      const log = readTradeLogFile(file);
      const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
      const twin = seen.get(hash);
      if (twin !== undefined && log.trades.length > 0) {
        notes.push(`${file} is a copy of ${twin}: its trades are counted once.`);
      } else {
        seen.set(hash, file);
        logs.push(log);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push({ path: file, reason: error.message });
    }
    onRead?.(k + 1, found.files.length, file);
  });
  return { logs, refused, notes };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
