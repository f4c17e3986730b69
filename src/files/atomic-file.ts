import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, systemErrorCode } from './file-error.js';
import { makeFolder } from './make-folder.js';
import { rememberWrittenFile } from './written-files.js';

/** Temporary files of this process that are not yet renamed; removed when it exits in between. */
const pending = new Set<string>();
let cleansUpAtExit = false;
/** Of owner, group and others. */
const WRITE_BITS = 0o222;

/** A file that appears under its name only when complete. */
export interface AtomicFile {
  /** Appends; await it before the next call. */
  write(data: string | Uint8Array): Promise<void>;
  /** Flushes to the disk and puts the file in place. */
  commit(): Promise<void>;
  /** Forgets everything written; the old file, if any, stays. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/** How a file is put in place. */
export interface AtomicFileOptions {
  /** Wait until the disk has it, so that a power cut cannot lose it. Default true; `false` for caches. */
  readonly flush?: boolean | undefined;
}

/**
 * Starts a file that replaces `path` at once when committed: readers see the old one or the whole new one.
 *
 * Missing folders are created. A symbolic link stays a link: the file it names is replaced. The
 * permissions of an existing file are kept; a read-only one is not replaced, not even by root.
 *
 * @param path - Where the file shall be.
 * @throws {UserError} If the path cannot be written.
 */
export async function openAtomicFile(
  path: string,
  options: AtomicFileOptions = {},
): Promise<AtomicFile> {
  try {
    return await startAtomicFile(path, options.flush ?? true);
  } catch (error) {
    throw fileError('write', path, error);
  }
}

/**
 * Writes a whole file atomically: temporary name, flush to disk, rename.
 *
 * @param path - Where the file shall be; missing folders are created.
 * @param data - The content, whole or in pieces.
 * @throws {UserError} If the path cannot be written; the old file then stays as it was.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  options: AtomicFileOptions = {},
): Promise<void> {
  const file = await openAtomicFile(path, options);
  try {
    const whole = typeof data === 'string' || data instanceof Uint8Array;
    for await (const piece of whole ? [data] : data) await file.write(piece);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function startAtomicFile(path: string, flushes: boolean): Promise<AtomicFile> {
  const target = await realpath(path).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return path;
    throw error;
  });
  const existing = await stat(target).catch(() => undefined);
  if (existing !== undefined && !existing.isFile() && !existing.isDirectory()) {
    return passThrough(path, await open(target, 'w')); // /dev/null, /dev/stdout, a named pipe
  }
  if (existing?.isDirectory()) {
    throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
  }
  // The rename would replace it all the same; who took the right to write away meant the file to stay.
  if (existing !== undefined && (existing.mode & WRITE_BITS) === 0) {
    throw Object.assign(new Error('is read-only'), { code: 'READ_ONLY' });
  }
  makeFolder(dirname(target));
  // Short, so that the longest allowed name still has room.
  const temporary = join(
    dirname(target),
    `.${basename(target).slice(0, 32)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  const handle = await open(temporary, 'wx', (existing?.mode ?? 0o666) & 0o777);
  track(temporary);
  if (existing !== undefined) await handle.chmod(existing.mode & 0o7777).catch(() => undefined);
  return atomicFile({ path, target, temporary, handle, flushes });
}

function atomicFile({
  path,
  target,
  temporary,
  handle,
  flushes,
}: {
  readonly path: string;
  readonly target: string;
  readonly temporary: string;
  readonly handle: FileHandle;
  readonly flushes: boolean;
}): AtomicFile {
  let state: 'open' | 'committed' | 'discarded' = 'open';
  const discard = async (): Promise<void> => {
    if (state !== 'open') return;
    state = 'discarded';
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    pending.delete(temporary);
  };
  const orDiscard = async (action: () => Promise<void>): Promise<void> => {
    if (state !== 'open') throw new Error(`${path} is already ${state}`);
    try {
      await action();
    } catch (error) {
      await discard();
      throw fileError('write', path, error);
    }
  };
  return {
    write: (data) => orDiscard(() => handle.appendFile(data)),
    commit: () =>
      orDiscard(async () => {
        if (flushes) await handle.sync();
        await handle.close();
        await rename(temporary, target);
        state = 'committed';
        pending.delete(temporary);
        if (flushes) rememberWrittenFile(path);
        if (flushes) await flushFolder(dirname(target));
      }),
    discard,
  };
}

/** Devices and pipes cannot be renamed over: they are written as they are. */
function passThrough(path: string, handle: FileHandle): AtomicFile {
  return {
    write: async (data) => {
      try {
        await handle.appendFile(data);
      } catch (error) {
        throw fileError('write', path, error);
      }
    },
    commit: () => handle.close(),
    discard: () => handle.close().catch(() => undefined),
  };
}

/** Makes the rename survive a power cut; not every platform can flush a folder. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close().catch(() => undefined);
}

function track(temporary: string): void {
  pending.add(temporary);
  if (cleansUpAtExit) return;
  cleansUpAtExit = true;
  process.on('exit', () => {
    for (const file of pending) rmSync(file, { force: true });
  });
}
