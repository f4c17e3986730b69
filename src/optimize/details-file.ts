import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../domain/index.js';
import {
  type FileLock,
  fileError,
  makeFolder,
  waitForLockFile,
  writeFileAtomic,
} from '../files/index.js';
import { DETAILS_FORMAT, type DetailsIdentity } from './details-identity.js';

/** A details file being written: rows in grid order, one writer. */
export interface DetailsFile {
  readonly path: string;
  /**
   * Appends whole rows.
   *
   * @throws {UserError} If the disk is full or the file cannot be written; rows before stay.
   */
  append(rows: Uint8Array | string): void;
  /** Closes the file and gives its lock back; further calls do nothing. */
  close(): void;
}

/**
 * Starts a new details file with its header, and its identity beside it.
 *
 * @param path - Must not exist.
 * @param identity - What the rows depend on.
 * @param header - First line, without its end.
 * @throws {UserError} If the file exists, is in use or cannot be written.
 */
export async function createDetailsFile(
  path: string,
  identity: DetailsIdentity,
  header: string,
): Promise<DetailsFile> {
  const lock = await lockDetails(path);
  try {
    if (existsSync(path)) {
      throw new UserError(
        `${path} exists: continue it with --resume, or give another --details-file`,
      );
    }
    await writeIdentity(path, identity);
    const file = openForAppend(path, 'wx', lock);
    file.append(`${header}\n`);
    return file;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens an existing details file to continue it.
 *
 * @param path - Exists; its rows are whole.
 * @param lock - Held by this run.
 */
export function continueDetailsFile(path: string, lock: FileLock): DetailsFile {
  return openForAppend(path, 'a', lock);
}

/** A killed run with many threads takes a moment to die; its lock is free then. */
const LOCK_WAIT_MS = 2_000;

/**
 * Takes the lock of a details file.
 *
 * @param path - Of the details file.
 * @throws {UserError} If another run writes it.
 */
export async function lockDetails(path: string): Promise<FileLock> {
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw fileError('write', path, error);
  }
  const lock = await waitForLockFile(`${path}.lock`, LOCK_WAIT_MS);
  if (lock !== undefined) return lock;
  throw new UserError(
    `${path} is in use by another run: wait for it, or give another --details-file (if no other run is active, delete ${path}.lock)`,
  );
}

/**
 * Reads the identity of a details file.
 *
 * @param path - Of the details file.
 * @throws {UserError} If it is missing or of another format.
 */
export function readIdentity(path: string): DetailsIdentity {
  const sidecar = identityPath(path);
  let identity: Partial<DetailsIdentity>;
  try {
    identity = JSON.parse(readFileSync(sidecar, 'utf8')) as Partial<DetailsIdentity>;
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not readable' : 'is missing';
    throw new UserError(
      `${path} cannot be resumed: ${sidecar} ${reason}, so the origin of its rows is unknown; run without --resume to write a new file`,
    );
  }
  if (identity.format === DETAILS_FORMAT) return identity as DetailsIdentity;
  throw new UserError(
    `${path} cannot be resumed: another version of wus wrote it; run without --resume to write a new file`,
  );
}

/**
 * Returns the path of the file that holds the identity of a details file.
 *
 * @param path - Of the details file.
 */
export function identityPath(path: string): string {
  return `${path}.identity.json`;
}

/**
 * Writes the identity of a details file.
 *
 * @param path - Of the details file.
 * @param identity - What the rows depend on.
 */
export async function writeIdentity(path: string, identity: DetailsIdentity): Promise<void> {
  await writeFileAtomic(identityPath(path), `${JSON.stringify(identity, null, 2)}\n`);
}

function openForAppend(path: string, flags: 'wx' | 'a', lock: FileLock): DetailsFile {
  let file: number;
  try {
    file = openSync(path, flags);
  } catch (error) {
    throw fileError('write', path, error);
  }
  let isOpen = true;
  return {
    path,
    append: (rows) => {
      const bytes = typeof rows === 'string' ? Buffer.from(rows) : rows;
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      } catch (error) {
        const { message } = fileError('write', path, error);
        throw new UserError(`${message}\nFinished rows are kept: continue with --resume`, {
          cause: error,
        });
      }
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      closeSync(file);
      lock.release();
    },
  };
}
