import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { fileError, systemErrorCode } from './file-error.js';
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
      if (createLock(path)) return ownLock(path);
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
function createLock(path: string): boolean {
  const owner = { pid: process.pid, host: hostname(), nonce: randomBytes(8).toString('hex') };
  const draft = `${path}.${owner.nonce}`;
  writeFileSync(draft, JSON.stringify(owner));
  try {
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
function removeDeadLock(path: string, deadText: string): void {
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
  held.add(path);
  if (!cleansUpAtExit) {
    cleansUpAtExit = true;
    process.once('exit', () => {
      for (const lock of held) rmSync(lock, { force: true });
    });
  }
  return {
    release: () => {
      if (held.delete(path)) rmSync(path, { force: true });
    },
  };
}

/** Returns the text of a lock whose owner is dead, `undefined` while it may live. */
function deadLockText(path: string): string | undefined {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
    const owner = JSON.parse(text) as { pid?: unknown; host?: unknown };
    if (owner.host !== hostname() || typeof owner.pid !== 'number') return undefined;
    // Our own number in a lock that we do not hold was reused: its owner is dead.
    return owner.pid === process.pid || !lives(owner.pid) ? text : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/** A process that is dead and that its parent has not noticed yet, as in a container without an init. Linux only. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
