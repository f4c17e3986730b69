import { UsageError, UserError } from '../domain/index.js';
import { METRIC_UNITS, metricsRecord } from '../metrics/index.js';
import { lendWorkers } from '../optimize/index.js';
import { countText } from '../util/index.js';
import { createBatchDisplay } from './batch-display.js';
import { messageOf, nameOf } from './batch-names.js';
import { type AskedStrategy, batchPairs } from './batch-pairs.js';
import { withOwnProgram } from './invoked-as.js';
import { readGridFile } from './load-search.js';
import { loadCommandStrategy } from './load-strategy.js';
import { grouped } from './metric-display.js';
import { longDuration, type SearchEstimate } from './optimize-estimate.js';
import {
  type FinishedOptimization,
  type OptimizeEvents,
  type OptimizeJob,
  runOptimizeJob,
} from './optimize-job.js';
import { duration } from './optimize-progress.js';
import {
  failuresText,
  isRefused,
  metricCell,
  metricHeading,
  shownPath,
  trialMetrics,
  withSettings,
} from './optimize-summary.js';
import { listedWords } from './option-values.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';
import { trialSettings } from './trial-settings.js';

/** What became of one pair. */
export interface BatchOutcome {
  readonly job: OptimizeJob;
  /** Strategy and symbol, for people. */
  readonly name: string;
  readonly finished?: FinishedOptimization;
  readonly failure?: unknown;
}

/**
 * Returns the optimizations that a batch asks for.
 *
 * @param base - What all of them have in common.
 * @param options - `--strategies` and `--symbols`.
 * @param terminal - For its folder.
 * @throws {UsageError} If the grid file is wrong or a strategy unknown.
 * @throws {UserError} If the grid file has nothing for what is named.
 */
