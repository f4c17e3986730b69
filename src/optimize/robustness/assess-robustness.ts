import type { RobustnessBlock } from '../../config/index.js';
import { DAY_MS, timeframeMs } from '../../domain/index.js';
import { returnsPerYear } from '../../metrics/index.js';
import { moments } from '../../statistics/index.js';
import { metricColumn } from '../objective.js';
import { type OptimizeSearch, openSearch } from '../open-search.js';
import type { OptimizeRequest, OptimizeResult } from '../optimize.js';
import { lendWorkers } from '../pool/lend-workers.js';
import type { ReturnsJob, SelectionJob, SelectionTest } from '../pool/protocol.js';
import type { FinishedRange, JobRun } from '../pool/worker-pool.js';
import { runJob } from '../run-job.js';
import { rowMetrics } from '../run-trials.js';
import type { TrialSettings } from '../trial-config.js';
import { judgeRobustness } from './gate.js';
import { gridNeighbours } from './neighbours.js';
import { type Plateau, plateau } from './plateau.js';
import { type RunSettings, sampleWithBest, settingsOf } from './settings.js';

/** How much work an assessment may be. */
export interface AssessOptions {
  /** Most trials that are run again. @default 1000 */
  readonly sampleSize?: number | undefined;
  /** Same seed, same figures. @default 1 */
  readonly seed?: number | undefined;
  /** Told what is being done, for progress. */
  readonly onStage?: ((text: string) => void) | undefined;
}

/** Trials that are run again unless told otherwise: seconds, where 10,000 would take a minute on long candles. */
export const SAMPLE_TRIALS_DEFAULT = 1_000;
export const SAMPLE_TRIALS_MAX = 10_000;

/** Returns that are held, 160 MB: longer periods get a smaller sample. */
const RETURNS_MAX = 20_000_000;
const RESAMPLES = 1_000;
/** Blocks of the cross-validation: fewer where a block would be shorter than this. */
const BLOCKS_MAX = 16;
const BLOCKS_MIN = 4;
const BLOCK_RETURNS_MIN = 5;
/** Runs that a worker is given at once. */
const RANGE = 16;
const YEAR_MS = 365 * DAY_MS;

/**
 * Assesses whether the winner of an optimization is more than luck: runs the winner, a seeded sample of the other trials and
 * the winner's neighbours again on the workers, keeps their returns, and judges.
 *
 * @param request - Of the optimization.
 * @param result - Complete, with its search.
 * @param options - Size and seed of the sample.
 * @returns `undefined` when there is no winner that traded, or the run was stopped.
 * @throws {UserError} If a run fails.
 */
export async function assessRobustness(
  request: OptimizeRequest,
  result: OptimizeResult,
  options: AssessOptions = {},
): Promise<RobustnessBlock | undefined> {
  const { search, best, ledger } = result;
  const winner = best[0];
  if (winner === undefined || !result.isComplete) return undefined;
  const trades = winner.metrics[metricColumn('total_trades')]!;
  if (trades === 0) return undefined;
  const seed = options.seed ?? 1;
  const returnsCount = countReturns(request, search);
  const ids = sampleWithBest(
    search.plan,
    best.map(({ id }) => id),
    sampleSize(options.sampleSize, returnsCount),
    seed,
  );
  const sample = ids.map((id) => settingsOf(search.plan, search.plan.trial(id)));
  const winnerAt = ids.indexOf(winner.id);
  const measured = gridNeighbours(request.strategy, search.blocks, sample[winnerAt]!);
  const found = await resample(request, search, { sample, measured, seed }, options);
  if (found === undefined) return undefined;
  const own = new Float64Array(found.returns, winnerAt * returnsCount * 8, returnsCount);
  const shape = moments(own);
  return judgeRobustness({
    sharpe: {
      sharpe: shape.deviation === 0 ? 0 : shape.mean / shape.deviation,
      observations: shape.count,
      skewness: shape.skewness,
      kurtosis: shape.kurtosis,
    },
    perYear: returnsPerYear(timeframeMs(request.candles.timeframe)),
    trials: ledger?.count ?? search.plan.count,
    trialsInRun: search.plan.count,
    trialVariance: result.sharpeVariance,
    lengthYears: (result.periodEnd - result.periodStart) / YEAR_MS,
    ...found.tests,
    plateau: plateau(request.ranking, winner.metrics, found.metrics),
    sample: { trials: ids.length, seed, returns: returnsCount },
    trades,
    ambiguousShare: winner.metrics[metricColumn('ambiguous_share')]!,
    costs: request.config.commission_bps + request.config.slippage_bps,
  });
}

