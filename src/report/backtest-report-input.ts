import type { RunMonteCarlo } from '../analysis/index.js';
import type { BacktestResult } from '../backtest/index.js';
import type { Verdict } from './verdict.js';

/** Where a result comes from and how to get it again. */
export interface Provenance {
  /** The exact command that was typed. */
  readonly command: string;
  /** Hash of the candles that were used. */
  readonly dataHash: string;
  /** Candle files, as named on the command line. */
  readonly files: readonly string[];
  /** Of this package. */
  readonly version: string;
  /** ms UTC. */
  readonly createdTime: number;
  /** Whether the candles were made up. */
  readonly synthetic: boolean;
}

/** What a backtest report shows. */
export interface BacktestReportInput
  extends Pick<
    BacktestResult,
    | 'config'
    | 'strategy'
    | 'parameters'
    | 'candles'
    | 'period'
    | 'rules'
    | 'columns'
    | 'manage'
    | 'run'
    | 'metrics'
    | 'notes'
  > {
  readonly provenance: Provenance;
  /** Default: of this run, whose settings were not chosen. */
  readonly monteCarlo?: RunMonteCarlo | undefined;
  /** What the result says. Default: what a backtest of this kind shows. */
  readonly verdict?: Verdict;
}
