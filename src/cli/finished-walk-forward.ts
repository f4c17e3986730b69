import type { BacktestRunConfig } from '../config/index.js';
import type { WalkForwardLengths, WalkForwardResult } from '../forward-test/index.js';
import type { LoadedCandles } from '../history/index.js';
import type { OptimizeEngine, Ranking } from '../optimize/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import type { BacktestRequest } from './backtest-request.js';
import type { RunFlagGroup } from './run-flags.js';

/** What the command line of a walk-forward asks for. */
export interface WalkForwardJob {
  readonly config: BacktestRequest['config'];
  readonly dataFolder: string;
  readonly gridFile: string;
  /** Flags of the command, for messages. */
  readonly groups: readonly RunFlagGroup[];
  readonly ranking: Ranking;
  readonly lengths: WalkForwardLengths;
  readonly processes: number;
  readonly engine: OptimizeEngine;
  readonly isFresh: boolean;
  /** Combinations run again to test the grid for overfitting; 0 for no test. */
  readonly robustSample: number;
}

/** A walk-forward with all that explains it, and what was written. */
export interface FinishedWalkForward {
  readonly job: WalkForwardJob;
  readonly loadedStrategy: LoadedStrategy;
  readonly loaded: LoadedCandles;
  readonly config: BacktestRunConfig;
  readonly result: WalkForwardResult;
  readonly notes: readonly string[];
  readonly command: string;
  /** Files, by what they hold; none when no window was finished. */
  readonly written: readonly (readonly [string, string])[];
}