/** What running a sample of a search again tells about choosing from it. */
export interface SelectionEvidence extends SelectionTests {
  /** Of the last of the settings that were kept. */
  readonly plateau: Plateau;
  readonly sample: { readonly trials: number; readonly seed: number; readonly returns: number };
}

/**
 * Assesses a way of choosing without one winner: runs settings that were chosen and a seeded sample of the grid again over
 * the whole period, and tests the selection.
 *
 * @param request - Grid, candles and period.
 * @param chosen - Settings that were chosen, the latest one last; not empty.
 * @param options - Size and seed of the sample.
 * @returns `undefined` when the run was stopped.
 * @throws {UserError} If a run fails.
 */
export async function assessSelection(
  request: OptimizeRequest,
  chosen: readonly TrialSettings[],
  options: AssessOptions = {},
): Promise<SelectionEvidence | undefined> {
  const { search } = openSearch(request);
  const seed = options.seed ?? 1;
  const returnsCount = countReturns(request, search);
  const size = sampleSize(options.sampleSize, returnsCount);
  // Numbers that no trial and no neighbour has: what is shared is shared by number.
  const kept = chosen.map(
    (settings, k): RunSettings => ({ ...settings, signalKey: CHOSEN - k, filterKey: CHOSEN - k }),
  );
  const drawn = sampleWithBest(search.plan, [], size, seed).map((id) =>
    settingsOf(search.plan, search.plan.trial(id)),
  );
  const sample = distinctSettings([...kept, ...drawn]).slice(0, Math.max(size, kept.length));
  const last = kept.at(-1)!;
  const measured = [last, ...gridNeighbours(request.strategy, search.blocks, last)];
  const found = await resample(request, search, { sample, measured, seed }, options);
  if (found === undefined) return undefined;
  const [own, ...neighbours] = found.metrics;
  return {
    ...found.tests,
    plateau: plateau(request.ranking, own!, neighbours),
    sample: { trials: sample.length, seed, returns: returnsCount },
  };
}

const CHOSEN = -1_000_000;

function distinctSettings(all: readonly RunSettings[]): RunSettings[] {
  const known = new Set<string>();
  return all.filter(({ parameters, filters, stops }) => {
    const text = JSON.stringify([parameters, filters, stops]);
    if (known.has(text)) return false;
    known.add(text);
    return true;
  });
}

function sampleSize(wanted: number | undefined, returnsCount: number): number {
  const fitting = Math.floor(RETURNS_MAX / returnsCount);
  return Math.max(2, Math.min(wanted ?? SAMPLE_TRIALS_DEFAULT, SAMPLE_TRIALS_MAX, fitting));
}

/** Runs again what is wanted, and tests the selection; `undefined` when the run was stopped. */
async function resample(
  request: OptimizeRequest,
  search: OptimizeSearch,
  wanted: {
    /** Their returns are tested. */
    readonly sample: readonly RunSettings[];
    /** Their metrics are returned. */
    readonly measured: readonly RunSettings[];
    readonly seed: number;
  },
  options: AssessOptions,
): Promise<
  | {
      readonly returns: SharedArrayBuffer;
      readonly metrics: readonly Float64Array[];
      readonly tests: SelectionTests;
    }
  | undefined
> {
  const { sample, measured, seed } = wanted;
  const returnsCount = countReturns(request, search);
  options.onStage?.(`running ${sample.length.toLocaleString('en-US')} combinations again`);
  const runs = [...sample, ...measured];
  const measuredFrom = sample.length;
  const rerun = await runAgain(request, search, { runs, measuredFrom, returnsCount });
  if (rerun === undefined) return undefined;
  options.onStage?.('testing the selection');
  const matrix = { rows: returnsCount, columns: sample.length, values: rerun.returns };
  const tests = await testSelection(request, matrix, seed);
  if (tests === undefined) return undefined;
  return { returns: rerun.returns, metrics: rerun.metrics.slice(measuredFrom), tests };
}

/** One return per UTC day, or per candle from a day on (S-50). */
function countReturns({ candles }: OptimizeRequest, { period }: OptimizeSearch): number {
  if (timeframeMs(candles.timeframe) >= DAY_MS) return period.to - period.from;
  const day = (index: number): number => Math.floor(candles.openTime[index]! / DAY_MS);
  return day(period.to - 1) - day(period.from) + 1;
}

