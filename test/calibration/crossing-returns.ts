import {
  adjustedP,
  consecutiveWeeks,
  legacyP,
  mergeMaxima,
  NullMaxima,
  skewAdjusted,
  sumWeeks,
  weekStatistic,
} from '../../src/statistics/index.js';
import { normalRandom, type Random, seededRandom } from '../../src/util/index.js';

/** What is tried on markets without an edge; each rule once per market. */
export type CrossingRule =
  /** A ledger from before knows 60 of 300 trials. */
  | 'older ledger'
  /** The best of seven markets against the merged maxima of all. */
  | 'seven markets'
  /** The best of five walk-forwards of other window lengths, on one market. */
  | 'five walk-forwards';

const FIRST_DAY = 18_000;
const LOW_P = 0.03;
const FAST = Array.from({ length: 15 }, (_, k) => 2 + k);
const SLOW = Array.from({ length: 20 }, (_, k) => 20 + 4 * k);
const OLD_TRIALS = 60;
const MARKETS = 7;
const WINDOWS = [180, 240, 300, 420, 540];
const TEST_DAYS = 120;

/**
 * Returns the share of random walks on which moving averages that cross show a chance of luck of 3 % or less.
 *
 * @param days - Length of each walk.
 * @param sets - Number of independent markets, or groups of markets.
 * @param seed - Of the first.
 * @param rule - How much is tried. Default: a grid of 300, judged by all of its trials.
 */
export function lowShare(days: number, sets: number, seed: number, rule?: CrossingRule): number {
  const random = seededRandom(seed);
  let low = 0;
  for (let set = 0; set < sets; set++) if (chance(days, random, rule) <= LOW_P) low++;
  return low / sets;
}

function chance(days: number, random: Random, rule: CrossingRule | undefined): number {
  if (rule === 'five walk-forwards') return walkForwards(days, random);
  if (rule === 'seven markets') {
    const judged = Array.from({ length: MARKETS }, () => judgeGrid(grid(days, random), days));
    const maxima = judged[0]!.maxima.slice();
    for (const one of judged.slice(1)) mergeMaxima(maxima, one.maxima);
    return adjustedP(Math.max(...judged.map(({ t }) => t)), maxima);
  }
  const trials = grid(days, random);
  if (rule === undefined) {
    const { t, maxima } = judgeGrid(trials, days);
    return adjustedP(t, maxima);
  }
  const known = shuffled(trials, random).slice(0, OLD_TRIALS);
  const { t } = judgeGrid(trials, days);
  return legacyP(adjustedP(t, judgeGrid(known, days).maxima), trials.length, OLD_TRIALS);
}

function judgeGrid(
  trials: readonly Float64Array[],
  days: number,
): { readonly t: number; readonly maxima: Float64Array } {
  const layout = consecutiveWeeks(FIRST_DAY, days);
  const luck = new NullMaxima(layout.blocks);
  const sums = trials.map((own) => sumWeeks(layout, own));
  for (const own of sums) luck.add(own);
  const winner = sums.reduce((best, own) =>
    weekStatistic(own) > weekStatistic(best) ? own : best,
  );
  return {
    t: skewAdjusted(winner, luck.pooledSkewness).tAdjusted,
    maxima: Float64Array.from(luck.maxima),
  };
}

/** Daily results of all combinations on one random walk. */
function grid(days: number, random: Random): Float64Array[] {
  const normal = normalRandom(random);
  const past = SLOW.at(-1)! + 1;
  const moves = Float64Array.from({ length: past + days }, normal);
  const level = new Float64Array(moves.length + 1);
  const sum = new Float64Array(moves.length + 2);
  for (let i = 0; i < moves.length; i++) level[i + 1] = level[i]! + moves[i]!;
  for (let i = 0; i <= moves.length; i++) sum[i + 1] = sum[i]! + level[i]!;
  const mean = (end: number, length: number): number => (sum[end]! - sum[end - length]!) / length;
  return FAST.flatMap((fast) =>
    SLOW.map((slow) =>
      Float64Array.from({ length: days }, (_, day) => {
        const known = past + day + 1;
        return Math.sign(mean(known, fast) - mean(known, slow)) * moves[past + day]!;
      }),
    ),
  );
}

/** Each chooses by the days of its window and is judged by the days that follow; all on the same walk. */
function walkForwards(days: number, random: Random): number {
  const trials = grid(days, random);
  const from = Math.max(...WINDOWS);
  const walks = WINDOWS.map((window) => {
    const own: number[] = [];
    for (let start = from; start < days; start += TEST_DAYS) {
      const score = (returns: Float64Array): number =>
        returns.subarray(start - window, start).reduce((total, value) => total + value, 0);
      const chosen = trials.reduce((best, one) => (score(one) > score(best) ? one : best));
      own.push(...chosen.subarray(start, Math.min(days, start + TEST_DAYS)));
    }
    return Float64Array.from(own);
  });
  const { t, maxima } = judgeGrid(walks, walks[0]!.length);
  return adjustedP(t, maxima);
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const all = [...values];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}
