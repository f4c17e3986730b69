import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fileError, systemErrorCode } from './file-error.js';
import { type LockOwner, ownerState, ownLockOwner, readLockOwner } from './lock-owner.js';
import { makeFolder } from './make-folder.js';

/** A lock that this process holds. */
export interface FileLock {
  /** Gives the lock back; further calls do nothing. */
  release(): void;
}

/** Locks of this process; removed when it exits. */
const held = new Set<string>();
let cleansUpAtExit = false;

/** A lock whose owner dies while it is taken over is tried again this often. */
const TRIES_MAX = 5;

/**
 * Takes a lock file (`path`), unless a living process has it. A lock left behind by a dead process is taken over.
 *
 * @param path - The lock file itself; missing folders are created.
 * @returns The lock, or `undefined` when another one holds it.
 * @throws {UserError} If the file cannot be written.
 */
export function tryLockFile(path: string): FileLock | undefined {
  if (held.has(path)) return undefined;
  try {
    makeFolder(dirname(path));
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      if (createLock(path, ownLockOwner())) return ownLock(path);
      const deadText = deadLockText(path);
      if (deadText !== undefined) removeDeadLock(path, deadText);
      else if (existsSync(path)) return undefined;
    }
    return undefined;
  } catch (error) {
    throw fileError('write', path, error);
  }
}

/** Waits between two tries to get a lock, ms. */
const WAIT_MS = 25;

/**
 * Takes a lock file as soon as it is free.
 *
 * @param path - The lock file itself.
 * @param timeoutMs - How long to wait.
 * @returns The lock, or `undefined` when the time is over.
 * @throws {UserError} If the file cannot be written.
 */
export async function waitForLockFile(
  path: string,
  timeoutMs: number,
): Promise<FileLock | undefined> {
  for (let waitedMs = 0; ; waitedMs += WAIT_MS) {
    const lock = tryLockFile(path);
    if (lock !== undefined || waitedMs >= timeoutMs) return lock;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

/** The lock appears whole: it is written under another name and then linked. */
export function createLock(path: string, owner: LockOwner): boolean {
  const draft = `${path}.${owner.nonce}`;
  try {
    writeFileSync(draft, '');
    // A copy of the folder is another file: it shows that its owner may live where the original is.
    const { ino } = statSync(draft);
    writeFileSync(draft, JSON.stringify({ ...owner, file: ino }));
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves a dead lock aside; should another process have replaced it meanwhile, that one is put back. */
export function removeDeadLock(path: string, deadText: string): void {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== deadText) linkSync(aside, path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

function ownLock(path: string): FileLock {
  holdUntilExit(path);
  return {
    release: () => {
      if (held.delete(path)) rmSync(path, { force: true });
    },
  };
}

/** Whether this process has the lock. */
export function isHeldHere(path: string): boolean {
  return held.has(path);
}

/** Notes a lock as ours; it is removed when the process exits. */
export function holdUntilExit(path: string): void {
  held.add(path);
  if (cleansUpAtExit) return;
  cleansUpAtExit = true;
  process.once('exit', () => {
    for (const lock of held) rmSync(lock, { force: true });
  });
}

/** Notes that a lock is ours no longer. */
export function letGo(path: string): void {
  held.delete(path);
}

/** Returns the text of a lock whose owner is dead, `undefined` while it may live. */
function deadLockText(path: string): string | undefined {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const owner = readLockOwner(text);
  return owner === undefined || ownerState(owner, path) === 'dead' ? text : undefined;
}
