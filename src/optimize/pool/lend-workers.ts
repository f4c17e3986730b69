import { openWorkerPool, type WorkerPool } from './worker-pool.js';

/** Which threads work for a request. */
export interface WorkerRequest {
  /** Worker threads. */
  readonly processes: number;
  /** Threads that are there already, from `lendWorkers()`. Default: own ones, which end with the request. */
  readonly pool?: WorkerPool | undefined;
  /** Whole lines: what code in a worker printed, and workers that were replaced. */
  readonly onLog?: ((line: string) => void) | undefined;
  /** Module that worker threads run, for tests. Default: the built one. */
  readonly workerEntry?: URL | undefined;
}

/**
 * Lends threads to work: those of the request, or new ones that end when the work is done.
 *
 * @param request - Whose threads.
 * @param work - May hand the pool on, so that one set of threads serves many requests.
 */
export async function lendWorkers<Result>(
  request: WorkerRequest,
  work: (pool: WorkerPool) => Promise<Result>,
): Promise<Result> {
  if (request.pool !== undefined) return work(request.pool);
  const pool = openWorkerPool({
    processes: request.processes,
    onLog: request.onLog ?? (() => {}),
    entry: request.workerEntry,
  });
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}
