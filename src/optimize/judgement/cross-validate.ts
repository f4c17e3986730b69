import { timeframeMs } from '../../domain/index.js';
import { returnsPerYear } from '../../metrics/index.js';
import { type OptimizeSearch, openSearch } from '../open-search.js';
import type { OptimizeRequest } from '../optimize.js';
import { lendWorkers } from '../pool/lend-workers.js';
import type { ReturnsJob, SelectionJob } from '../pool/protocol.js';
import type { FinishedRange, JobRun } from '../pool/worker-pool.js';
import { runJob } from '../run-job.js';
import { rowMetrics } from '../run-trials.js';
import type { TrialSettings } from '../trial-config.js';
import { gridNeighbours } from './neighbours.js';
import { type Plateau, plateau } from './plateau.js';
import { type CrossValidationOptions, drawSample, type SampledReturns } from './sample.js';
import { type RunSettings, settingsOf } from './settings.js';

/** Blocks of the cross-validation: fewer where a block would be shorter than this. */
const BLOCKS_MAX = 10;
const BLOCKS_MIN = 4;
const BLOCK_RETURNS_MIN = 5;
/** Runs that a worker is given at once. */
const RANGE = 16;

/** What choosing from a grid is worth on candles that the choice was not made on. */
export interface CrossValidation {
  /** Share of splits in which the best of one half is below the median in the other. */
  readonly probability: number;
  readonly splits: number;
  /** Share of splits in which the best of one half loses money in the other. */
  readonly lossProbability: number;
  /** Mean Sharpe ratio per year of the chosen ones in the half that they were not chosen on. */
  readonly expectedSharpe: number;
}

/** What running a sample of a search again tells about choosing from it. */
export interface SelectionEvidence {
  /** `undefined` where the period or the grid is too small for it. */
  readonly overfitting: CrossValidation | undefined;
  /** Of the settings that were chosen. */
  readonly plateau: Plateau;
  readonly sample: {
    readonly trials: number;
    readonly seed: number;
    readonly returns: number;
    /** Whether the sample is the whole grid, but for what never traded; else it is a random one, drawn without looking at results. */
    readonly isWhole: boolean;
  };
}

/**
 * Runs a sample of a grid again and measures what choosing from it is worth: the whole grid where it fits, else combinations
 * drawn by chance, whatever their results. The neighbours of a chosen combination are measured beside it.
 *
 * @param request - Grid, candles and period.
 * @param chosen - Settings that were chosen, the latest one last; not empty.
 * @param options - Size and seed of the sample.
 * @param sampled - The sample, where the search has kept its returns. Default: it is drawn and run again.
 * @returns `undefined` when the run was stopped.
 * @throws {UserError} If a run fails.
 */
export async function crossValidate(
  request: OptimizeRequest,
  chosen: readonly TrialSettings[],
  options: CrossValidationOptions = {},
  sampled?: SampledReturns,
): Promise<SelectionEvidence | undefined> {
  const { search } = openSearch(request);
  const { plan } = search;
  const sample = sampled ?? drawSample(request.candles, search, options);
  const { seed, returnsCount, isWhole } = sample;
  const missing = sample.missing.map((id) => settingsOf(plan, plan.trial(id)));
  // Numbers that no trial and no neighbour has: what is shared is shared by number.
  const last = { ...chosen.at(-1)!, signalKey: CHOSEN, filterKey: CHOSEN };
  const measured = [last, ...gridNeighbours(request.strategy, search.blocks, last)];
  if (missing.length > 0) {
    options.onStage?.(`running ${missing.length.toLocaleString('en-US')} combinations again`);
  }
  const rerun = await runAgain(request, search, {
    runs: [...missing, ...measured],
    measuredFrom: missing.length,
    returnsCount,
  });
  if (rerun === undefined) return undefined;
  const matrix = matrixOf(sample, rerun.returns);
  options.onStage?.('cross-validating');
  const tested = await testChoice(request, matrix);
  if (tested === 'stopped') return undefined;
  const [own, ...neighbours] = rerun.metrics.slice(missing.length);
  return {
    overfitting: tested,
    plateau: plateau(request.ranking, own!, neighbours),
    sample: {
      trials: matrix.columns,
      seed,
      returns: returnsCount,
      isWhole,
    },
  };
}

const CHOSEN = -1_000_000;

/** The returns of the sample, column after column; what never traded tells nothing about choosing and is left out. */
function matrixOf(
  { ids, kept, missing, returnsCount }: SampledReturns,
  rerun: SharedArrayBuffer,
): Pick<SelectionJob, 'rows' | 'columns' | 'values'> {
  const values = new SharedArrayBuffer(ids.length * returnsCount * 8);
  const into = new Float64Array(values);
  const keptAt = new Map(Array.from(kept?.ids ?? [], (id, column) => [id, column]));
  const rerunAt = new Map(missing.map((id, column) => [id, column]));
  const keptReturns = kept === undefined ? into : new Float64Array(kept.returns);
  const rerunReturns = new Float64Array(rerun);
  let columns = 0;
  for (const id of ids) {
    const again = rerunAt.get(id);
    const from = again === undefined ? keptReturns : rerunReturns;
    const column = again ?? keptAt.get(id)!;
    const returns = from.subarray(column * returnsCount, (column + 1) * returnsCount);
    if (!returns.some((value) => value !== 0)) continue;
    into.set(returns, columns * returnsCount);
    columns++;
  }
  return { rows: returnsCount, columns, values };
}

interface Rerun {
  /** Shape `[runs × returnsCount]`. */
  readonly returns: SharedArrayBuffer;
  readonly metrics: readonly Float64Array[];
}

async function runAgain(
  request: OptimizeRequest,
  search: OptimizeSearch,
  work: Pick<ReturnsJob, 'measuredFrom' | 'returnsCount'> & {
    readonly runs: readonly RunSettings[];
  },
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
    `Run ${index + 1} of ${runs.length} for the cross-validation`;
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

/** The test takes seconds, and Ctrl-C less than one: it is told to stop. */
async function testChoice(
  request: OptimizeRequest,
  matrix: Pick<SelectionJob, 'rows' | 'columns' | 'values'>,
): Promise<CrossValidation | undefined | 'stopped'> {
  const { signal } = request;
  const { rows, columns } = matrix;
  const blocks = Math.min(BLOCKS_MAX, 2 * Math.floor(rows / (2 * BLOCK_RETURNS_MIN)));
  if (blocks < BLOCKS_MIN || columns < 2) return undefined;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const onAbort = (): void => void Atomics.store(stop, 0, 1);
  signal?.addEventListener('abort', onAbort, { once: true });
  const job: SelectionJob = { kind: 'selection', ...matrix, blocks, stop };
  const found: { figures?: Float64Array } = {};
  try {
    await lendWorkers(request, ({ start }) =>
      inRanges(
        start(job, () => 'The cross-validation'),
        { count: 1, size: 1 },
        signal,
        ({ metrics }) => {
          found.figures = metrics;
        },
      ),
    );
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  if (signal?.aborted === true || found.figures === undefined) return 'stopped';
  const [probability, splits, lossProbability, outOfSampleSharpe] = found.figures;
  const perYear = returnsPerYear(timeframeMs(request.candles.timeframe));
  return {
    probability: probability!,
    splits: splits!,
    lossProbability: lossProbability!,
    expectedSharpe: outOfSampleSharpe! * Math.sqrt(perYear),
  };
}
