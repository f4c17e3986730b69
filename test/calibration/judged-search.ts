import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CandleSeries } from '../../src/candles/index.js';
import {
  type BacktestRunConfigInput,
  type JudgementBlock,
  type ParameterGrid,
  parseBacktestRunConfig,
} from '../../src/config/index.js';
import {
  judgeWinner,
  lendWorkers,
  type OptimizeRequest,
  type OptimizeResult,
  optimize,
  type TrialSettings,
} from '../../src/optimize/index.js';
import { findStrategy, type Strategy } from '../../src/strategies/index.js';

/** A search of a planted market. */
export interface PlantedSearch {
  readonly candles: CandleSeries;
  /** Built-in name, or a strategy of its own with its file. */
  readonly strategy:
    | string
    | {
        readonly strategy: Strategy;
        readonly source: { readonly path: string; readonly sha256: string };
      };
  readonly grid: ParameterGrid;
  /** Money and execution. */
  readonly money: Omit<BacktestRunConfigInput, 'strategy'>;
  /** Where trials are remembered. */
  readonly ledgerFolder: string;
  /** Combinations that are cross-validated. @default 200 */
  readonly sampleSize?: number;
}

/** What the product says about it. */
export interface JudgedSearch {
  readonly request: OptimizeRequest;
  readonly result: OptimizeResult;
  readonly winner: TrialSettings;
  readonly judgement: JudgementBlock;
}

type Pool = NonNullable<OptimizeRequest['pool']>;

/** Cross-validation of 1,000 combinations is most of the work and changes no chance of luck. */
const SAMPLE_SIZE = 200;
const MIN_TRADES = 30;

/**
 * Searches a planted market and judges the winner: through the product's own search and judgement, as `wus optimize` does.
 *
 * @param pool - Worker threads.
 * @param search - What is searched.
 */
export async function judgedSearch(pool: Pool, search: PlantedSearch): Promise<JudgedSearch> {
  const { candles, grid, money, ledgerFolder, sampleSize = SAMPLE_SIZE } = search;
  const { strategy, source } =
    typeof search.strategy === 'string'
      ? { strategy: findStrategy(search.strategy), source: undefined }
      : search.strategy;
  const request: OptimizeRequest = {
    config: parseBacktestRunConfig({
      ...money,
      strategy: strategy.name,
      market: candles.market,
      engine: 'fast',
    }),
    strategy,
    strategySource: source,
    candles,
    dataHash: 'planted',
    grid: { grid, at: () => 'grid' },
    ranking: { metric: 'sharpe_ratio', minTrades: MIN_TRADES },
    top: 10,
    processes: 1,
    pool,
    ledger: { folder: ledgerFolder, startTime: Date.now() },
  };
  const result = await optimize(request);
  const judgement = await judgeWinner(request, result, { sampleSize });
  if (judgement === undefined) throw new Error('A search of a planted market has no winner');
  const { plan } = result.search;
  const trial = plan.trial(result.best[0]!.id);
  const winner = {
    parameters: plan.signalSettings(trial.signal),
    filters: plan.filterSettings(trial.filter),
    stops: plan.stopSettings(trial.stop),
  };
  return { request, result, winner, judgement };
}

/**
 * Runs work with a folder of its own for ledgers, and removes it.
 *
 * @param work - Gets the folder.
 */
export async function withLedger<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-calibration-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Does jobs in lanes, each with a worker thread of its own.
 *
 * @param jobs - In any order.
 * @param lanes - How many at a time.
 * @param work - Does one.
 * @returns Results in the order of the jobs.
 */
export async function inLanes<Job, Result>(
  jobs: readonly Job[],
  lanes: number,
  work: (pool: Pool, job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = Array.from({ length: jobs.length });
  let next = 0;
  const lane = (): Promise<void> =>
    lendWorkers({ processes: 1 }, async (pool) => {
      while (next < jobs.length) {
        const at = next++;
        results[at] = await work(pool, jobs[at]!);
      }
    });
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
