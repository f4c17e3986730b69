import { DAY_MS, UsageError, UserError } from '../domain/index.js';
import { walkForwardWindows } from '../statistics/index.js';

/** Lengths of a walk-forward, in days. */
export interface WalkForwardLengths {
  readonly trainDays: number;
  readonly testDays: number;
  /** From one test to the next, at least `testDays`. */
  readonly stepDays: number;
  /** Whether every training starts at the first candle. */
  readonly anchored: boolean;
}

/** One step: choose on `[trainStart, trainEnd)`, test on `[testStart, testEnd)`; ms UTC. */
export interface WalkForwardSpan {
  /** From 1. */
  readonly number: number;
  readonly trainStart: number;
  readonly trainEnd: number;
  readonly testStart: number;
  readonly testEnd: number;
}

/** Most windows: each is an optimization of its own. */
const WINDOWS_MAX = 10_000;

/**
 * Cuts a period into the windows of a walk-forward; days are counted from its first candle, and what is left at the end and
 * holds no whole test is not tested.
 *
 * @param period - First open and last close, ms UTC.
 * @param lengths - In days.
 * @throws {UsageError} If tests would overlap.
 * @throws {UserError} If there is no whole window, or far too many.
 */
export function walkForwardSpans(
  period: { readonly start: number; readonly end: number },
  lengths: WalkForwardLengths,
): WalkForwardSpan[] {
  const { trainDays, testDays, stepDays, anchored } = lengths;
  if (stepDays < testDays) {
    throw new UsageError(
      `--step ${stepDays}d is shorter than --test ${testDays}d, so candles would be tested twice; use a step of at least ${testDays}d`,
    );
  }
  const days = Math.floor((period.end - period.start) / DAY_MS);
  if (days < trainDays + testDays) {
    throw new UserError(
      `The candles span ${days} days, but one window needs ${trainDays} + ${testDays}: give more candles, or shorter --train and --test`,
    );
  }
  if ((days - trainDays - testDays) / stepDays >= WINDOWS_MAX) {
    throw new UserError(
      `More than ${WINDOWS_MAX} windows: use a longer --test, or a longer --step`,
    );
  }
  const time = (day: number): number => period.start + day * DAY_MS;
  return walkForwardWindows(days, {
    trainLength: trainDays,
    testLength: testDays,
    step: stepDays,
    anchored,
  }).map(({ train, test }, k) => ({
    number: k + 1,
    trainStart: time(train.start),
    trainEnd: time(train.end),
    testStart: time(test.start),
    testEnd: time(test.end),
  }));
}
