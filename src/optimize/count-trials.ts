import type { Strategy } from '../strategies/index.js';
import { openTrialHasher, type TrialScope } from './ledger/trial-hash.js';
import { type LedgerRun, type LedgerSubject, openTrialLedger } from './ledger/trial-ledger.js';
import { metricColumn } from './objective.js';
import type { TrialPlan } from './plan.js';

/** Where trials are counted over all runs. */
export interface LedgerWish {
  /** For example `results/ledger`. */
  readonly folder: string;
  /** Start of the run, ms UTC. */
  readonly startTime: number;
}

/** Counts the trials of a run and measures how far their Sharpe ratios lie apart. */
export interface TrialCount {
  /** Takes one finished trial. */
  add(id: number, metrics: Float64Array): void;
  /** Writes the ledger if some time has passed since the last time. */
  flushIfDue(): void;
  /** Writes the rest. */
  close(): Promise<void>;
  readonly ledger:
    | { readonly path: string; readonly count: number; readonly added: number }
    | undefined;
  /** Sample variance of the Sharpe ratios, per year. */
  readonly sharpeVariance: number;
}

/**
 * Starts counting.
 *
 * @param wish - Where; `undefined` only measures.
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
  const hashOf = openTrialHasher(run.strategy, run.plan, run.scope);
  const hash = new Uint32Array(2);
  const column = metricColumn('sharpe_ratio');
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add: (id, metrics) => {
      const sharpe = metrics[column]!;
      if (Number.isFinite(sharpe)) {
        count++;
        const distance = sharpe - mean;
        mean += distance / count;
        squares += distance * (sharpe - mean);
      }
      if (ledger === undefined) return;
      hashOf(run.plan.trial(id), hash);
      ledger.add(hash[0]!, hash[1]!);
    },
    flushIfDue: () => ledger?.flushIfDue(Date.now()),
    close: async () => {
      await ledger?.close();
    },
    get ledger() {
      if (ledger === undefined) return undefined;
      const { path, count: all, added } = ledger;
      return { path, count: all, added };
    },
    get sharpeVariance() {
      return count < 2 ? 0 : squares / (count - 1);
    },
  };
}
