import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemErrorCode } from './file-error.js';

/** Who has a lock, as the file says it. What a system cannot tell, and what older versions did not write, is absent. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly nonce: string;
  /** Boot of the machine, and the table of processes (container) in which `pid` counts. Linux only. */
  readonly boot?: string;
  readonly processes?: string;
  /** When the process began, in ticks since the boot: a number is used again, the moment is not. Linux only. */
  readonly start?: string;
  /** Number of the lock file itself on its disk. */
  readonly file?: number;
  /** It touches the file every second while it lives. */
  readonly beats?: boolean;
}

/** `lives` and `dead` are certain; `unknown` where the owner cannot be seen from here. */
export type OwnerState = 'lives' | 'dead' | 'unknown';

/** Describes this process. */
export function ownLockOwner(options: { readonly beats?: boolean } = {}): LockOwner {
  const boot = textOf('/proc/sys/kernel/random/boot_id');
  const processes = processTable();
  const start = startOf('self');
  return {
    pid: process.pid,
    host: hostname(),
    nonce: randomBytes(8).toString('hex'),
    ...(boot !== undefined && { boot }),
    ...(processes !== undefined && { processes }),
    ...(start !== undefined && { start }),
    ...(options.beats === true && { beats: true }),
  };
}

/**
 * Reads who has a lock.
 *
 * @param text - Of the file.
 * @returns `undefined` if it is torn: whoever wrote it died over it.
 */
export function readLockOwner(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner> | null;
    const isOwner = typeof owner?.pid === 'number' && typeof owner.host === 'string';
    return isOwner ? (owner as LockOwner) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Says whether the owner of a lock lives. A host name is no identity: two containers may have the same, and one container has
 * another after every start; nor is the number of a process, which is used again.
 *
 * @param owner - As the file says it.
 * @param path - The file: when it was written bounds when its process began.
 */
export function ownerState(owner: LockOwner, path: string): OwnerState {
  const self = ownLockOwner();
  if (owner.boot !== undefined && self.boot !== undefined) {
    // Another boot of this machine, or another machine: nothing can be seen of it.
    if (owner.boot !== self.boot || owner.processes !== self.processes) return 'unknown';
  } else if (owner.host !== self.host) return 'unknown';
  // Our own number in a lock that we do not hold was used again.
  if (owner.pid === process.pid) return 'dead';
  if (!lives(owner.pid)) return 'dead';
  const start = startOf(owner.pid);
  if (start === undefined) return owner.boot === undefined ? 'lives' : 'unknown';
  if (owner.start !== undefined) return owner.start === start ? 'lives' : 'dead';
  return beganAfter(owner.pid, path) ? 'dead' : 'lives';
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
  return statFields(pid)?.[0] === 'Z';
}

/** Start time in ticks since the boot. */
function startOf(pid: number | 'self'): string | undefined {
  return statFields(pid)?.[START_FIELD];
}

/** Of the fields after the name, which may have blanks and brackets: state is the first, start time the twentieth. */
const START_FIELD = 19;

function statFields(pid: number | 'self'): readonly string[] | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Clocks of files and of processes are no better than this, ms. */
const CLOCKS_MS = 5_000;

/** The folder of a process is as old as the process: one that began after the lock was written did not write it. */
function beganAfter(pid: number, path: string): boolean {
  try {
    return statSync(`/proc/${pid}`).ctimeMs > statSync(path).mtimeMs + CLOCKS_MS;
  } catch {
    return false;
  }
}

function processTable(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
