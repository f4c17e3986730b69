import { METRICS } from '../metrics/index.js';
import type { TrialPlan } from './plan.js';
import type { FinishedRange, JobRun } from './pool/worker-pool.js';

/** Rows that an earlier run has computed. */
export interface RowSource {
  /** Whether the row of a trial is there. */
  has(id: number): boolean;
  /** Returns consecutive rows that are all there. */
  read(first: number, count: number): FinishedRange;
}

export interface RunTrialsOptions {
  readonly plan: TrialPlan;
  readonly run: JobRun;
  /** First trial to do; those before are done. */
  readonly from: number;
  /** Rows that need not be computed. */
  readonly reuse?: RowSource | undefined;
  /** Takes results in grid order. */
  readonly onResults: (range: FinishedRange, isReused: boolean) => void;
  /** Stops the run: ranges under way are finished if that takes no longer than `GRACE_MS`. */
  readonly signal?: AbortSignal | undefined;
}

/** A range should take about this long: short enough for progress and Ctrl-C, long enough to be cheap to hand out. */
const RANGE_MS = 250;
/** Ranges grow at most this much from one to the next: the first ones pay for warming up. */
const GROWTH_MAX = 4;
const RANGE_MAX = 8_192;
/** Smaller ranges at the end would cost more than they balance. */
const RANGE_MIN = 32;
/** Results that wait for an earlier one; workers pause when there are more. Bounds memory. */
const WINDOW = 65_536;
/** How long a stopped run waits for ranges under way. */
const GRACE_MS = 5_000;

/**
 * Evaluates trials on all workers and hands the results over in grid order. Which worker does what, and how many trials it gets at
 * once, depends on speed; the results do not.
 *
 * @param options - Plan, job and where results go.
 * @returns The first trial that is not handed over: the number of trials when all are.
 * @throws {UserError} What the pool says about a trial; everything before that could be finished is handed over first.
 */
export async function runTrials(options: RunTrialsOptions): Promise<number> {
  const { plan, run, reuse, signal } = options;
  const waiting = new Map<number, { range: FinishedRange; isReused: boolean }>();
  const rangeMax = Math.max(1, Math.min(RANGE_MAX, Math.floor(WINDOW / (2 * run.processes))));
  let cursor = options.from;
  let done = options.from;
  let size = 1;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void)[] = [];
  const isStopped = (): boolean => failure !== undefined || signal?.aborted === true;
  const wakeAll = (): void => {
    for (const resolve of wake) resolve();
    wake = [];
  };

  const deliver = (range: FinishedRange, isReused: boolean): void => {
    waiting.set(range.first, { range, isReused });
    for (let next = waiting.get(done); next !== undefined; next = waiting.get(done)) {
      waiting.delete(done);
      options.onResults(next.range, next.isReused);
      done += next.range.count;
    }
    wakeAll();
  };

  /** Ranges become smaller towards the end, so that all workers are done at about the same time. */
  const share = (): number =>
    Math.max(RANGE_MIN, Math.ceil((plan.count - cursor) / (2 * run.processes)));

  const lane = async (): Promise<void> => {
    while (cursor < plan.count && !isStopped()) {
      if (cursor - done >= WINDOW) {
        await new Promise<void>((resolve) => wake.push(resolve));
        continue;
      }
      const first = cursor;
      const isReused = reuse?.has(first) === true;
      const count = rangeLength(plan, first, isReused ? RANGE_MAX : Math.min(size, share()), reuse);
      cursor += count;
      if (isReused) {
        deliver(reuse.read(first, count), true);
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const startTime = performance.now();
      for (const part of await run.evaluate({ first, count })) deliver(part, false);
      const elapsed = Math.max(1, performance.now() - startTime);
      const proportional = Math.round((count * RANGE_MS) / elapsed);
      // What the first ranges wait for, code that is compiled and exit tables, does not come again with more trials.
      const wanted =
        elapsed < RANGE_MS / 2 ? Math.max(proportional, count * GROWTH_MAX) : proportional;
      size = Math.max(1, Math.min(wanted, size * GROWTH_MAX, rangeMax));
    }
  };
  const lanes = Array.from({ length: run.processes }, () =>
    lane().catch((error: unknown) => {
      failure ??= { error };
      wakeAll();
    }),
  );
  await finished(lanes, signal, wakeAll);
  if (failure !== undefined) throw failure.error;
  return done;
}

/** All lanes are done, or the run was stopped and the time of grace is over. */
async function finished(
  lanes: readonly Promise<void>[],
  signal: AbortSignal | undefined,
  wakeAll: () => void,
): Promise<void> {
  const all = Promise.all(lanes);
  if (signal === undefined) {
    await all;
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  let endOfGrace = (): void => {};
  const stop = new Promise<void>((resolve) => {
    endOfGrace = resolve;
  });
  const onAbort = (): void => {
    wakeAll();
    timer = setTimeout(endOfGrace, GRACE_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([all, stop]);
  } finally {
    clearTimeout(timer);
    // One signal stops a whole walk of optimizations.
    signal.removeEventListener('abort', onAbort);
  }
}

/** A range ends where trials with other signals begin, unless it holds whole groups of them; and where known and new rows meet. */
function rangeLength(
  plan: TrialPlan,
  first: number,
  size: number,
  reuse: RowSource | undefined,
): number {
  const { stopCount } = plan;
  const groupEnd = first - (first % stopCount) + stopCount;
  const wholeGroups = groupEnd + Math.floor((first + size - groupEnd) / stopCount) * stopCount;
  const end = Math.min(plan.count, first + size < groupEnd ? first + size : wholeGroups);
  if (reuse === undefined) return end - first;
  const isReused = reuse.has(first);
  let length = 1;
  while (first + length < end && reuse.has(first + length) === isReused) length++;
  return length;
}

/**
 * Returns the metrics of one trial of a range.
 *
 * @param range - Finished range.
 * @param index - Place in the range.
 */
export function rowMetrics(range: FinishedRange, index: number): Float64Array {
  return range.metrics.subarray(index * METRICS.length, (index + 1) * METRICS.length);
}
