import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileError } from './file-error.js';
import { makeFolder } from './make-folder.js';

/**
 * Writes a small file of the program's own at once: readers see the old one or the whole new one. For files that are
 * written between two pieces of work, where waiting would let another one in; results go through `writeFileAtomic()`.
 *
 * @param path - Where the file shall be; missing folders are created.
 * @param data - The content.
 * @param options - Whether to wait until the disk has it.
 * @throws {UserError} If the path cannot be written; the old file then stays as it was.
 */
export function writeFileAtomicSync(
  path: string,
  data: Uint8Array,
  options: { readonly flush: boolean },
): void {
  const folder = dirname(path);
  const temporary = join(
    folder,
    `.${basename(path).slice(0, 32)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  let file: number | undefined;
  try {
    makeFolder(folder);
    file = openSync(temporary, 'wx');
    for (let done = 0; done < data.length; ) done += writeSync(file, data, done);
    if (options.flush) fsyncSync(file);
    closeSync(file);
    file = undefined;
    renameSync(temporary, path);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    rmSync(temporary, { force: true });
    throw fileError('write', path, error);
  }
}
