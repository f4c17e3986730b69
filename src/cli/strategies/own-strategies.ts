import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../domain/index.js';
import type { Strategy } from '../../strategies/index.js';
import { loadCommandStrategy } from '../load-strategy.js';
import type { Terminal } from '../terminal.js';

/** A strategy file that was found: loaded, or why it could not be. */
export interface OwnStrategy {
  /** As a command takes it, `./strategies/dip.ts`. */
  readonly file: string;
  readonly strategy: Strategy | undefined;
  readonly problem: string | undefined;
}

const FOLDERS = ['.', 'strategies'];
const MODULE = /^(?!.*\.(test|spec|config|d)\.).*\.m?[jt]s$/;
/** A file is read before it is run: only one that defines a strategy is. */
const DEFINES = /\bexport\s+(?:const|let|var)\s+strategy\b|\bexport\s*\{[^}]*\bstrategy\b/;
const BYTES_MAX = 1_000_000;
const FILES_MAX = 500;

/**
 * Loads the strategy files of a folder and of its `strategies/`.
 *
 * @param terminal - For its folder.
 * @param folders - Where to look. Default: those two.
 * @returns In order of folder and name; a file that does not load says why.
 */
export async function ownStrategies(
  terminal: Terminal,
  folders: readonly string[] = FOLDERS,
): Promise<readonly OwnStrategy[]> {
  const found: OwnStrategy[] = [];
  for (const folder of folders) {
    const absolute = path.resolve(terminal.workingFolder, folder);
    const entries = await readdir(absolute, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((one) => !one.isDirectory() && MODULE.test(one.name));
    for (const { name } of names.slice(0, FILES_MAX).sort(byName)) {
      const text = await readFile(path.join(absolute, name), 'utf8').catch(() => '');
      if (text.length > BYTES_MAX || !DEFINES.test(text)) continue;
      const file = path.isAbsolute(folder)
        ? path.join(folder, name)
        : `./${path.posix.join(folder.split(path.sep).join('/'), name)}`;
      found.push(await loaded(file, terminal));
    }
  }
  return found;
}

async function loaded(file: string, terminal: Terminal): Promise<OwnStrategy> {
  try {
    const { strategy } = await loadCommandStrategy(file, terminal);
    return { file, strategy, problem: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { file, strategy: undefined, problem: error.message };
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
