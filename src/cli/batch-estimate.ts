import { UserError } from '../domain/index.js';
import { messageOf, nameOf } from './batch-names.js';
import { grouped } from './metric-display.js';
import { longDuration, type SearchEstimate } from './optimize-estimate.js';
import { estimateOptimizeJob, type OptimizeJob } from './optimize-job.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

/** What one optimization of a batch will take. */
interface PairEstimate {
  readonly job: OptimizeJob;
  readonly name: string;
  readonly estimate?: SearchEstimate;
  readonly candles?: number;
  readonly failure?: unknown;
}

/** What a batch will take. */
export interface BatchEstimate {
  readonly pairs: readonly PairEstimate[];
  readonly combinations: number;
  /** Of all pairs one after another on all workers, ms; `undefined` when one is unknown. */
  readonly runMs: number | undefined;
  /** Of the program at its peak, bytes. */
  readonly memoryBytes: number;
}

/**
 * Measures the optimizations of a batch one after another, each on all workers. Nothing is written.
 *
 * @param jobs - From `planBatch`.
 * @param options - How many would run at a time; for paths and Ctrl-C.
 */
export async function estimateBatch(
  jobs: readonly OptimizeJob[],
  options: { readonly atOnce: number; readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<BatchEstimate> {
  const { atOnce, terminal, signal } = options;
  const before = 1_024 * process.resourceUsage().maxRSS;
  const pairs: PairEstimate[] = [];
  for (const job of jobs) {
    if (signal.aborted) break;
    const name = nameOf(job);
    try {
      const { estimate, search } = await estimateOptimizeJob(job, terminal, signal);
      pairs.push({ job, name, estimate, candles: search.loaded.candles.length });
    } catch (error) {
      pairs.push({ job, name, failure: error });
    }
  }
  const estimates = pairs.flatMap(({ estimate }) => estimate ?? []);
  const times = estimates.map(({ runMs }) => runMs);
  // Searches that run at the same time share the program, but not what each adds to it.
  const largest = estimates
    .map(({ memoryBytes }) => memoryBytes - before)
    .sort((a, b) => b - a)
    .slice(0, atOnce);
  return {
    pairs,
    combinations: sum(estimates.map(({ summary }) => summary.count)),
    runMs: times.includes(undefined) ? undefined : sum(times as number[]),
    memoryBytes: before + sum(largest),
  };
}

/**
 * Returns an estimate as a table, with the totals in its last line.
 *
 * @param estimate - Measured.
 */
export function batchEstimateTable(estimate: BatchEstimate): string {
  const { pairs, combinations, runMs, memoryBytes } = estimate;
  const header = ['strategy', 'symbol', 'combinations', 'time', 'memory'];
  const rows = pairs.map(({ job, estimate }) => [
    job.config.strategy,
    job.config.symbol ?? '',
    ...(estimate === undefined
      ? ['FAILED', '', '']
      : cells(estimate.summary.count, estimate.runMs, estimate.memoryBytes)),
  ]);
  const total = ['total', '', ...cells(combinations, runMs, memoryBytes)];
  return [
    'Dry run: nothing is written; times include the judgement',
    ...textTable([header, ...rows, total], 'llrrr'),
  ].join('\n');
}

function cells(count: number, runMs: number | undefined, memoryBytes: number): string[] {
  return [
    grouped(count, 0),
    runMs === undefined ? 'unknown' : longDuration(runMs),
    `${grouped(memoryBytes / 2 ** 20, 0)} MB`,
  ];
}

/** What `--json` prints. */
export function batchEstimateJson(
  { pairs, combinations, runMs, memoryBytes }: BatchEstimate,
  command: string,
): Record<string, unknown> {
  const seconds = (ms: number | undefined): number | null => (ms === undefined ? null : ms / 1_000);
  return {
    command,
    pairs: pairs.map(({ job, estimate, candles, failure }) => ({
      strategy: job.config.strategy,
      symbol: job.config.symbol,
      ...(estimate === undefined
        ? { error: messageOf(failure) }
        : {
            combinations: estimate.summary.count,
            candles,
            processes: job.processes,
            seconds: seconds(estimate.runMs),
            combinations_per_second: estimate.rate ?? null,
            memory_bytes: Math.round(estimate.memoryBytes),
          }),
    })),
    combinations,
    seconds: seconds(runMs),
    memory_bytes: Math.round(memoryBytes),
  };
}

/** @throws {UserError} If a pair could not be measured. */
export function batchEstimateFailures({ pairs }: BatchEstimate): void {
  const failed = pairs.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return;
  throw new UserError(
    [
      `${failed.length} of ${pairs.length} optimizations would fail:`,
      ...failed.map(({ name, failure }) => `${name}: ${messageOf(failure)}`),
    ].join('\n'),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
