import { createHash } from 'node:crypto';
import { access, constants, readdir, realpath, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder, writeFileAtomic } from '../files/index.js';

/** Where a cache entry may lie. */
export interface CachePlaces {
  /** Beside the source: moves and disappears with the data. `undefined` where that is not wanted. */
  readonly beside: string | undefined;
  /** In the user's cache folder: for sources in folders that are not written to. */
  readonly inUserFolder: string;
}

const FOLDER_NAME = '.wus-cache';
const USER_FOLDER_BYTES_MAX = 4e9;
/** What is removed when it gets too much: never files of others. */
const ENTRY_NAME = /^[0-9a-f]{32}\.[a-z0-9.]+$/;

/**
 * Returns the places for the cache entry of a source file. A file or folder that is reached through a symbolic link
 * belongs to somebody else: nothing is written beside the link's target. `WUS_CACHE_DIR` names one folder for all entries.
 *
 * @param path - The source; it exists.
 * @param suffix - Tells entries of one source apart, for example `.candles`.
 */
export async function cachePlaces(path: string, suffix: string): Promise<CachePlaces> {
  const source = await realpath(path);
  const key = createHash('sha256').update(source).digest('hex').slice(0, 32);
  const isLink = source !== resolve(path);
  const hasOwnFolder = (process.env.WUS_CACHE_DIR ?? '') !== '';
  return {
    beside:
      isLink || hasOwnFolder
        ? undefined
        : join(dirname(source), FOLDER_NAME, `${basename(source)}${suffix}`),
    inUserFolder: join(userCacheFolder(), `${key}${suffix}`),
  };
}

/** Where an entry may lie, in the order in which it is looked for. */
export function placesOf({ beside, inUserFolder }: CachePlaces): readonly string[] {
  return beside === undefined ? [inUserFolder] : [beside, inUserFolder];
}

/**
 * Returns the place to write an entry to, with its folder made: beside the source when that folder is
 * meant to be written to, otherwise in the user's cache folder.
 */
export async function writableCachePlace(places: CachePlaces): Promise<string> {
  if (places.beside !== undefined && (await isWritableFolder(places.beside))) return places.beside;
  makeFolder(dirname(places.inUserFolder));
  await prune(dirname(places.inUserFolder));
  return places.inUserFolder;
}

/** Makes the cache folder beside a source, if its folder is meant to be written to. */
async function isWritableFolder(place: string): Promise<boolean> {
  const folder = dirname(place);
  const sourceFolder = dirname(folder);
  // The mode counts too: root may write everywhere, but a folder marked read-only is to stay as it is.
  const isMarkedReadOnly = ((await stat(sourceFolder)).mode & 0o222) === 0;
  const isWritable =
    !isMarkedReadOnly &&
    (await access(sourceFolder, constants.W_OK).then(
      () => true,
      () => false,
    ));
  if (!isWritable) return false;
  try {
    if (makeFolder(folder)) {
      await writeFileAtomic(join(folder, '.gitignore'), '*\n', { flush: false });
    }
    return true;
  } catch {
    // A full or odd disk: the user's folder may still do.
    return false;
  }
}

/** `$WUS_CACHE_DIR`, `$XDG_CACHE_HOME/wus/candles`, or the platform's place for caches. */
export function userCacheFolder(): string {
  const { WUS_CACHE_DIR: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (own !== undefined && own !== '') return resolve(own);
  if (xdg !== undefined && xdg !== '') return join(xdg, 'wus', 'candles');
  if (process.platform === 'win32' && local !== undefined) return join(local, 'wus', 'candles');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'wus', 'candles');
  return join(homedir(), '.cache', 'wus', 'candles');
}

/** Removes the oldest entries beyond the limit; beside the data nothing needs it, one entry per file. */
async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => ENTRY_NAME.test(name));
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
