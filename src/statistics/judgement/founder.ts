import type { WeekSums } from './week-sums.js';

/** Fewer common weeks show no kinship. */
export const COMMON_WEEKS_MIN = 26;
/**
 * From here on a winner refines an earlier one. Zooms into noise correlate 0.62 and more with what they zoom into; a limit of 0.8
 * lets one in six of them through, and with them luck that was chosen twice.
 */
export const KINSHIP_MIN = 0.6;

/**
 * Returns how the results of two winners go together over the weeks that both have.
 *
 * @param a - Weeks ascending.
 * @param b - Weeks ascending.
 * @param commonWeeksMin - Fewer common weeks correlate with nothing. @default 26
 * @returns Pearson's correlation; 0 where one of them is constant.
 */
export function weekCorrelation(
  a: WeekSums,
  b: WeekSums,
  commonWeeksMin: number = COMMON_WEEKS_MIN,
): number {
  const pairs = commonWeeks(a, b);
  if (pairs.length < commonWeeksMin) return 0;
  let sumX = 0;
  let sumY = 0;
  for (const [x, y] of pairs) {
    sumX += x;
    sumY += y;
  }
  const meanX = sumX / pairs.length;
  const meanY = sumY / pairs.length;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (const [x, y] of pairs) {
    xx += (x - meanX) * (x - meanX);
    yy += (y - meanY) * (y - meanY);
    xy += (x - meanX) * (y - meanY);
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/**
 * Returns the earliest winner that a winner refines: refining one never improves its evidence.
 *
 * @param earlier - Earlier winners, the earliest first.
 * @param winner - The present one.
 * @param commonWeeksMin - Fewer common weeks show no kinship. @default 26
 * @returns Its index; `undefined` where the winner is a new idea.
 */
export function founderOf(
  earlier: readonly WeekSums[],
  winner: WeekSums,
  commonWeeksMin: number = COMMON_WEEKS_MIN,
): number | undefined {
  const found = earlier.findIndex((other) => kinship(other, winner, commonWeeksMin) >= KINSHIP_MIN);
  return found < 0 ? undefined : found;
}

/**
 * Returns how much of the same two winners do: the larger one of the correlation of their weeks and that of their weeks cut to a
 * usual size. One week of a crash that a finer setting happens to miss hides all that they share.
 */
function kinship(a: WeekSums, b: WeekSums, commonWeeksMin: number): number {
  const cut = weekCorrelation(cutToUsual(a), cutToUsual(b), commonWeeksMin);
  return Math.max(weekCorrelation(a, b, commonWeeksMin), cut);
}

/** Weeks of at most the median size of those that have a result. */
function cutToUsual({ blocks, sums }: WeekSums): WeekSums {
  const sizes = Array.from(sums, Math.abs)
    .filter((size) => size > 0)
    .sort((a, b) => a - b);
  const usual = sizes[sizes.length >> 1] ?? 0;
  return { blocks, sums: Array.from(sums, (sum) => Math.max(-usual, Math.min(usual, sum))) };
}

function commonWeeks(a: WeekSums, b: WeekSums): [number, number][] {
  const pairs: [number, number][] = [];
  let i = 0;
  let k = 0;
  while (i < a.blocks.length && k < b.blocks.length) {
    const difference = a.blocks[i]! - b.blocks[k]!;
    if (difference === 0) pairs.push([a.sums[i]!, b.sums[k]!]);
    if (difference <= 0) i++;
    if (difference >= 0) k++;
  }
  return pairs;
}
