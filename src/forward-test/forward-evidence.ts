import type { BacktestResult } from '../backtest/index.js';
import { DAY_MS, timeframeMs } from '../domain/index.js';
import { periodReturns } from '../metrics/index.js';
import { luckOfTrial, periodWeeks, type TrialFigures, trialFigures } from '../optimize/index.js';
import {
  adjustedP,
  anytimeEvidence,
  forwardBand,
  forwardP,
  mergeMaxima,
  moments,
  skewAdjusted,
  type WeekSums,
} from '../statistics/index.js';

/** The one date at which a forward test is judged as if nobody had looked before. */
export interface FirstLook {
  /** Weeks that end by then count, ms UTC. */
  readonly time: number;
  /** Whether it was declared; otherwise it is that of the first forward test ever of these settings. */
  readonly isDeclared: boolean;
}

/** What unseen weeks say about frozen settings, however often somebody looks. */
export interface ForwardEvidence {
  /** Complete unseen weeks; the running one is left out. */
  readonly weeks: number;
  readonly look: FirstLook;
  /** Whether the candles reach the look. */
  readonly isLookOver: boolean;
  /** Chance of luck at the look, against doing nothing and against holding: the larger one; 1 before it. */
  readonly firstLookP: number;
  /** Evidence that may be looked at as often as one likes: its largest and its present value. */
  readonly largestEvidence: number;
  readonly lastEvidence: number;
  /** Chance of luck: half of the error for the look, half for all other looks. */
  readonly p: number;
  /** The same against holding the market at the settings' own average exposure. */
  readonly pHold: number;
  readonly beta: number;
  /** Frozen settings that were tested on some of the same weeks, these included. */
  readonly settingsTested: number;
  /** Per year: what the judgement of the search expects, and where the unseen Sharpe ratio lies with 90 %; `undefined` without one. */
  readonly expectedSharpe: number | undefined;
  readonly band: { readonly low: number; readonly high: number } | undefined;
}

const WEEK_MS = 7 * DAY_MS;

/**
 * Returns the weeks of a run: their results by themselves, and what is left of them after holding the market.
 *
 * @param result - Finished run.
 * @param until - Candles that open later are not looked at, ms UTC. Default: all are.
 */
export function weeksOfRun(
  { candles, period, rules, run }: BacktestResult,
  until = Number.POSITIVE_INFINITY,
): TrialFigures {
  const { from } = period;
  let { to } = period;
  while (to > from && candles.openTime[to - 1]! >= until) to--;
  const returns = periodReturns(
    rules.initialBalance,
    run.equity.subarray(0, to - from),
    candles.openTime.subarray(from, to),
    timeframeMs(candles.timeframe),
  );
  return trialFigures(periodWeeks(candles, { from, to }), returns, undefined);
}

/** Numbers and sums of weeks, and what is left after holding. */
interface Weeks extends WeekSums {
  readonly blocks: Int32Array;
  readonly sums: Float64Array;
  readonly holdSums: Float64Array;
}

/**
 * Returns the weeks that had ended by a time.
 *
 * @param figures - Of a run.
 * @param time - ms UTC.
 */
export function weeksUntil(
  { blocks, sums, holdSums }: Pick<TrialFigures, 'blocks' | 'sums' | 'holdSums'>,
  time: number,
): Weeks {
  let count = 0;
  while (count < blocks.length && weekEnd(blocks[count]!) <= time) count++;
  return {
    blocks: blocks.slice(0, count),
    sums: sums.slice(0, count),
    holdSums: holdSums.slice(0, count),
  };
}

/**
 * Returns when a week ends.
 *
 * @param block - Its number.
 * @returns ms UTC.
 */
export function weekEnd(block: number): number {
  return (block + 1) * WEEK_MS;
}

/**
 * Weighs unseen weeks: a first look at a date that was fixed in advance, and evidence that stays valid at any look.
 *
 * @param input - Unseen weeks and those in sample, the look, and other settings that were tested on the same weeks.
 * @see Ville's inequality; both halves of the error together bound the whole.
 */
