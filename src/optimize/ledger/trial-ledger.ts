import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Market, type Timeframe, UserError } from '../../domain/index.js';
import { fileError, systemErrorCode, tryLockFile, waitForLockFile } from '../../files/index.js';
import { HashSet } from './hash-set.js';
import { appendLedgerFile, ledgerRecords, readLedgerFile } from './ledger-file.js';

/** Whose trials a ledger counts. */
export interface LedgerSubject {
  /** Class name. */
  readonly strategy: string;
  readonly symbol: string;
  readonly market: Market;
  readonly interval: Timeframe;
}

/** What is noted about a run beside its trials. */
export interface LedgerRun {
  /** Period `[start, end)`, ms UTC. */
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly dataHash: string;
  /** SHA-256 of a user's strategy file. */
  readonly strategyHash: string | undefined;
  /** ms UTC. */
  readonly startTime: number;
  /** Trials that are to come at most: memory is reserved at once and does not rise while they do. Default 0. */
  readonly expected?: number;
}

/** Counts every parameter set that was ever evaluated, once: over runs, resumes and processes. */
export interface TrialLedger {
  readonly path: string;
  /** Distinct trials, those of this run included. */
  readonly count: number;
  /** Of them, those that nobody had evaluated before this run. */
  readonly added: number;
  /** Counts a trial by its hash. */
  add(low: number, high: number): void;
  /** Writes what is new if some time has passed since the last time. Cheap; what cannot be written now is tried again later. */
  flushIfDue(now: number): void;
  /**
   * Writes the rest and notes the run.
   *
   * @throws {UserError} If the ledger cannot be written.
   */
  close(): Promise<void>;
}

/** A crash forgets the trials of the last moments at most. */
const FLUSH_MS = 1_000;
/** An append takes milliseconds; whoever holds the lock longer is stuck. */
const LOCK_WAIT_MS = 30_000;
/** Trials that are remembered one by one (128 MiB on disk); those beyond are counted each time they are evaluated. */
const REMEMBERED_MAX = 2 ** 24;
/** Trials for which memory is reserved before they come. */
const RESERVED_MAX = 2 ** 21;

/**
 * Returns the path of a ledger; the file is the format's version, then 8 bytes for each distinct trial.
 *
 * @param folder - For example `results/ledger`.
 * @param subject - Whose trials.
 */
export function ledgerPath(folder: string, subject: LedgerSubject): string {
  return join(folder, `${ledgerName(subject)}.trials`);
}

/**
 * Returns what the files of a subject are called, without their endings.
 *
 * @param subject - Whose trials.
 */
export function ledgerName({ strategy, symbol, market, interval }: LedgerSubject): string {
  return `${strategy}_${symbol}_${market}_${interval}`;
}

/**
 * Returns how many distinct trials a ledger holds.
 *
 * @param path - Of the ledger; a missing one is empty.
 * @throws {UserError} If the file is no ledger or cannot be read.
 */
export function countLedger(path: string): number {
  const known = new HashSet(Math.min(ledgerRecords(path), REMEMBERED_MAX));
  readLedgerFile(path, 0, (low, high) => void known.add(low, high));
  return known.size + readBeyond(`${path}.runs.jsonl`);
}

/**
 * Opens a ledger for a run; one that does not exist yet is started by the first trial.
 *
 * @param folder - For example `results/ledger`.
 * @param subject - Whose trials.
 * @param run - Period and data, noted in `<ledger>.runs.jsonl`.
 * @throws {UserError} If the file is no ledger or cannot be read.
 */