export async function planBatch(
  base: OptimizeJob,
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<OptimizeJob[]> {
  if (base.config.interval == null) throw new UsageError('Which candles? Give --interval');
  const grids = await readGridFile(base.gridFile, terminal);
  const strategies: AskedStrategy[] = [];
  for (const word of listedWords(options.strategies)) {
    const { strategy } = await loadCommandStrategy(word, terminal);
    strategies.push({ word, strategy });
  }
  const symbols = listedWords(options.symbols).map((symbol) => symbol.toUpperCase());
  return batchPairs(grids, strategies, symbols).map((pair) => ({
    ...base,
    config: { ...base.config, ...pair },
  }));
}

/** How a batch is run. */
export interface BatchOptions {
  /** Optimizations at a time. */
  readonly atOnce: number;
  /** Worker threads of all together. */
  readonly workers: number;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly onLog: (line: string) => void;
}

/**
 * Runs optimizations, some at a time; one that fails does not stop the others.
 *
 * @param jobs - From `planBatch`.
 * @param options - How many at a time, and where progress is shown.
 * @returns One outcome per job, in their order.
 */
export async function runBatch(
  jobs: readonly OptimizeJob[],
  options: BatchOptions,
): Promise<BatchOutcome[]> {
  const { signal, terminal } = options;
  const atOnce = Math.min(options.atOnce, jobs.length);
  const processes = Math.max(1, Math.floor(options.workers / atOnce));
  const outcomes: BatchOutcome[] = [];
  const display = createBatchDisplay(terminal, jobs.length);
  // The display is the only one that draws: loading candles stays quiet.
  const quiet: Terminal = { ...terminal, showsProgress: false, note: () => {} };
  let next = 0;
  const runOne = async (
    index: number,
    { job, name }: Pick<BatchOutcome, 'job' | 'name'>,
    pool: OptimizeEvents['pool'],
  ): Promise<void> => {
    display.start(name);
    try {
      const finished = await runOptimizeJob(job, quiet, {
        pool,
        signal,
        onProgress: (progress) => display.update(name, progress),
        onLong: refuseLong,
      });
      outcomes[index] = { job, name, finished };
      const isKept = finished.failures.length === 0;
      const end = finished.result.isComplete ? 'done' : 'stopped';
      display.finish(name, isKept ? end : `${end}, NOT KEPT`);
    } catch (error) {
      outcomes[index] = { job, name, failure: error };
      display.finish(name, 'FAILED');
    }
  };
  /** The same threads work on all optimizations of a lane. */
  const lane = (): Promise<void> => {
    let name = '';
    const onLog = (line: string): void => options.onLog(`${name}: ${line}`);
    return lendWorkers({ processes, onLog }, async (pool) => {
      while (next < jobs.length && !signal.aborted) {
        const index = next++;
        const job: OptimizeJob = { ...jobs[index]!, processes };
        name = nameOf(job);
        await runOne(index, { job, name }, pool);
      }
    });
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  display.end();
  return jobs.map((job, k) => outcomes[k] ?? { job, name: nameOf(job) });
}

/** Nobody is asked in the middle of a batch. */
function refuseLong({ summary, runMs }: SearchEstimate): void {
  const time = runMs === undefined ? 'an unknown time' : `about ${longDuration(runMs)}`;
  throw new UsageError(
    `${countText(summary.count, 'combination')} take ${time}; add --yes to start anyway`,
  );
}

/**
 * Returns the result of a batch as a table.
 *
 * @param outcomes - From `runBatch`.
 * @param terminal - Its folder, from which paths are shown, and its width.
 */
export function batchTable(
  outcomes: readonly BatchOutcome[],
  { workingFolder, columns }: Pick<Terminal, 'workingFolder' | 'columns'>,
): string {
  const metric = outcomes[0]!.job.ranking.metric;
  const header = [
    'strategy',
    'symbol',
    'combinations',
    metricHeading(metric, ''),
    'profit',
    'max drawdown',
    'trades',
    'time',
    'verdict',
  ];
  const settings = outcomes.map(({ finished }) =>
    finished === undefined ? [] : trialSettings(finished.result.best.slice(0, 1)).own.flat(),
  );
  const rows = outcomes.map(({ job, finished, failure }) => {
    const { strategy = '', symbol } = job.config;
    if (failure !== undefined) return [strategy, symbol ?? '', 'failed'];
    const best = finished?.result.best[0];
    if (finished === undefined || best === undefined) return [strategy, symbol ?? '', 'stopped'];
    const cell = (name: string): string => metricCell(best, name, finished.loaded.candles.symbol);
    return [
      strategy,
      symbol ?? '',
      `${grouped(finished.result.done, 0)}${finished.result.isComplete ? '' : ' (stopped)'}`,
      cell(metric),
      cell('cumulative_profit'),
      cell('max_drawdown'),
      cell('total_trades'),
      duration(finished.duration / 1_000),
      finished.judgement?.verdict ?? '-',
    ];
  });
  const details = outcomes.flatMap(({ finished }) =>
    finished?.result.detailsPath === undefined
      ? []
      : [['Details', shownPath(finished.result.detailsPath, workingFolder)]],
  );
  const written = outcomes.filter(({ finished }) => finished?.isWritten).length;
  return [
    ...withSettings(textTable([header, ...rows], 'llrrrrrrl'), settings, columns),
    '',
    ...textTable(
      [
        ...details,
        ['Best', `${outcomes[0]!.job.bestFile} (${written} of ${outcomes.length} pairs)`],
      ],
      'll',
    ),
  ].join('\n');
}

/**
 * Returns what `--json` prints for a batch.
 *
 * @param outcomes - From `runBatch`.
 * @param command - Command line of the batch.
 */
export function batchJson(
  outcomes: readonly BatchOutcome[],
  command: string,
): Record<string, unknown> {
  return {
    command,
    metric_units: METRIC_UNITS,
    pairs: outcomes.map(({ job, finished, failure }) => {
      const best = finished?.result.best[0];
      return {
        strategy: finished?.loadedStrategy.strategy.name ?? job.config.strategy,
        symbol: job.config.symbol,
        complete: finished?.result.isComplete ?? false,
        ...(failure === undefined ? {} : { error: messageOf(failure) }),
        ...(finished === undefined ? {} : { evaluated: finished.result.done }),
        ...(best === undefined
          ? {}
          : {
              best: {
                strategy: best.parameters,
                risk: best.stops,
                filters: best.filters,
                metrics: metricsRecord(trialMetrics(best)),
              },
              judgement: finished?.judgement ?? null,
            }),
        ...(finished?.result.detailsPath === undefined
          ? {}
          : { details_file: finished.result.detailsPath }),
      };
    }),
  };
}

/**
 * Ends a batch in which something failed or was left undone.
 *
 * @param outcomes - From `runBatch`.
 * @param command - Command line of the batch.
 * @throws {UserError} Naming every pair that failed, with its reason, or how to go on.
 */
export function batchFailures(outcomes: readonly BatchOutcome[], command: string): void {
  const failed = outcomes.flatMap(({ name, failure, finished }) => {
    if (failure !== undefined) return [`${name}: ${messageOf(failure)}`];
    const isKept = finished === undefined || finished.failures.length === 0;
    return isKept ? [] : [`${name}: ${failuresText(finished)}`];
  });
  if (failed.length > 0) {
    throw new UserError(
      [`${failed.length} of ${outcomes.length} optimizations failed:`, ...failed].join('\n'),
    );
  }
  const refused = outcomes.flatMap(({ name, finished }) =>
    finished !== undefined && isRefused(finished)
      ? [`${name}: ${finished.judgement?.sentence ?? 'its judgement did not finish'}`]
      : [],
  );
  if (refused.length > 0) {
    throw new UserError(
      [
        `${refused.length} of ${outcomes.length} winners were not written, because --require asks for ${outcomes[0]!.job.required}:`,
        ...refused,
      ].join('\n'),
    );
  }
  if (outcomes.every(({ finished }) => finished?.result.isComplete === true)) return;
  const again = / --resume( |$)/.test(command) ? command : `${command} --resume`;
  throw new UserError(
    `Stopped. Finished combinations are kept where details are saved. Continue with: ${withOwnProgram(again)}`,
  );
}
