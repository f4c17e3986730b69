import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../domain/index.js';
import { type LivingLockOptions, takeLivingLock } from '../../files/index.js';
import type { JournalFiles } from './journal-files.js';

/**
 * Opens a folder on the disk for a journal; it is made if it is not there. Only the owner may read it, and only one
 * process at a time may have it: the lock of a dead process is taken over.
 *
 * @param folder - Path.
 * @param lockOptions - What to do when another process takes the folder over.
 * @throws {UserError} If another process has it, or nobody can tell whether one does.
 */
export async function openJournalFolder(
  folder: string,
  lockOptions: LivingLockOptions = {},
): Promise<JournalFiles & { readonly close: () => Promise<void> }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await takeLivingLock(join(folder, 'lock'), lockOptions);
  if (lock === undefined) {
    throw new UserError(
      `${folder} is in use by another process: stop that process first, or give this bot its own state folder`,
    );
  }
  const handles = new Map<string, FileHandle>();
  const handleOf = async (name: string): Promise<FileHandle> => {
    const known = handles.get(name);
    if (known !== undefined) return known;
    const handle = await open(join(folder, name), 'a', 0o600);
    handles.set(name, handle);
    return handle;
  };
  const release = async (name: string): Promise<void> => {
    await handles.get(name)?.close();
    handles.delete(name);
  };
  return {
    list: () => readdir(folder),
    read: (name) => readFile(join(folder, name)),
    append: async (name, data) => (await handleOf(name)).appendFile(data),
    sync: async (name) => (await handleOf(name)).datasync(),
    rename: async (from, to) => {
      await release(from);
      await release(to);
      await rename(join(folder, from), join(folder, to));
    },
    remove: async (name) => {
      await release(name);
      await rm(join(folder, name), { force: true });
    },
    syncFolder: async () => {
      // Windows opens no folder for this.
      if (process.platform === 'win32') return;
      const handle = await open(folder, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    close: async () => {
      for (const name of [...handles.keys()]) await release(name);
      lock.release();
    },
  };
}
