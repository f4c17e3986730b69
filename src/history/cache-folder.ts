import { createHash } from 'node:crypto';
import { access, constants, readdir, realpath, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../files/index.js';

/** Where a cache entry may lie. */
export interface CachePlaces {
  /** Beside the source: moves and disappears with the data. */
  readonly beside: string;
  /** In the user's cache folder: for sources in folders that are not written to. */
  readonly inUserFolder: string;
}

const FOLDER_NAME = '.wus-cache';
const USER_FOLDER_BYTES_MAX = 4e9;

/**
 * Returns the two places for the cache entry of a source file.
 *
 * @param path - The source; it exists.
 * @param suffix - Tells entries of one source apart, for example `.candles`.
 */
export async function cachePlaces(path: string, suffix: string): Promise<CachePlaces> {
  const source = await realpath(path);
  const key = createHash('sha256').update(source).digest('hex').slice(0, 32);
  return {
    beside: join(dirname(source), FOLDER_NAME, `${basename(source)}${suffix}`),
    inUserFolder: join(userCacheFolder(), `${key}${suffix}`),
  };
}

/**
 * Returns the place to write an entry to, with its folder made: beside the source when that folder is
 * meant to be written to, otherwise in the user's cache folder.
 */
export async function writableCachePlace(places: CachePlaces): Promise<string> {
  const sourceFolder = dirname(dirname(places.beside));
  // The mode counts too: root may write everywhere, but a folder marked read-only is to stay as it is.
  const isMarkedReadOnly = ((await stat(sourceFolder)).mode & 0o222) === 0;
  const isWritable =
    !isMarkedReadOnly &&
    (await access(sourceFolder, constants.W_OK).then(
      () => true,
      () => false,
    ));
  if (isWritable) {
    try {
      const folder = dirname(places.beside);
      if (makeFolder(folder)) {
        await writeFileAtomic(join(folder, '.gitignore'), '*\n', { flush: false });
      }
      return places.beside;
    } catch {
      // A full or odd disk: the user's folder may still do.
    }
  }
  makeFolder(dirname(places.inUserFolder));
  await prune(dirname(places.inUserFolder));
  return places.inUserFolder;
}

/** `$XDG_CACHE_HOME/wus/candles`, or the platform's place for caches. */
export function userCacheFolder(): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (xdg !== undefined && xdg !== '') return join(xdg, 'wus', 'candles');
  if (process.platform === 'win32' && local !== undefined) return join(local, 'wus', 'candles');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'wus', 'candles');
  return join(homedir(), '.cache', 'wus', 'candles');
}

/** Removes the oldest entries beyond the limit; beside the data nothing needs it, one entry per file. */
async function prune(folder: string): Promise<void> {
  const names = await readdir(folder);
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const status = await stat(path).catch(() => undefined);
      return { path, size: status?.size ?? 0, time: status?.mtimeMs ?? 0 };
    }),
  );
  let total = 0;
  for (const entry of entries.sort((a, b) => b.time - a.time)) {
    total += entry.size;
    if (total > USER_FOLDER_BYTES_MAX) await rm(entry.path, { force: true });
  }
}
