/** One class of a histogram: `[from, to)`; the outermost ones also hold what lies beyond. */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly openEnded: boolean;
}

const CLASSES_MAX = 60;

/**
 * Counts values in round classes; the rarest percent at either end joins the outermost class.
 *
 * @param values - Any order; not finite ones are left out.
 * @param target - About how many classes.
 */
export function histogram(values: ArrayLike<number>, target = 28): readonly HistogramBin[] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return [];
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const [low, high] = [at(0.01), at(0.99)];
  // Freedman and Diaconis: a long tail must not press everything else into one class.
  const natural = (2 * (at(0.75) - at(0.25))) / Math.cbrt(sorted.length);
  const range = high - low;
  const wanted = Math.min(range / target, Math.max(natural, range / CLASSES_MAX));
  const width = niceStep(wanted || Math.abs(high) / 10 || 1);
  const first = Math.floor(low / width);
  const last = Math.floor(high / width);
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const value of sorted) {
    const bin = Math.min(Math.max(Math.floor(value / width), first), last) - first;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, k) => ({
    from: (first + k) * width,
    to: (first + k + 1) * width,
    count,
    openEnded:
      (k === 0 && sorted[0]! < first * width) ||
      (k === counts.length - 1 && sorted[sorted.length - 1]! >= (last + 1) * width),
  }));
}

/**
 * Rounds a step up to 1, 2 or 5 times a power of ten.
 *
 * @param step - Positive.
 */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}
