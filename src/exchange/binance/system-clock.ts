import type { Clock } from '../ports/clock.js';

/** The clock of this machine. Its timers do not keep the program alive longer than its sockets. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, Math.min(delayMs, 2_147_483_647));
    return () => clearTimeout(timer);
  },
};
