import type { CandlePeriod } from '../../backtest/index.js';
import type { CandleSeriesIdentity } from '../../candles/index.js';
import type { BacktestRunConfig } from '../../config/index.js';
import type { GridBlocks } from '../grid.js';
import type { SharedTables } from './shared-tables.js';

/** Engines that trials can be evaluated by; equal results, the reference engine is the slow twin. */
export const OPTIMIZE_ENGINES = ['fast', 'reference'] as const;

export type OptimizeEngine = (typeof OPTIMIZE_ENGINES)[number];

/** What every worker of a run gets at its start. Candles lie on shared memory: there is one copy. */
export interface WorkerInput {
  readonly identity: CandleSeriesIdentity;
  readonly length: number;
  readonly buffer: SharedArrayBuffer;
  readonly period: CandlePeriod;
  /** Class name of a built-in strategy, or the absolute path of a strategy file with what it must hash to. */
  readonly strategy: { readonly name: string; readonly sha256?: string };
  readonly blocks: GridBlocks;
  readonly config: BacktestRunConfig;
  readonly engine: OptimizeEngine;
  /** Exit tables of the fast engine. */
  readonly tables: SharedTables | undefined;
  /** Whether rows of the details file are wanted. */
  readonly writesRows: boolean;
}

/** Consecutive trials: what a worker is asked for. */
export interface TrialRange {
  readonly first: number;
  readonly count: number;
}

/** From a worker. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | (TrialRange & {
      readonly kind: 'done';
      /** Shape `[count × metrics]`. */
      readonly metrics: Float64Array;
      /** UTF-8 rows, each with its line end; `undefined` when none are wanted. */
      readonly rows: Uint8Array | undefined;
    })
  | {
      readonly kind: 'failed';
      /** The trial, or `undefined` when the worker could not start. */
      readonly trial: number | undefined;
      readonly message: string;
      readonly isUserError: boolean;
    };
