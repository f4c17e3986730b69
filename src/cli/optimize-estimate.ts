import {
  type GridSummary,
  type OptimizeRequest,
  openPlanSummary,
  optimize,
} from '../optimize/index.js';
import { countText } from '../util/index.js';
import { grouped } from './metric-display.js';
import { duration, JUDGED_RUNS, rateText } from './optimize-progress.js';

/** What a search will take, as far as a short measurement tells. */
export interface SearchEstimate {
  readonly summary: GridSummary;
  /** Of the combinations and the judgement of the winner, ms; `undefined` when no combination was finished during the measurement. */
  readonly runMs: number | undefined;
  /** Combinations per second. */
  readonly rate: number | undefined;
  readonly measuredMs: number;
  /** Of the whole program at its peak, bytes. */
  readonly memoryBytes: number;
}

/** Once results come, so long, ms; and not longer in all. */
const MEASURE_MS = 2_500;
const MEASURE_MS_MAX = 30_000;
/** What counting distinct trials takes per combination, bytes. */
const BYTES_PER_TRIAL = 16;
/** Candles of all combinations that even a slow strategy gets through in a second and worker. */
const CANDLES_PER_SECOND_MIN = 100_000;

/** A search of more than this is asked about before it starts, ms. */
export const LONG_SEARCH_MS = 86_400_000;

/**
 * Runs the first combinations of a search for some seconds, on its own threads, and says what all of them will take. Nothing is
 * written.
 *
 * @param request - The search.
 */
export async function estimateSearch(request: OptimizeRequest): Promise<SearchEstimate> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  request.signal?.addEventListener('abort', abort);
  const started = performance.now();
  const samples: Sample[] = [];
  const limit = setTimeout(abort, MEASURE_MS_MAX);
  let summary: GridSummary | undefined;
  try {
    await optimize({
      ...request,
      details: undefined,
      ledger: undefined,
      // Only its first runs are cold: they belong to the search itself.
      coldStrategy: undefined,
      onCheck: undefined,
      pool: undefined,
      signal: stop.signal,
      onPlan: (found) => {
        summary = found;
      },
      onProgress: ({ done }) => {
        const time = performance.now();
        samples.push({ time, done });
        if (time - samples[0]!.time > MEASURE_MS) abort();
      },
    });
  } finally {
    clearTimeout(limit);
    request.signal?.removeEventListener('abort', abort);
  }
  const measuredMs = performance.now() - started;
  const found = summary ?? openPlanSummary(request);
  const rate = rateOf(started, samples, found.count);
  return {
    summary: found,
    rate,
    runMs: rate === undefined ? undefined : (1_000 * (found.count + JUDGED_RUNS)) / rate,
    measuredMs,
    memoryBytes: 1_024 * process.resourceUsage().maxRSS + BYTES_PER_TRIAL * found.count,
  };
}

interface Sample {
  readonly time: number;
  readonly done: number;
}

/** Workers start slowly, with small portions: the later half of the measurement counts. */
function rateOf(started: number, samples: readonly Sample[], count: number): number | undefined {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const from = samples.find(({ time }) => time > last.time - MEASURE_MS / 2)!;
  const isShort = last.done === from.done || last.time - from.time < MEASURE_MS / 10;
  return last.done >= count || isShort
    ? (1_000 * last.done) / Math.max(1, last.time - started)
    : (1_000 * (last.done - from.done)) / (last.time - from.time);
}

/**
 * Says whether a search can be so long that it is worth a measurement.
 *
 * @param request - The search.
 */
export function mayBeLong(request: OptimizeRequest): boolean {
  const { count } = openPlanSummary(request);
  const slowest = CANDLES_PER_SECOND_MIN * request.processes;
  return (1_000 * count * request.candles.length) / slowest > LONG_SEARCH_MS;
}

/**
 * Returns what an estimate says, one row per fact.
 *
 * @param estimate - Measured.
 * @param processes - Worker threads.
 */
export function estimateRows(estimate: SearchEstimate, processes: number): [string, string][] {
  const { runMs, rate, measuredMs, memoryBytes } = estimate;
  const workers = `${processes} ${processes === 1 ? 'worker' : 'workers'}`;
  const measured = `measured for ${duration(measuredMs / 1_000)} on ${workers}`;
  const time =
    runMs === undefined || rate === undefined
      ? `unknown: no combination was finished (${measured})`
      : `about ${longDuration(runMs)} at ${rateText(rate)} (${measured}), including the judgement`;
  return [
    ['Time', time],
    ['Memory', `about ${grouped(memoryBytes / 2 ** 20, 0)} MB`],
  ];
}

/** Days are said as days. */
export function longDuration(ms: number): string {
  const days = ms / 86_400_000;
  if (days < 2) return duration(ms / 1_000);
  return days < 100 ? `${days.toFixed(1)} days` : countText(Math.round(days), 'day');
}