export function openTrialLedger(
  folder: string,
  subject: LedgerSubject,
  run: LedgerRun,
): TrialLedger {
  const path = ledgerPath(folder, subject);
  const runsPath = `${path}.runs.jsonl`;
  const expected = Math.min(run.expected ?? 0, RESERVED_MAX);
  const known = new HashSet(Math.min(ledgerRecords(path) + expected, REMEMBERED_MAX));
  let knownBytes = readLedgerFile(path, 0, (low, high) => void known.add(low, high));
  let beyond = readBeyond(runsPath);
  const earlier = known.size + beyond;
  const pending: number[] = [];
  const runId = randomBytes(6).toString('hex');
  let evaluated = 0;
  let foreign = 0;
  let ownBeyond = 0;
  let flushedAt = run.startTime;
  let isNoted = false;

  /** The lock is held. */
  const append = (flush: boolean): void => {
    const others = new HashSet(16);
    knownBytes = readLedgerFile(path, knownBytes, (low, high) => {
      others.add(low, high);
      if (known.add(low, high)) foreign++;
    });
    const words = new Uint32Array(pending.length);
    let length = 0;
    for (let k = 0; k < pending.length; k += 2) {
      const [low, high] = [pending[k]!, pending[k + 1]!];
      if (others.has(low, high)) {
        foreign++;
        continue;
      }
      words[length++] = low;
      words[length++] = high;
    }
    if (length > 0 || flush) {
      knownBytes = appendLedgerFile(path, words.subarray(0, length), { flush });
    }
    pending.length = 0;
    if (isNoted) return;
    isNoted = true;
    note(runsPath, {
      run: runId,
      time: new Date(run.startTime).toISOString(),
      period_start: new Date(run.periodStart).toISOString(),
      period_end: new Date(run.periodEnd).toISOString(),
      data_hash: run.dataHash,
      strategy_file_sha256: run.strategyHash ?? null,
    });
  };

  return {
    path,
    get count() {
      return known.size + beyond;
    },
    get added() {
      return known.size + beyond - earlier - foreign;
    },
    add: (low, high) => {
      evaluated++;
      if (known.size >= REMEMBERED_MAX) {
        if (known.has(low, high)) return;
        beyond++;
        ownBeyond++;
      } else if (known.add(low, high)) {
        pending.push(low, high);
      }
    },
    flushIfDue: (now) => {
      if (pending.length === 0 || now - flushedAt < FLUSH_MS) return;
      flushedAt = now;
      try {
        const lock = tryLockFile(`${path}.lock`);
        if (lock === undefined) return;
        try {
          append(false);
        } finally {
          lock.release();
        }
      } catch (error) {
        // A full disk is told by `close()`: the run itself need not end for it.
        if (!(error instanceof UserError)) throw error;
      }
    },
    close: async () => {
      if (evaluated === 0) return;
      const lock = await waitForLockFile(`${path}.lock`, LOCK_WAIT_MS);
      if (lock === undefined) {
        throw new UserError(
          `${path} is in use by another process (if there is none, delete ${path}.lock)`,
        );
      }
      try {
        append(true);
        const added = known.size + beyond - earlier - foreign;
        note(runsPath, { run: runId, evaluated, new: added, beyond: ownBeyond });
      } finally {
        lock.release();
      }
    },
  };
}

/** A torn last line is left as it is: the new one starts on its own line. */
function note(path: string, line: object): void {
  try {
    const isTorn = tail(path) !== '\n' && tail(path) !== '';
    appendFileSync(path, `${isTorn ? '\n' : ''}${JSON.stringify(line)}\n`);
  } catch (error) {
    throw fileError('write', path, error);
  }
}

function tail(path: string): string {
  return readText(path).slice(-1);
}

/** Trials that were counted without being remembered. */
function readBeyond(path: string): number {
  let beyond = 0;
  for (const line of readText(path).split('\n')) {
    if (!line.includes('"beyond"')) continue;
    try {
      const value = (JSON.parse(line) as { beyond?: unknown }).beyond;
      if (typeof value === 'number' && value > 0) beyond += value;
    } catch {
      // A line that a crash cut short tells nothing; the trials themselves are in the other file.
    }
  }
  return beyond;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw fileError('read', path, error);
  }
}
