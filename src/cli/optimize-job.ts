import path from 'node:path';
import {
  type BacktestRunConfig,
  type BacktestRunConfigInput,
  checkBestParamsFile,
  isGoodWord,
  type JudgementBlock,
  runSettings,
  type VerdictWord,
  writeBestParams,
} from '../config/index.js';
import { UsageError, UserError } from '../domain/index.js';
import type { LoadedCandles } from '../history/index.js';
import {
  type DetailsRun,
  type GridSummary,
  judgeWinner,
  lendWorkers,
  metricColumn,
  type OptimizeEngine,
  type OptimizeProgress,
  type OptimizeRequest,
  type OptimizeResult,
  optimize,
  parseObjective,
  type Ranking,
  SAMPLE_TRIALS_MAX,
  type WorkerRequest,
} from '../optimize/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import { FILTER_RULES } from '../settings/index.js';
import { givenRunValues } from './given-values.js';
import { writeJudgement } from './judgement-file.js';
import { LEDGER_FOLDER } from './ledger-folder.js';
import { type LoadedSearch, loadSearch } from './load-search.js';
import {
  estimateSearch,
  LONG_SEARCH_MS,
  mayBeLong,
  type SearchEstimate,
} from './optimize-estimate.js';
import { type NamedPath, portablePath, requireOwnOutputs } from './output-paths.js';
import { rerunRecord } from './rerun-command.js';
import { writeRerun } from './rerun-file.js';
import { strategyFileOf } from './run-backtest-request.js';
import type { RunFlagGroup } from './run-flags.js';
import type { Terminal } from './terminal.js';
import { workerCount } from './worker-count.js';

/** What the command line of an optimization asks for, one strategy and symbol. */
export interface OptimizeJob {
  readonly config: BacktestRunConfigInput;
  readonly dataFolder: string;
  readonly gridFile: string;
  /** Flags of the command, for messages. */
  readonly groups: readonly RunFlagGroup[];
  readonly bestFile: string;
  readonly ranking: Ranking;
  readonly top: number;
  readonly processes: number;
  readonly engine: OptimizeEngine;
  readonly savesDetails: boolean;
  readonly detailsFile: string | undefined;
  readonly resumes: boolean;
  /** Combinations that are cross-validated; 0 for none. */
  readonly robustSample: number;
  /** The least verdict with which a winner is written. */
  readonly required: RequiredVerdict | undefined;
  /** The user said that it may take days. */
  readonly isLongAccepted: boolean;
}

/** Verdicts that can be asked for. */
export const REQUIRED_VERDICTS = ['promising', 'convincing'] as const;

export type RequiredVerdict = (typeof REQUIRED_VERDICTS)[number];

/** A finished optimization with all that explains it. */
export interface FinishedOptimization {
  readonly job: OptimizeJob;
  readonly loadedStrategy: LoadedStrategy;
  /** Of a user's own strategy. */
  readonly strategyFile: string | undefined;
  readonly loaded: LoadedCandles;
  readonly config: BacktestRunConfig;
  readonly result: OptimizeResult;
  /** From the command to the verdict, and of that the search alone, ms. */
  readonly duration: number;
  readonly searchDuration: number;
  /** Whether the winner is more than luck; `undefined` when the run was stopped. */
  readonly judgement: JudgementBlock | undefined;
  /** Whether the winner was written. */
  readonly isWritten: boolean;
  /** What could not be written after the last combination; the results are there all the same. */
  readonly failures: readonly UserError[];
}

/** Told while an optimization runs; and threads that it may use. */
export interface OptimizeEvents extends Pick<WorkerRequest, 'pool' | 'onLog'> {
  readonly signal?: AbortSignal;
  /** Asked before a search of more than a day; throws what keeps it from starting. */
  readonly onLong?: (estimate: SearchEstimate, processes: number) => void | Promise<void>;
  readonly onCheck?: () => void;
  readonly onPlan?: (
    summary: GridSummary,
    details: DetailsRun | undefined,
    loaded: LoadedCandles,
  ) => void;
  readonly onProgress?: (progress: OptimizeProgress) => void;
  /** Told what is done after the last combination. */
  readonly onStage?: (text: string) => void;
}

/** Details of optimizations, under the working folder. */
const DETAILS_FOLDER = 'results/optimize/details';

/**
 * Turns parsed options into a job; files are not touched.
 *
 * @param options - `command.opts()` of an optimization command.
 * @param groups - Groups of run flags that the command has.
 * @throws {UsageError} If the metric is unknown, or the flags of the judgement contradict each other.
 */
