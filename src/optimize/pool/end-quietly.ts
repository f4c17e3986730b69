/** How long a thread idles before it ends, ms: compilations in the background take a few, on a busy machine some dozens. */
const QUIET_MS = 150;

/**
 * Ends the thread that calls it after a while without work. A compilation in the background may ask its thread for a garbage
 * collection; a thread of Node 20 that is already ending waits for the compilation and never answers: both wait for ever. A
 * thread that idles answers.
 *
 * @param close - Lets go of what keeps the thread alive.
 */
export function endQuietly(close: () => void = () => {}): void {
  setTimeout(close, QUIET_MS);
}
