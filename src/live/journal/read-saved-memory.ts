import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../files/index.js';
import type { BotMemory } from '../core/index.js';
import { Journal } from './journal.js';

/**
 * Reads what a bot remembers from its state folder, without locking or changing it.
 *
 * @param folder - Path.
 * @returns `undefined` where no bot left anything.
 * @throws {UserError} If the state cannot be trusted.
 */
export async function readSavedMemory(folder: string): Promise<BotMemory | undefined> {
  return Journal.read({
    list: () =>
      readdir(folder).catch((error: unknown) => {
        if (systemErrorCode(error) === 'ENOENT') return [];
        throw error;
      }),
    read: (name) => readFile(join(folder, name)),
  });
}
