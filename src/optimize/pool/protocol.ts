import type { CandlePeriod } from '../../backtest/index.js';
import type { BacktestRunConfig } from '../../config/index.js';
import { UserError } from '../../domain/index.js';
import type { GridBlocks } from '../grid.js';
import type { RunSettings } from '../judgement/settings.js';
import type { SharedCandles } from './shared-candles.js';
import type { SharedSeries } from './shared-series.js';
import type { SharedTables } from './shared-tables.js';

/** Engines that trials can be evaluated by; equal results, the reference engine is the slow twin. */
export const OPTIMIZE_ENGINES = ['fast', 'reference'] as const;

export type OptimizeEngine = (typeof OPTIMIZE_ENGINES)[number];

/** What workers can be given to do. A job is cut into ranges: of trials, of runs, of tests. */
export type WorkerJob = TrialsJob | ReturnsJob | SelectionJob;

/** What all runs of a strategy on candles need. */
export interface RunJob {
  readonly candles: SharedCandles;
  readonly period: CandlePeriod;
  /** Class name of a built-in strategy, or the absolute path of a strategy file with what it must hash to. */
  readonly strategy: { readonly name: string; readonly sha256?: string };
  /** Data of the strategy's series. */
  readonly series?: SharedSeries;
  readonly config: BacktestRunConfig;
}

/** The trials of a grid. */
export interface TrialsJob extends RunJob {
  readonly kind: 'trials';
  readonly blocks: GridBlocks;
  readonly engine: OptimizeEngine;
  /** Exit tables of the fast engine. */
  readonly tables: SharedTables | undefined;
  /** Whether rows of the details file are wanted. */
  readonly writesRows: boolean;
  /** What luck shows with the trials from this one on is wanted; with those before it is known. */
  readonly luckFrom: number;
  /** Trials whose returns are kept. */
  readonly sample: SampleColumns | undefined;
}

/** Where the returns of some trials go. */
export interface SampleColumns {
  /** Ids, ascending. */
  readonly ids: Int32Array;
  /** Receives the returns of each, column after column. Shape `[ids × returnsCount]`. */
  readonly returns: SharedArrayBuffer;
  readonly returnsCount: number;
}

/** Runs whose returns are kept. */
export interface ReturnsJob extends RunJob {
  readonly kind: 'returns';
  readonly runs: readonly RunSettings[];
  /** Runs from here on are measured; of those before only the returns are wanted. */
  readonly measuredFrom: number;
  /** Receives the returns of each run. Shape `[runs × returnsCount]`. */
  readonly returns: SharedArrayBuffer;
  readonly returnsCount: number;
}

/** The cross-validation of a choice; one range, which answers with its figures in place of metrics. */
export interface SelectionJob {
  readonly kind: 'selection';
  readonly rows: number;
  readonly columns: number;
  /** Shape `[columns × rows]`, column after column. */
  readonly values: SharedArrayBuffer;
  readonly blocks: number;
  /** One number; other than 0 it ends the test, whose figures then mean nothing. */
  readonly stop: Int32Array;
}

/** A consecutive part of a job: what a worker is asked for. */
export interface TrialRange {
  readonly first: number;
  readonly count: number;
}

/** Asks a worker to end by itself after the work at hand. */
export const STOP = 'stop';

/** To a worker: a job, which takes the place of the one before, or a part of it. */
export type WorkerMessage = { readonly job: WorkerJob } | TrialRange | typeof STOP;

/** From a worker. */
export type WorkerReply =
  /** It has opened the job. */
  | { readonly kind: 'ready' }
  | (TrialRange & {
      readonly kind: 'done';
      /** Shape `[count × metrics]`. */
      readonly metrics: Float64Array;
      /** UTF-8 rows, each with its line end; `undefined` when none are wanted. */
      readonly rows: Uint8Array | undefined;
      /** What luck shows with these trials, as `luckWords` writes it; `undefined` where it was not asked for or is not known. */
      readonly luck?: Float64Array | undefined;
    })
  | {
      readonly kind: 'failed';
      /** The trial, or `undefined` when the job could not be opened. */
      readonly trial: number | undefined;
      readonly message: string;
      readonly isUserError: boolean;
    };

/** Works on one part of a job. */
export type RangeWork = (range: TrialRange) => WorkerReply;

/**
 * Returns the answer to a part of a job that failed.
 *
 * @param trial - Where; `undefined` when the job could not be opened.
 * @param error - What was thrown.
 */
export function failedReply(trial: number | undefined, error: unknown): WorkerReply {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', trial, message, isUserError: error instanceof UserError };
}
