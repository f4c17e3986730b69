import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../domain/index.js';
import { type BotMemory, isFlat, readSavedMemory } from '../live/index.js';

/** What a bot left in its state folder. */
export interface SavedBot {
  readonly folder: string;
  readonly memory: BotMemory;
}

/** Bots below a folder, and what is wrong with the folders that cannot be read. */
export interface SavedBots {
  readonly bots: readonly SavedBot[];
  readonly problems: readonly string[];
}

/**
 * Finds what bots left: nothing is locked or changed, and they may run meanwhile.
 *
 * @param root - State folder of one environment.
 */
export async function savedBots(root: string): Promise<SavedBots> {
  const bots: SavedBot[] = [];
  const problems: string[] = [];
  for (const name of await foldersIn(root)) {
    const folder = path.join(root, name);
    try {
      const memory = await readSavedMemory(folder);
      if (memory !== undefined) bots.push({ folder, memory });
    } catch (error) {
      if (!(error instanceof UserError) && !(error instanceof Error && 'code' in error))
        throw error;
      problems.push(`${folder}: ${error.message}`);
    }
  }
  return { bots, problems };
}

/** Whether a bot has something in the market, or may have. */
export function holdsSomething(memory: Pick<BotMemory, 'position' | 'order' | 'others'>): boolean {
  return !isFlat(memory);
}

/**
 * Says what is odd about a state folder that can be used all the same.
 *
 * @param folder - Of a bot.
 */
export async function folderWarning(folder: string): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const { mode } = await stat(folder);
  return (mode & 0o022) === 0
    ? undefined
    : `other users can write to ${folder} and so send commands to this bot: chmod 700 it`;
}

async function foldersIn(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