export function optimizeJob(
  options: Readonly<Record<string, unknown>>,
  groups: readonly RunFlagGroup[],
): OptimizeJob {
  const files = options.file as readonly string[] | undefined;
  const detailsFile = options.detailsFile as string | undefined;
  const resumes = options.resume === true;
  const robustSample = robustSampleOf(options);
  const required = requiredVerdict(options);
  if (required === 'convincing' && robustSample === 0) {
    throw new UsageError(
      '--require convincing needs the cross-validation, which --robust-sample 0 disables',
    );
  }
  return {
    config: {
      strategy: options.strategy as string,
      ...givenRunValues(options, groups),
      ...(files === undefined ? {} : { files }),
    },
    dataFolder: options.dataDir as string,
    gridFile: options.config as string,
    groups,
    bestFile: options.outputConfig as string,
    ranking: {
      metric: parseObjective(options.metric as string),
      minTrades: options.minTrades as number,
    },
    top: (options.top as number | undefined) ?? 10,
    processes: workerCount(options.processes),
    engine: options.engine as OptimizeEngine,
    savesDetails: options.saveDetails === true || resumes || detailsFile !== undefined,
    detailsFile,
    resumes,
    robustSample,
    required,
    isLongAccepted: options.yes === true,
  };
}

/** `--require-robust` of older versions asks for a good word. */
function requiredVerdict(options: Readonly<Record<string, unknown>>): RequiredVerdict | undefined {
  const asked = options.require as RequiredVerdict | undefined;
  return asked ?? (options.requireRobust === true ? 'promising' : undefined);
}

/**
 * Says whether a verdict is as good as what was asked for.
 *
 * @param word - `undefined` where nothing was judged.
 * @param required - `undefined` where nothing was asked for.
 */
export function suffices(
  word: VerdictWord | undefined,
  required: RequiredVerdict | undefined,
): boolean {
  if (required === undefined) return true;
  return (
    word === 'Convincing' || (required === 'promising' && word !== undefined && isGoodWord(word))
  );
}

/**
 * Returns how many combinations are cross-validated.
 *
 * @param options - `command.opts()`.
 * @throws {UsageError} If they are too many.
 */
export function robustSampleOf({ robustSample }: Readonly<Record<string, unknown>>): number {
  const size = robustSample as number;
  if (size <= SAMPLE_TRIALS_MAX) return size;
  throw new UsageError(`--robust-sample ${size}: it must be at most ${SAMPLE_TRIALS_MAX}`);
}

/**
 * Loads, optimizes and writes the winner of one strategy and symbol.
 *
 * @param job - What is asked for.
 * @param terminal - For paths and the progress of loading.
 * @param events - Told on the way.
 */
export async function runOptimizeJob(
  job: OptimizeJob,
  terminal: Terminal,
  events: OptimizeEvents,
): Promise<FinishedOptimization> {
  const startTime = Date.now();
  const inFolder = (file: string): string => path.resolve(terminal.workingFolder, file);
  const { loadedStrategy, loaded, search } = await loadSearch(job, terminal);
  const { config } = search;
  const named = (name: string, file: string | undefined): NamedPath => ({
    name,
    file: file === undefined ? undefined : inFolder(file),
  });
  await requireOwnOutputs(
    [
      ...loaded.files.map((file) => named('a candle file of this run', file)),
      named('--config', job.gridFile),
      named('the strategy file', search.strategySource?.path),
    ],
    [named('--output-config', job.bestFile), named('--details-file', job.detailsFile)],
  );
  await checkBestParamsFile(inFolder(job.bestFile));
  let searchStart = startTime;
  const request: OptimizeRequest = {
    ...search,
    ranking: job.ranking,
    top: job.top,
    processes: job.processes,
    pool: events.pool,
    engine: job.engine,
    details: job.savesDetails
      ? {
          folder: inFolder(DETAILS_FOLDER),
          path: job.detailsFile === undefined ? undefined : inFolder(job.detailsFile),
          resume: job.resumes,
          startTime,
        }
      : undefined,
    crossValidation: { sampleSize: job.robustSample },
    ledger: { folder: inFolder(LEDGER_FOLDER), startTime },
    signal: events.signal,
    onCheck: events.onCheck,
    onPlan: (summary, details) => {
      searchStart = Date.now();
      events.onPlan?.(summary, details, loaded);
    },
    onProgress: events.onProgress,
    onLog: events.onLog,
  };
  await requireShort(request, job, events);
  const failures: UserError[] = [];
  // The same threads search and judge; the time is that of both.
  const { result, searchDuration, judgement } = await lendWorkers(request, async (pool) => {
    const lent: OptimizeRequest = { ...request, pool };
    const result = await optimize(lent);
    const searchDuration = Date.now() - searchStart;
    if (result.ledgerFailure !== undefined) failures.push(result.ledgerFailure);
    const judgement = await judgeWinner(lent, result, {
      onStage: events.onStage,
      // One reason is enough: the ledger that could not be written before cannot be now.
      onLedgerFailure: (failure) => failures.length === 0 && failures.push(failure),
    });
    return { result, searchDuration, judgement };
  });
  const duration = Date.now() - startTime;
  const attempt = async (write: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
      return false;
    }
  };
  const { detailsPath } = result;
  if (detailsPath !== undefined) {
    const record = rerunRecord({ job, config, loaded, loadedStrategy });
    await attempt(() => writeRerun(detailsPath, record).then(() => true));
  }
  if (detailsPath !== undefined && judgement !== undefined) {
    await attempt(() => writeJudgement(detailsPath, judgement).then(() => true));
  }
  const winner = { job, config, loadedStrategy, loaded, result, judgement };
  const isWritten = await attempt(() =>
    writeWinner(inFolder(job.bestFile), winner, terminal.workingFolder),
  );
  return {
    ...winner,
    strategyFile: strategyFileOf(loadedStrategy, terminal),
    duration,
    searchDuration,
    isWritten,
    failures,
  };
}

