import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../domain/index.js';
import { endWorker } from './end-worker.js';
import type { TrialRange, WorkerInput, WorkerReply } from './protocol.js';

/** Results of consecutive trials. */
export type FinishedRange = Extract<WorkerReply, { kind: 'done' }>;

/** How a pool is set up. */
export interface WorkerPoolOptions {
  readonly processes: number;
  readonly input: WorkerInput;
  /** Lines that code in a worker printed, whole. */
  readonly onLog: (line: string) => void;
  /** Describes a trial in an error. */
  readonly describe: (trial: number) => string;
  /** Default: the built worker beside this file. */
  readonly entry?: URL | undefined;
}

/** Threads that evaluate ranges of trials. A thread that dies is replaced and its work done again. */
export interface WorkerPool {
  /** How many ranges can be worked on at once. */
  readonly processes: number;
  /**
   * Evaluates a range on a free worker; at most `processes` at a time.
   *
   * @returns One or more finished parts that together are the range, ascending.
   * @throws {UserError} If a trial fails, or kills every worker that tries it.
   */
  evaluate(range: TrialRange): Promise<FinishedRange[]>;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** How often one trial may take its worker down. */
const DEATHS_PER_TRIAL_MAX = 3;
/** How often a worker may die before it is ready. */
const START_DEATHS_MAX = 3;
/** A run that is stopped has waited for the work at hand before it closes its pool: what is busy then gets no more than this, ms. */
const BUSY_GRACE_MS = 2_000;

/**
 * A worker's short-lived objects are few (rows of text), but V8 would let them pile up to 48 MB in each thread before it looks.
 */
const YOUNG_GENERATION_MB = 12;

/** A thread that can be given one range at a time. */
interface PoolThread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  isDead: boolean;
}

class WorkerDeath extends Error {}

/**
 * Starts a pool; workers start when they are first needed.
 *
 * @param options - Size and input.
 */
export function openWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const idle: PoolThread[] = [];
  const all = new Set<PoolThread>();
  let isClosed = false;
  let startDeaths = 0;

  const take = async (): Promise<PoolThread> => {
    for (;;) {
      const thread = idle.pop() ?? startThread(options, all);
      if (thread.isDead) continue;
      try {
        await thread.ready;
        startDeaths = 0;
        return thread;
      } catch (error) {
        all.delete(thread);
        startDeaths++;
        if (!(error instanceof WorkerDeath) || isClosed || startDeaths >= START_DEATHS_MAX) {
          throw error instanceof WorkerDeath
            ? new UserError(`A worker thread could not start: ${error.message}`)
            : error;
        }
      }
    }
  };

  const attempt = async (range: TrialRange): Promise<FinishedRange> => {
    const thread = await take();
    try {
      const done = await ask(thread.worker, range, options.describe);
      idle.push(thread);
      return done;
    } catch (error) {
      all.delete(thread);
      await endWorker(thread.worker);
      throw error;
    }
  };

  /** A range that killed its worker is halved until the trial that does it stands alone. */
  const evaluate = async (range: TrialRange, deaths = 0): Promise<FinishedRange[]> => {
    try {
      return [await attempt(range)];
    } catch (error) {
      if (!(error instanceof WorkerDeath) || isClosed) throw error;
      options.onLog(
        `A worker thread died (${error.message}); its work on ${rangeText(range)} is done again`,
      );
      if (range.count === 1) {
        if (deaths + 1 < DEATHS_PER_TRIAL_MAX) return evaluate(range, deaths + 1);
        throw new UserError(
          `${options.describe(range.first)}: this combination ended its worker thread ${DEATHS_PER_TRIAL_MAX} times (${error.message}); take it out of the grid`,
        );
      }
      const half = Math.ceil(range.count / 2);
      const left = await evaluate({ first: range.first, count: half });
      const right = await evaluate({ first: range.first + half, count: range.count - half });
      return [...left, ...right];
    }
  };

  return {
    processes: options.processes,
    evaluate: (range) => evaluate(range),
    close: async () => {
      isClosed = true;
      await Promise.all(
        [...all].map((thread) =>
          endWorker(thread.worker, idle.includes(thread) ? {} : { graceMs: BUSY_GRACE_MS }),
        ),
      );
    },
  };
}

function startThread(options: WorkerPoolOptions, all: Set<PoolThread>): PoolThread {
  const worker = new Worker(options.entry ?? builtWorker(), {
    workerData: options.input,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    createInterface({ input: stream }).on('line', options.onLog);
  }
  const ready = reply(worker).then((first) => {
    if (first.kind === 'failed') throw failed(first, options.describe);
  });
  // It is awaited when the thread is taken; until then a failure is nobody's surprise.
  ready.catch(() => {});
  const thread: PoolThread = { worker, ready, isDead: false };
  // A thread may also die between two ranges; an error is followed by the exit.
  worker.on('error', () => {});
  worker.once('exit', () => {
    thread.isDead = true;
    all.delete(thread);
  });
  all.add(thread);
  return thread;
}

/** Workers always run the built JavaScript: Node cannot start a thread from TypeScript. */
function builtWorker(): URL {
  const isBuilt = import.meta.url.endsWith('.js');
  return new URL(
    isBuilt ? './worker.js' : '../../../dist/optimize/pool/worker.js',
    import.meta.url,
  );
}

async function ask(
  worker: Worker,
  range: TrialRange,
  describe: (trial: number) => string,
): Promise<FinishedRange> {
  const answer = reply(worker);
  worker.postMessage(range);
  const message = await answer;
  if (message.kind === 'done') return message;
  throw message.kind === 'failed' ? failed(message, describe) : new Error('out of turn');
}

/** Waits for one message; a thread that ends instead is dead. */
function reply(worker: Worker): Promise<WorkerReply> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
    };
    const onMessage = (message: WorkerReply): void => {
      settle();
      resolve(message);
    };
    const onError = (error: unknown): void => {
      settle();
      reject(new WorkerDeath(error instanceof Error ? error.message : String(error)));
    };
    const onExit = (code: number): void => {
      settle();
      reject(new WorkerDeath(`exit code ${code}`));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}

function failed(
  message: Extract<WorkerReply, { kind: 'failed' }>,
  describe: (trial: number) => string,
): Error {
  if (message.trial === undefined) {
    return message.isUserError ? new UserError(message.message) : new Error(message.message);
  }
  return new UserError(`${describe(message.trial)}: ${message.message}`);
}

function rangeText({ first, count }: TrialRange): string {
  return count === 1 ? `combination ${first + 1}` : `combinations ${first + 1} to ${first + count}`;
}