interface Rerun {
  /** Shape `[runs × returnsCount]`. */
  readonly returns: SharedArrayBuffer;
  readonly metrics: readonly Float64Array[];
}

async function runAgain(
  request: OptimizeRequest,
  search: OptimizeSearch,
  work: Pick<ReturnsJob, 'runs' | 'measuredFrom' | 'returnsCount'>,
): Promise<Rerun | undefined> {
  const { runs, returnsCount } = work;
  const returns = new SharedArrayBuffer(runs.length * returnsCount * 8);
  const metrics: Float64Array[] = Array.from({ length: runs.length });
  const job: ReturnsJob = {
    kind: 'returns',
    ...runJob(request, search.period),
    ...work,
    returns,
  };
  const describe = (index: number): string =>
    `Run ${index + 1} of ${runs.length} for the robustness check`;
  await lendWorkers(request, ({ start }) =>
    inRanges(start(job, describe), { count: runs.length, size: RANGE }, request.signal, (part) => {
      for (let k = 0; k < part.count; k++) metrics[part.first + k] = rowMetrics(part, k);
    }),
  );
  return request.signal?.aborted === true ? undefined : { returns, metrics };
}

/** Hands a whole job out to all workers. */
async function inRanges(
  run: JobRun,
  { count, size }: { readonly count: number; readonly size: number },
  signal: AbortSignal | undefined,
  onPart: (part: FinishedRange) => void,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count && signal?.aborted !== true) {
      const first = next;
      const range = { first, count: Math.min(size, count - first) };
      next += range.count;
      try {
        (await run.evaluate(range)).forEach(onPart);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: run.processes }, lane);
  // Also when one fails: the threads may be given another job then.
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
}

/** What cross-validation and resampling say; `undefined` where the period is too short for it. */
interface SelectionTests {
  readonly overfitting: { readonly probability: number; readonly splits: number } | undefined;
  readonly realityCheck: { readonly pValue: number; readonly spa: number } | undefined;
}

/** Both tests at once where there are two workers. */
async function testSelection(
  request: OptimizeRequest,
  matrix: Pick<SelectionJob, 'rows' | 'columns' | 'values'>,
  seed: number,
): Promise<SelectionTests | undefined> {
  const { signal } = request;
  const { rows, columns } = matrix;
  const blocks = Math.min(BLOCKS_MAX, 2 * Math.floor(rows / (2 * BLOCK_RETURNS_MIN)));
  const hasOverfitting = blocks >= BLOCKS_MIN && columns >= 2;
  const hasRealityCheck = rows >= BLOCKS_MIN * BLOCK_RETURNS_MIN;
  const meanBlock = Math.max(2, Math.round(Math.cbrt(rows)));
  const overfitting: SelectionTest = { kind: 'overfitting', blocks };
  const realityCheck: SelectionTest = {
    kind: 'reality-check',
    resamples: RESAMPLES,
    meanBlock,
    seed,
  };
  const tests = [
    ...(hasOverfitting ? [overfitting] : []),
    ...(hasRealityCheck ? [realityCheck] : []),
  ];
  const figures = await runTests({ kind: 'selection', ...matrix, tests }, request);
  if (signal?.aborted === true) return undefined;
  const [probability, splits] = figures.get(overfitting) ?? [];
  const [pValue, spa] = figures.get(realityCheck) ?? [];
  return {
    overfitting: probability === undefined ? undefined : { probability, splits: splits! },
    realityCheck: pValue === undefined ? undefined : { pValue, spa: spa! },
  };
}

/** The tests are told to stop: each takes seconds, and Ctrl-C less than one. */
async function runTests(
  job: Omit<SelectionJob, 'stop'>,
  request: OptimizeRequest,
): Promise<ReadonlyMap<SelectionTest, Float64Array>> {
  const { signal } = request;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const onAbort = (): void => void Atomics.store(stop, 0, 1);
  signal?.addEventListener('abort', onAbort, { once: true });
  const figures = new Map<SelectionTest, Float64Array>();
  const describe = (index: number): string =>
    `Test ${index + 1} of ${job.tests.length} of the selection`;
  try {
    await lendWorkers(request, ({ start }) =>
      inRanges(
        start({ ...job, stop }, describe),
        { count: job.tests.length, size: 1 },
        signal,
        ({ first, metrics }) => figures.set(job.tests[first]!, metrics),
      ),
    );
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  return figures;
}