/**
 * Measures a search, as `--dry-run` asks: nothing is written.
 *
 * @param job - What is asked for.
 * @param terminal - For paths and the progress of loading.
 * @param signal - Ctrl-C.
 */
export async function estimateOptimizeJob(
  job: OptimizeJob,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ readonly estimate: SearchEstimate; readonly search: LoadedSearch }> {
  const search = await loadSearch(job, terminal);
  const { ranking, processes, engine } = job;
  const request = { ...search.search, ranking, top: 1, processes, engine, signal };
  return { estimate: await estimateSearch(request), search };
}

/** Whoever starts a search of days by mistake loses them. */
async function requireShort(
  request: OptimizeRequest,
  { isLongAccepted, processes }: OptimizeJob,
  { onLong, onStage }: OptimizeEvents,
): Promise<void> {
  if (isLongAccepted || onLong === undefined || !mayBeLong(request)) return;
  onStage?.('Measuring the run time …');
  const estimate = await estimateSearch(request);
  if (request.signal?.aborted === true) return;
  if (estimate.runMs !== undefined && estimate.runMs <= LONG_SEARCH_MS) return;
  await onLong(estimate, processes);
}

/** A stopped run has no winner yet, and a winner without a trade is none. */
async function writeWinner(
  file: string,
  finished: Pick<
    FinishedOptimization,
    'job' | 'config' | 'loadedStrategy' | 'loaded' | 'result' | 'judgement'
  >,
  workingFolder: string,
): Promise<boolean> {
  const { job, config, loadedStrategy, loaded, result, judgement } = finished;
  const winner = result.best[0];
  if (!result.isComplete || winner === undefined) return false;
  const trades = winner.metrics[metricColumn('total_trades')]!;
  if (trades === 0) return false;
  if (!suffices(judgement?.verdict, job.required)) return false;
  const value = winner.metrics[metricColumn(job.ranking.metric)]!;
  const settings = (values: object): Record<string, number | string | boolean | null> =>
    values as Record<string, number | string | boolean | null>;
  await writeBestParams(file, {
    symbol: loaded.candles.symbol,
    strategy: loadedStrategy.strategy.name,
    entry: {
      market: loaded.candles.market,
      interval: loaded.candles.timeframe,
      metric: job.ranking.metric,
      value: Number.isFinite(value) ? value : String(value),
      trades,
      period_start: new Date(result.periodStart).toISOString(),
      period_end: new Date(result.periodEnd).toISOString(),
      data_hash: loaded.dataHash,
      optimized_at: new Date().toISOString(),
      ...(loadedStrategy.source === undefined
        ? {}
        : { strategy_file: portablePath(workingFolder, loadedStrategy.source.path) }),
      strategy: settings(winner.parameters),
      risk: settings(winner.stops),
      filters: settings(winner.filters),
      run: runSettings(config),
      searched_filters: FILTER_RULES.map(({ apply }) => apply.key).filter(
        (key) => (job.config as Readonly<Record<string, unknown>>)[key] === true,
      ),
      ...(judgement === undefined ? {} : { judgement }),
    },
  });
  return true;
}
