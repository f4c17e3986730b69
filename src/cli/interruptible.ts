import { createContext, Script } from 'node:vm';

/** What a computation that Ctrl-C may end has come to. */
export type Outcome<Result> =
  | { readonly isInterrupted: false; readonly result: Result }
  | { readonly isInterrupted: true };

/** Node hears Ctrl-C on a thread of its own only while a script of `node:vm` runs: this one is the frame for the work. */
const FRAME = new Script('work()');

/**
 * Runs synchronous work so that Ctrl-C ends it at once, in the middle of a loop if need be. SIGTERM meanwhile has
 * no listener: the system itself ends the process then, which is the only way to be rid of a loop without end.
 *
 * @param work - Needs no `finally`: what is interrupted does not go on anywhere.
 * @returns Its result, or that there is none.
 * @throws What the work throws.
 */
export function interruptible<Result>(work: () => Result): Outcome<Result> {
  const listeners = process.rawListeners('SIGTERM');
  process.removeAllListeners('SIGTERM');
  try {
    const result = FRAME.runInContext(createContext({ work }), {
      breakOnSigint: true,
      displayErrors: false,
    }) as Result;
    return { isInterrupted: false, result };
  } catch (error) {
    if (isInterruption(error)) return { isInterrupted: true };
    throw error;
  } finally {
    for (const listener of listeners) process.on('SIGTERM', listener as NodeJS.SignalsListener);
  }
}

/** The error comes from the context of the frame: it is no `Error` of ours. */
function isInterruption(error: unknown): boolean {
  const isObject = typeof error === 'object' && error !== null;
  return isObject && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}
