import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../domain/index.js';
import { fileError, systemErrorCode } from './file-error.js';
import { createLock, holdUntilExit, isHeldHere, letGo, removeDeadLock } from './lock-file.js';
import { type LockOwner, ownerState, ownLockOwner, readLockOwner } from './lock-owner.js';
import { makeFolder } from './make-folder.js';

/** A lock that shows that its owner lives, also to who cannot see the owner's process. */
export interface LivingLock {
  /** Gives the lock back; further calls do nothing. */
  release(): void;
}

export interface LivingLockOptions {
  /** Another process took the lock over, because this one did not get to run for long: it must stop at once. */
  readonly onLost?: () => void;
  /** How often the file is touched, ms; default 1,000. */
  readonly beatMs?: number;
  /** An owner that is out of sight and does not touch the file for as long is dead, ms; default 15,000. */
  readonly silenceMs?: number;
}

const BEAT_MS = 1_000;
const SILENCE_MS = 15_000;
const LOOK_MS = 250;
/** A lock that changes hands while it is taken over is tried again this often. */
const TRIES_MAX = 5;

/**
 * Takes a lock that is kept for long. A dead owner that can be seen from here is known at once; of one that cannot be seen, in
 * another container or on another machine, the touches of the file tell, which are waited for.
 *
 * @param path - The lock file; missing folders are created.
 * @returns `undefined` where this process has it already.
 * @throws {UserError} If a living process has it, or nobody can tell: the message says what to do then.
 */
export async function takeLivingLock(
  path: string,
  options: LivingLockOptions = {},
): Promise<LivingLock | undefined> {
  if (isHeldHere(path)) return undefined;
  try {
    makeFolder(dirname(path));
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const owner = ownLockOwner({ beats: true });
      if (createLock(path, owner)) return keepAlive(path, owner, options);
      const text = await deadText(path, options);
      if (text !== undefined) removeDeadLock(path, text);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unwritable(path, error);
  }
  throw new UserError(`${path} keeps changing: several traders are starting with it`);
}

/**
 * Says whether a living process seems to have a lock, without waiting: of an owner out of sight the newest touch decides, by the
 * clock of this machine.
 *
 * @param path - The lock file.
 */
export function isLivingLock(path: string, silenceMs = SILENCE_MS): boolean {
  if (isHeldHere(path)) return true;
  const seen = look(path);
  if (seen === undefined) return false;
  const owner = readLockOwner(seen.text);
  if (owner === undefined) return false;
  const state = ownerState(owner, path);
  if (state !== 'unknown') return state === 'lives';
  return owner.beats !== true || Date.now() - seen.mtimeMs < silenceMs;
}

/** Another folder is no way out: it knows nothing of what is open. */
function unwritable(path: string, error: unknown): UserError {
  const code = systemErrorCode(error);
  const isForbidden = code === 'EROFS' || code === 'EACCES' || code === 'EPERM';
  if (!isForbidden) return fileError('write', path, error);
  const reason = code === 'EROFS' ? 'the disk is read-only' : 'permission denied';
  return new UserError(
    `Cannot write ${path}: ${reason}; make the folder writable. Do not use another folder: it has no record of open positions`,
    { cause: error },
  );
}

/** Returns the text of a lock whose owner is dead; of one that is gone meanwhile nothing. */
async function deadText(path: string, options: LivingLockOptions): Promise<string | undefined> {
  const seen = look(path);
  if (seen === undefined) return undefined;
  const owner = readLockOwner(seen.text);
  if (owner === undefined) return seen.text;
  const state = ownerState(owner, path);
  if (state === 'dead') return seen.text;
  const folder = dirname(path);
  if (state === 'lives') {
    throw new UserError(
      `${folder} is in use by another process (${owner.pid}): stop that process first, or give this bot its own state folder`,
    );
  }
  if (owner.beats !== true) throw outOfSight(path, owner, 'it is unknown whether it still runs');
  if (owner.file !== undefined && owner.file !== seen.file)
    throw outOfSight(path, owner, 'this folder is a copy, and the original may still be in use');
  const isSilent = await staysSilent(path, seen, options.silenceMs ?? SILENCE_MS);
  if (!isSilent) {
    throw new UserError(
      `${folder} is in use by process ${owner.pid} on ${owner.host}, which is running: stop that process first, or give this bot its own state folder`,
    );
  }
  return seen.text;
}

function outOfSight(path: string, owner: LockOwner, why: string): UserError {
  return new UserError(
    `${dirname(path)} was in use by process ${owner.pid} on ${owner.host}; ${why}.\nTwo traders on one account would trade against each other: make sure that process has ended, then remove ${path} and start again`,
  );
}

interface SeenLock {
  readonly text: string;
  readonly mtimeMs: number;
  readonly file: number;
}

function look(path: string): SeenLock | undefined {
  try {
    const { mtimeMs, ino } = statSync(path);
    return { text: readFileSync(path, 'utf8'), mtimeMs, file: ino };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** No clock is compared with another: only whether the file changes counts. */
async function staysSilent(path: string, first: SeenLock, silenceMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < silenceMs; waitedMs += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, silenceMs)));
    const now = look(path);
    if (now === undefined) return true;
    if (now.text !== first.text || now.mtimeMs !== first.mtimeMs) return false;
  }
  return true;
}

function keepAlive(path: string, owner: LockOwner, options: LivingLockOptions): LivingLock {
  holdUntilExit(path);
  let isOver = false;
  const end = (): void => {
    isOver = true;
    clearInterval(timer);
    letGo(path);
  };
  const beat = (): void => {
    if (isOver) return;
    if (!isStillOurs(path, owner)) {
      end();
      options.onLost?.();
      return;
    }
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch {
      // A disk that fails for a while is no reason to stop: it is seen elsewhere.
    }
  };
  const timer = setInterval(beat, options.beatMs ?? BEAT_MS);
  timer.unref();
  return {
    release: () => {
      if (isOver) return;
      const isOurs = isStillOurs(path, owner);
      end();
      if (isOurs) rmSync(path, { force: true });
    },
  };
}

/** A file that cannot be read proves nothing; one that is gone, or of another owner, does. */
function isStillOurs(path: string, { nonce }: LockOwner): boolean {
  try {
    return readLockOwner(readFileSync(path, 'utf8'))?.nonce === nonce;
  } catch (error) {
    return systemErrorCode(error) !== 'ENOENT';
  }
}
