/** Time and timers, so that production code runs under a virtual clock. */
export interface Clock {
  /** Instant, ms UTC. The clock of a machine may be set while it runs. */
  now(): number;
  /** Time from an origin of its own that is never set, ms: what durations are measured with. */
  monotonic?(): number;
  /**
   * Calls `action` once after a delay.
   *
   * @returns A function that cancels the call.
   */
  after(delayMs: number, action: () => void): () => void;
}

/**
 * Resolves after a delay, or at once when it is cut short.
 *
 * @param clock - Clock that measures it.
 * @param delayMs - Unit ms.
 * @param signal - Cuts it short.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal?.addEventListener('abort', end);
  });
}

/** Leave to send a request that writes; it ends, so that nothing is sent after its sender gave it up. */
export interface SendPermit {
  /** Time left, ms; not positive: over. */
  remainingMs(): number;
}

/**
 * Returns leave to send from now on.
 *
 * @param clock - Clock that measures it; one that was set back ends it.
 * @param durationMs - How long.
 */
export function sendPermit(
  clock: Pick<Clock, 'now' | 'monotonic'>,
  durationMs: number,
): SendPermit {
  const time = (): number => clock.monotonic?.() ?? clock.now();
  const startTime = time();
  return {
    remainingMs: () => {
      const elapsedMs = time() - startTime;
      return elapsedMs < 0 ? 0 : durationMs - elapsedMs;
    },
  };
}
