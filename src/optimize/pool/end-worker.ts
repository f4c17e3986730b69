import type { Worker } from 'node:worker_threads';
import { STOP } from './protocol.js';

/**
 * How long a thread may take to end by itself, ms. An idle one needs a few, but what V8 still compiles for it comes first, and
 * the machine may be busy.
 */
const END_MS = 10_000;

/**
 * Ends a thread by letting it end itself, and by force only when it hangs. Node 20 aborts the whole process when a thread is
 * terminated while V8 compiles for it ("Assertion failed: (data.first) != nullptr" in node_platform.cc); a thread that ends by
 * itself waits for its compilations.
 *
 * @param worker - Listens for `STOP`.
 * @param options - `graceMs` for a thread that is known to be busy. Default: 10 s.
 */
export function endWorker(
  worker: Worker,
  options: { readonly graceMs?: number } = {},
): Promise<void> {
  return new Promise((resolve) => {
    // A thread that has exited has no number any more, and nobody is told of its exit again.
    if (worker.threadId === -1) {
      resolve();
      return;
    }
    const force = setTimeout(() => void worker.terminate(), options.graceMs ?? END_MS);
    worker.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    worker.postMessage(STOP);
  });
}