export function forwardEvidence(input: {
  /** Of the forward period. */
  readonly unseen: TrialFigures;
  /** Of the forward period as far as a time: what was known then, exposure to the market included. Default: those of all of it. */
  readonly unseenUntil?: ((time: number) => TrialFigures) | undefined;
  /** End of the candles, ms UTC. */
  readonly end: number;
  /** Of the optimization period; `undefined` when its candles are not there. */
  readonly inSample: TrialFigures | undefined;
  readonly look: FirstLook;
  /** Week sums of other frozen settings, tested on whatever weeks. */
  readonly others: readonly WeekSums[];
  readonly expectedSharpe: number | undefined;
  /** Length of the optimization period, years. */
  readonly inYears: number;
}): ForwardEvidence {
  const { unseen, end, inSample, look, expectedSharpe, inYears } = input;
  const weeks = weeksUntil(unseen, end);
  const others = input.others.filter((other) => sharesWeeks(other, weeks));
  const settingsTested = 1 + others.length;
  const isLookOver = end >= look.time;
  const seen = weeksUntil(unseen, look.time);
  const lastWeek = seen.blocks.at(-1);
  // The look does not move: what is known later, of the exposure for example, changes nothing of it.
  const atLook =
    lastWeek === undefined || input.unseenUntil === undefined
      ? seen
      : weeksUntil(input.unseenUntil(weekEnd(lastWeek)), look.time);
  const first = isLookOver ? firstLook(atLook, others) : NO_LOOK;
  const cash = anytimeEvidence(weeks.sums, deviationOf(inSample?.sums));
  const hold = anytimeEvidence(weeks.holdSums, deviationOf(inSample?.holdSums));
  const firstLookP = Math.max(first.p, first.pHold);
  return {
    weeks: weeks.sums.length,
    look,
    isLookOver,
    firstLookP,
    largestEvidence: cash.largest,
    lastEvidence: cash.last,
    p: forwardP(firstLookP, cash.largest / settingsTested),
    pHold: forwardP(first.pHold, hold.largest / settingsTested),
    beta: unseen.beta,
    settingsTested,
    expectedSharpe,
    band:
      expectedSharpe === undefined || !(inYears > 0) || !(unseen.years > 0)
        ? undefined
        : forwardBand(expectedSharpe, inYears, unseen.years),
  };
}

const NO_LOOK = { p: 1, pHold: 1 };

/** Several settings on the same weeks are several trials; of the others only what they earned is known, not what holding did. */
function firstLook(
  weeks: Weeks,
  others: readonly WeekSums[],
): { readonly p: number; readonly pHold: number } {
  if (weeks.sums.length === 0) return NO_LOOK;
  const { cash, hold } = luckOfTrial(weeks);
  const maxima = cash.maxima.slice();
  for (const { blocks, sums } of others) {
    const other = {
      blocks: Int32Array.from(blocks),
      sums: Float64Array.from(sums),
      holdSums: new Float64Array(sums.length),
    };
    mergeMaxima(maxima, luckOfTrial(other).cash.maxima);
  }
  const pHold = adjustedP(skewAdjusted(weeks.holdSums, undefined).tAdjusted, hold.maxima);
  return {
    p: adjustedP(skewAdjusted(weeks.sums, undefined).tAdjusted, maxima),
    pHold: 1 - (1 - pHold) ** (1 + others.length),
  };
}

function sharesWeeks(other: WeekSums, { blocks }: Weeks): boolean {
  const own = new Set(blocks);
  return Array.from(other.blocks).some((block) => own.has(block));
}

/** Nothing is known without candles of the optimization: 0 makes no evidence of anything. */
function deviationOf(sums: Float64Array | undefined): number {
  return sums === undefined ? 0 : moments(sums).deviation;
}
