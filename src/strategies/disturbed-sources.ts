import { seededRandom } from '../util/index.js';

/** Changes every field of a date: year, month, weekday, hour, minute, second, millisecond. */
const SHIFT_MS = 403 * 86_400_000 + 5 * 3_600_000 + 17 * 60_000 + 13_007;

/**
 * Runs a function while clocks run 403 days ahead and `Math.random` gives other numbers, so that a result which depends on them
 * comes out different. Everything is put back before it returns.
 *
 * This folder reads no clock and no random source; here they are only swapped, for code that should not read them either.
 *
 * @param run - Synchronous.
 */
export function withDisturbedSources<Result>(run: () => Result): Result {
  const { Date: realDate, Math: math, performance } = globalThis;
  const realRandom = math.random;
  const { now } = performance;
  globalThis.Date = laterDate(realDate);
  math.random = seededRandom(403);
  performance.now = () => now.call(performance) + SHIFT_MS;
  try {
    return run();
  } finally {
    globalThis.Date = realDate;
    math.random = realRandom;
    performance.now = now;
  }
}

function laterDate(real: DateConstructor): DateConstructor {
  const now = (): number => real.now() + SHIFT_MS;
  return new Proxy(real, {
    construct: (target, values: unknown[]) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values) as Date,
    apply: (target) => new target(now()).toString(),
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  });
}
