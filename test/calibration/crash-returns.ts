import {
  adjustedP,
  consecutiveWeeks,
  NullMaxima,
  skewAdjusted,
  sumWeeks,
  weekStatistic,
} from '../../src/statistics/index.js';
import { normalRandom, type Random, seededRandom } from '../../src/util/index.js';

/** Whether every trial has crashes of its own, or all of them the same. */
export type CrashKind = 'independent' | 'common';

/** Days without a crash earn what the crashes cost: 3 % of days lose 4 on average. */
const CRASH_SHARE = 0.03;
const CRASH_SIZE = 4;
const PREMIUM = CRASH_SHARE * CRASH_SIZE;
const FIRST_DAY = 18_000;

/**
 * Returns the chance of luck of the best of trials that sell insurance at its fair price: small gains, rare crashes, no edge.
 *
 * @param kind - Whose crashes.
 * @param options - Number of trials, days and seed.
 */
export function rareCrashP(
  kind: CrashKind,
  { trials, days, seed }: { readonly trials: number; readonly days: number; readonly seed: number },
): number {
  const random = seededRandom(seed);
  const returns =
    kind === 'independent' ? independent(trials, days, random) : common(trials, days, random);
  const layout = consecutiveWeeks(FIRST_DAY, days);
  const luck = new NullMaxima(layout.blocks);
  const sums = returns.map((own) => sumWeeks(layout, own));
  for (const own of sums) luck.add(own);
  const winner = sums.reduce((best, own) =>
    weekStatistic(own) > weekStatistic(best) ? own : best,
  );
  return adjustedP(skewAdjusted(winner, luck.pooledSkewness).tAdjusted, luck.maxima);
}

function independent(trials: number, days: number, random: Random): Float64Array[] {
  const normal = normalRandom(random);
  return Array.from({ length: trials }, () =>
    Float64Array.from({ length: days }, () => PREMIUM - crash(random) + 0.5 * normal()),
  );
}

/** Stretches of two weeks in which a trial is in the market or not. */
const STRETCH_DAYS = 14;
const SHARE_IN_MARKET = 0.6;

function common(trials: number, days: number, random: Random): Float64Array[] {
  const normal = normalRandom(random);
  const market = Float64Array.from(
    { length: days },
    () => PREMIUM - crash(random) + 0.5 * normal(),
  );
  return Array.from({ length: trials }, () => {
    let isIn = false;
    return market.map((value, day) => {
      if (day % STRETCH_DAYS === 0) isIn = random() < SHARE_IN_MARKET;
      return (isIn ? value : 0) + 0.2 * normal();
    });
  });
}

function crash(random: Random): number {
  return random() < CRASH_SHARE ? -CRASH_SIZE * Math.log(1 - random()) : 0;
}
