import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemErrorCode } from './file-error.js';

/**
 * Makes a folder and those above it that are missing.
 *
 * Node's own recursive `mkdir` never returns where the system refuses a folder as "not there" (`/proc`).
 *
 * @param folder - Path of the folder.
 * @returns Whether it was missing.
 * @throws {Error} The system's error, if the folder cannot be made.
 */
export function makeFolder(folder: string): boolean {
  const missing: string[] = [];
  for (let path = folder; !isFolder(path); path = dirname(path)) {
    missing.unshift(path);
    if (dirname(path) === path) break;
  }
  for (const path of missing) {
    try {
      mkdirSync(path);
    } catch (error) {
      // Another process may have been faster.
      if (systemErrorCode(error) !== 'EEXIST' || !isFolder(path)) throw error;
    }
  }
  return missing.length > 0;
}

/** A file in the way is an error of its own kind, not a missing folder. */
function isFolder(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || status.isDirectory()) return status !== undefined;
  throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' });
}
