import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../domain/index.js';
import { endWorker } from './end-worker.js';
import type { TrialRange, WorkerJob, WorkerMessage, WorkerReply } from './protocol.js';

/** Results of consecutive trials. */
export type FinishedRange = Extract<WorkerReply, { kind: 'done' }>;

/** How a pool is set up. */
export interface WorkerPoolOptions {
  readonly processes: number;
  /** Lines that code in a worker printed, whole. */
  readonly onLog: (line: string) => void;
  /** Default: the built worker beside this file. */
  readonly entry?: URL | undefined;
}

/**
 * Threads that work on one job after the other. A thread that dies is replaced and its work done again.
 *
 * Threads are kept from job to job rather than ended: starting one takes a while, and its end is where Node 20 is frail.
 */
export interface WorkerPool {
  /** How many ranges can be worked on at once. */
  readonly processes: number;
  /**
   * Starts a job; each thread opens it when it gets its first range of it, in the place of the job before.
   *
   * @param job - When the ranges of the job before are done.
   * @param describe - Describes a trial in an error.
   */
  start(job: WorkerJob, describe: (trial: number) => string): JobRun;
  /**
   * Returns memory for what the threads share during a job. The next job gets the same if it suffices, with what the last
   * one left in it: V8 does not count shared memory, so that new memory for each job would pile up.
   *
   * @param bytes - At least so many.
   */
  memory(bytes: number): SharedArrayBuffer;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** A job that the threads of a pool work on. */
export interface JobRun {
  /** Of the pool. */
  readonly processes: number;
  /**
   * Evaluates a range on a free worker; at most `processes` at a time.
   *
   * @returns One or more finished parts that together are the range, ascending.
   * @throws {UserError} If a trial fails, or kills every worker that tries it.
   */
  evaluate(range: TrialRange): Promise<FinishedRange[]>;
}

/** How often one trial may take its worker down. */
const DEATHS_PER_TRIAL_MAX = 3;
/** How often in a row a worker may die before it has opened a job. */
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
  /** The job that it has opened. */
  job: WorkerJob | undefined;
  isDead: boolean;
}

/** A job, and how its trials are called. */
interface DescribedJob {
  readonly job: WorkerJob;
  readonly describe: (trial: number) => string;
}

class WorkerDeath extends Error {}

/**
 * Opens a pool; workers start when they are first needed.
 *
 * @param options - Size, and where its lines go.
 */
export function openWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const idle: PoolThread[] = [];
  const all = new Set<PoolThread>();
  let memory = new SharedArrayBuffer(0);
  let isClosed = false;
  let startDeaths = 0;

  /** A thread that answers, be it with a failure, can be given more; one that died is gone. */
  const failedThread = async (thread: PoolThread, error: unknown): Promise<unknown> => {
    if (error instanceof WorkerDeath) await endWorker(thread.worker);
    else idle.push(thread);
    return error;
  };

  const take = async (work: DescribedJob): Promise<PoolThread> => {
    for (;;) {
      if (isClosed) throw new Error('The worker pool is closed');
      const thread = idle.pop() ?? startThread(options, all);
      if (thread.isDead) continue;
      try {
        await openJob(thread, work);
        startDeaths = 0;
        return thread;
      } catch (failure) {
        const error = await failedThread(thread, failure);
        if (!(error instanceof WorkerDeath)) throw error;
        startDeaths++;
        if (startDeaths >= START_DEATHS_MAX) {
          throw new UserError(`A worker thread could not start: ${error.message}`);
        }
      }
    }
  };

  const attempt = async (work: DescribedJob, range: TrialRange): Promise<FinishedRange> => {
    const thread = await take(work);
    try {
      const done = await evaluateRange(thread, range, work);
      idle.push(thread);
      return done;
    } catch (error) {
      throw await failedThread(thread, error);
    }
  };

  /** A range that killed its worker is halved until the trial that does it stands alone. */
  const evaluate = async (
    work: DescribedJob,
    range: TrialRange,
    deaths = 0,
  ): Promise<FinishedRange[]> => {
    try {
      return [await attempt(work, range)];
    } catch (error) {
      if (!(error instanceof WorkerDeath) || isClosed) throw error;
      options.onLog(
        `A worker thread crashed (${error.message}); ${rangeText(range)} will run again`,
      );
      const { first, count } = range;
      if (count === 1) {
        if (deaths + 1 < DEATHS_PER_TRIAL_MAX) return evaluate(work, range, deaths + 1);
        throw new UserError(
          `${work.describe(first)}: this combination crashed its worker thread ${DEATHS_PER_TRIAL_MAX} times (${error.message}); remove it from the grid`,
        );
      }
      const half = Math.ceil(count / 2);
      const left = await evaluate(work, { first, count: half });
      const right = await evaluate(work, { first: first + half, count: count - half });
      return [...left, ...right];
    }
  };

  return {
    processes: options.processes,
    start: (job, describe) => ({
      processes: options.processes,
      evaluate: (range) => evaluate({ job, describe }, range),
    }),
    memory: (bytes) => {
      if (memory.byteLength < bytes) {
        // Twice as much, so that jobs that grow little by little do not need other memory each time.
        memory = new SharedArrayBuffer(Math.max(bytes, 2 * memory.byteLength));
      }
      return memory;
    },
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
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    createInterface({ input: stream }).on('line', options.onLog);
  }
  const thread: PoolThread = { worker, job: undefined, isDead: false };
  // A thread may also die between two ranges; an error is followed by the exit.
  worker.on('error', () => {});
  worker.once('exit', () => {
    thread.isDead = true;
    all.delete(thread);
  });
  all.add(thread);
  return thread;
}

/** Workers always run built JavaScript: Node cannot start a thread from TypeScript, and the bundled one starts soonest. */
function builtWorker(): URL {
  const isBuilt = import.meta.url.endsWith('.js');
  return new URL(
    isBuilt ? './worker.js' : '../../../dist/program/optimize/pool/worker.js',
    import.meta.url,
  );
}

/** Does nothing when the thread has opened the job before. */
async function openJob(thread: PoolThread, { job, describe }: DescribedJob): Promise<void> {
  if (thread.job === job) return;
  thread.job = undefined;
  const answer = await ask(thread.worker, { job });
  if (answer.kind === 'failed') throw failed(answer, describe);
  thread.job = job;
}

async function evaluateRange(
  { worker }: PoolThread,
  range: TrialRange,
  { describe }: DescribedJob,
): Promise<FinishedRange> {
  const answer = await ask(worker, range);
  if (answer.kind === 'done') return answer;
  throw answer.kind === 'failed' ? failed(answer, describe) : new Error('out of turn');
}

/** Waits for the answer to a message; a thread that ends instead is dead. */
function ask(worker: Worker, question: WorkerMessage): Promise<WorkerReply> {
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
    worker.postMessage(question);
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
