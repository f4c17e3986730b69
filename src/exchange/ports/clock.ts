/** Time and timers, so that production code runs under a virtual clock. */
export interface Clock {
  /** Instant, ms UTC. */
  now(): number;
  /**
   * Calls `action` once after a delay.
   *
   * @returns A function that cancels the call.
   */
  after(delayMs: number, action: () => void): () => void;
}

/**
 * Resolves after a delay.
 *
 * @param clock - Clock that measures it.
 * @param delayMs - Unit ms.
 */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
