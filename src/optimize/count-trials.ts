import { UserError } from '../domain/index.js';
import type { Strategy } from '../strategies/index.js';
import { addLuckWords, noLuck, type RunLuck } from './judgement/run-luck.js';
import { type LuckLedger, openLuckLedger } from './ledger/luck-ledger.js';
import { openTrialHasher, type TrialScope } from './ledger/trial-hash.js';
import {
  type LedgerRun,
  type LedgerSubject,
  ledgerName,
  openTrialLedger,
} from './ledger/trial-ledger.js';
import type { TrialPlan } from './plan.js';

/** Where trials are counted over all runs. */
export interface LedgerWish {
  /** For example `results/ledger`. */
  readonly folder: string;
  /** Start of the run, ms UTC. */
  readonly startTime: number;
}

/** Counts the trials of a run and keeps what luck shows with them. */
export interface TrialCount {
  /**
   * Counts one trial.
   *
   * @param id - Of the plan.
   * @param isInLuck - Whether what luck shows with it comes too, before or after.
   */
  add(id: number, isInLuck: boolean): void;
  /** Adds what luck shows with trials. */
  addLuck(words: Float64Array): void;
  /** Writes the ledger if some time has passed since the last time. */
  flushIfDue(): void;
  /** Writes the rest. */
  close(): Promise<void>;
  readonly ledger:
    | { readonly path: string; readonly count: number; readonly added: number }
    | undefined;
  readonly luckLedger: LuckLedger | undefined;
  /** Of the trials of this run. */
  readonly luck: RunLuck;
  /** Trials of this run, and those of them that are in `luck`. */
  readonly trials: number;
  readonly trialsInLuck: number;
}

/** A crash forgets the draws of the last moments at most. */
const FLUSH_MS = 1_000;

/**
 * Starts counting.
 *
 * @param wish - Where; `undefined` counts this run alone.
 * @param run - Whose trials, on which candles.
 * @throws {UserError} If the ledger cannot be read.
 */
export function countTrials(
  wish: LedgerWish | undefined,
  run: {
    readonly strategy: Strategy;
    readonly plan: TrialPlan;
    readonly scope: TrialScope;
    readonly subject: LedgerSubject;
    readonly note: Omit<LedgerRun, 'startTime'>;
  },
): TrialCount {
  const ledger =
    wish === undefined
      ? undefined
      : openTrialLedger(wish.folder, run.subject, {
          ...run.note,
          startTime: wish.startTime,
          expected: run.plan.count,
        });
  const luckLedger =
    wish === undefined
      ? undefined
      : openLuckLedger(wish.folder, ledgerName(run.subject), run.subject);
  const hashOf = openTrialHasher(run.strategy, run.plan, run.scope);
  const hash = new Uint32Array(2);
  const luck = noLuck();
  let trials = 0;
  let trialsInLuck = 0;
  let newTrials = 0;
  let isLuckNew = false;
  let flushedAt = wish?.startTime ?? 0;
  return {
    luck,
    luckLedger,
    get trials() {
      return trials;
    },
    get trialsInLuck() {
      return trialsInLuck;
    },
    add: (id, isInLuck) => {
      trials++;
      if (isInLuck) trialsInLuck++;
      if (ledger === undefined) return;
      const before = ledger.count;
      hashOf(run.plan.trial(id), hash);
      ledger.add(hash[0]!, hash[1]!);
      if (isInLuck && ledger.count > before) newTrials++;
    },
    addLuck: (words) => {
      addLuckWords(luck, words);
      isLuckNew = true;
    },
    flushIfDue: () => {
      const now = Date.now();
      ledger?.flushIfDue(now);
      if (!isLuckNew || luckLedger === undefined || now - flushedAt < FLUSH_MS) return;
      flushedAt = now;
      if (!luckLedger.tryAdd({ luck, newTrials })) return;
      isLuckNew = false;
      newTrials = 0;
    },
    close: async () => {
      const failures = await failuresOf([
        async () => ledger?.close(),
        async () =>
          trialsInLuck === 0
            ? undefined
            : luckLedger?.add({ luck, newTrials, trials: trialsInLuck, runs: 1 }),
      ]);
      if (failures.length > 0) throw failures[0]!;
    },
    get ledger() {
      if (ledger === undefined) return undefined;
      const { path, count: all, added } = ledger;
      return { path, count: all, added };
    },
  };
}

/** Does each of some things, also when one before fails. */
async function failuresOf(all: readonly (() => Promise<void>)[]): Promise<UserError[]> {
  const failures: UserError[] = [];
  for (const one of all) {
    try {
      await one();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
    }
  }
  return failures;
}
