import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../domain/index.js';
import { fileError, systemErrorCode, tryLockFile } from '../files/index.js';
import type { TrialSettings } from '../optimize/index.js';

/** What the optimization of one window found; all that must survive a crash, as the rest follows from it. */
export interface ChosenSettings {
  /** Number of the window, from 1. */
  readonly number: number;
  readonly combinations: number;
  readonly settings: TrialSettings;
  /** Metrics of the winner on the training candles, as text so that they read back to the same doubles. */
  readonly metrics: readonly string[];
}

/** The finished windows of a walk-forward, kept while it runs. */
export interface WalkForwardState {
  readonly path: string;
  /** By number of the window. */
  readonly finished: ReadonlyMap<number, ChosenSettings>;
  /** Keeps a window; it is on the disk when this returns. */
  add(chosen: ChosenSettings): void;
  close(): void;
}

/**
 * Opens the state of a walk-forward; the same settings and data find the same file, whatever the number of workers.
 *
 * @param folder - For example `results/walk_forward/state`.
 * @param name - First part of the file's name.
 * @param identity - Everything that decides the result.
 * @param options - `fresh`: forget what is there.
 * @throws {UserError} If another run has it, or it cannot be written.
 */
export function openWalkForwardState(
  folder: string,
  name: string,
  identity: object,
  options: { readonly fresh: boolean },
): WalkForwardState {
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  const path = join(folder, `${name}_${hash.slice(0, 16)}.jsonl`);
  const lock = tryLockFile(`${path}.lock`);
  if (lock === undefined) {
    throw new UserError(
      `${path} is in use by another run: wait for it (if no other run is active, delete ${path}.lock)`,
    );
  }
  let file: number | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (options.fresh) rmSync(path, { force: true });
    const { finished, wholeBytes } = readState(path);
    file = openSync(path, 'a');
    truncateSync(path, wholeBytes);
    const open = file;
    return {
      path,
      finished,
      add: (chosen) => {
        try {
          writeSync(open, `${JSON.stringify(chosen)}\n`);
          fsyncSync(open);
        } catch (error) {
          throw fileError('write', path, error);
        }
      },
      close: () => {
        closeSync(open);
        lock.release();
      },
    };
  } catch (error) {
    if (file !== undefined) closeSync(file);
    lock.release();
    throw error instanceof UserError ? error : fileError('write', path, error);
  }
}

/** Whole lines up to the first that is none: a crash may have cut the last one short. */
function readState(path: string): {
  finished: Map<number, ChosenSettings>;
  wholeBytes: number;
} {
  const finished = new Map<number, ChosenSettings>();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { finished, wholeBytes: 0 };
    throw error;
  }
  let wholeBytes = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    let chosen: ChosenSettings;
    try {
      chosen = JSON.parse(line) as ChosenSettings;
    } catch {
      break;
    }
    finished.set(chosen.number, chosen);
    wholeBytes += Buffer.byteLength(line) + 1;
  }
  return { finished, wholeBytes };
}
