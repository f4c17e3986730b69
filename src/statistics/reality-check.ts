import { monteCarloPValue } from './resampling.js';
import type { ReturnsMatrix } from './returns-matrix.js';

/** Tests whether the best of many trials beats the benchmark by more than luck. */
export interface RealityCheck {
  /** max √T·mean over the trials. */
  readonly statistic: number;
  /** White's p-value: share of resamples at least as large. */
  readonly pValue: number;
  /** Hansen's studentised statistic. */
  readonly spaStatistic: number;
  /** Hansen's p-values; the consistent one is the one to quote. */
  readonly spaLower: number;
  readonly spaConsistent: number;
  readonly spaUpper: number;
  readonly resamples: number;
  /** √T·mean/ω of each trial. Shape `[columns]`. */
  readonly tStatistics: Float64Array;
  /** White's statistic of each resample. Shape `[resamples]`. */
  readonly resampledStatistics: Float64Array;
  /** Hansen's consistent statistic of each resample. Shape `[resamples]`. */
  readonly resampledSpaStatistics: Float64Array;
}

/** Choices of the test. */
export interface RealityCheckOptions {
  /** Mean block length of the stationary bootstrap that made the indices: 1/q. */
  readonly meanBlock: number;
  /**
   * `raw` counts c/B; `never-zero` is (1+c)/(1+B), for resamples drawn at random.
   * @default 'never-zero'
   */
  readonly pValueForm?: 'raw' | 'never-zero';
  /** Called many times on the way; what it throws ends the computation. Default: nothing. */
  readonly onStep?: () => void;
}

/**
 * Runs White's reality check and Hansen's test for superior predictive ability.
 *
 * @param excess - Return of each trial minus that of the benchmark. At least 3 periods.
 * @param resamples - Number of bootstrap resamples B.
 * @param indicesOf - Gives the period indices of resample b; shape `[rows]`; the array may be reused.
 * @param options - See `RealityCheckOptions`.
 * @see White, "A Reality Check for Data Snooping", 2000; Hansen, "A Test for Superior Predictive Ability", 2005.
 */
export function realityCheck(
  excess: ReturnsMatrix,
  resamples: number,
  indicesOf: (resample: number) => ArrayLike<number>,
  options: RealityCheckOptions,
): RealityCheck {
  const { rows, columns } = excess;
  const root = Math.sqrt(rows);
  const prefix = prefixSums(excess);
  const mean = Float64Array.from({ length: columns }, (_, k) => prefix[rows * columns + k]! / rows);
  const omega = longRunDeviations(excess, mean, options);
  const tStatistics = mean.map((m, k) => (omega[k]! > 0 ? (root * m) / omega[k]! : 0));
  const threshold = -Math.sqrt(2 * Math.log(Math.log(rows)));
  const recentre = {
    lower: mean.map((m) => Math.max(m, 0)),
    consistent: mean.map((m, k) => (tStatistics[k]! >= threshold ? m : 0)),
    upper: mean,
  };
  const statistic = root * maximum(mean);
  const spaStatistic = Math.max(0, maximum(tStatistics));

  const resampledStatistics = new Float64Array(resamples);
  const resampledSpaStatistics = new Float64Array(resamples);
  const exceeding = { white: 0, lower: 0, consistent: 0, upper: 0 };
  const resampled = new Float64Array(columns);
  for (let b = 0; b < resamples; b++) {
    options.onStep?.();
    sumRuns(prefix, columns, consecutiveRuns(indicesOf(b), rows), resampled);
    let white = Number.NEGATIVE_INFINITY;
    let lower = 0;
    let consistent = 0;
    let upper = 0;
    for (let k = 0; k < columns; k++) {
      const resampledMean = resampled[k]! / rows;
      white = Math.max(white, root * (resampledMean - mean[k]!));
      if (!(omega[k]! > 0)) continue;
      const scale = root / omega[k]!;
      lower = Math.max(lower, scale * (resampledMean - recentre.lower[k]!));
      consistent = Math.max(consistent, scale * (resampledMean - recentre.consistent[k]!));
      upper = Math.max(upper, scale * (resampledMean - recentre.upper[k]!));
    }
    resampledStatistics[b] = white;
    resampledSpaStatistics[b] = consistent;
    if (white >= statistic) exceeding.white++;
    if (lower >= spaStatistic) exceeding.lower++;
    if (consistent >= spaStatistic) exceeding.consistent++;
    if (upper >= spaStatistic) exceeding.upper++;
  }
  const pValue = (count: number): number =>
    options.pValueForm === 'raw' ? count / resamples : monteCarloPValue(count, resamples);
  return {
    statistic,
    pValue: pValue(exceeding.white),
    spaStatistic,
    spaLower: pValue(exceeding.lower),
    spaConsistent: pValue(exceeding.consistent),
    spaUpper: pValue(exceeding.upper),
    resamples,
    tStatistics,
    resampledStatistics,
    resampledSpaStatistics,
  };
}

/** Row t holds the sums of the first t periods, one per trial: a run of periods is one subtraction. */
function prefixSums(matrix: ReturnsMatrix): Float64Array {
  const { rows, columns, values } = matrix;
  const prefix = new Float64Array(columns * (rows + 1));
  for (let t = 0; t < rows; t++) {
    const from = t * columns;
    for (let k = 0; k < columns; k++) {
      prefix[from + columns + k] = prefix[from + k]! + values[k * rows + t]!;
    }
  }
  return prefix;
}

/** Pairs [start, end) of consecutive indices: blocks of the bootstrap, cut where they wrap around. */
function consecutiveRuns(indices: ArrayLike<number>, rows: number): Int32Array {
  const runs: number[] = [];
  let start = indices[0]!;
  for (let t = 1; t <= rows; t++) {
    const previous = indices[t - 1]!;
    if (t === rows || indices[t]! !== previous + 1) {
      runs.push(start, previous + 1);
      if (t < rows) start = indices[t]!;
    }
  }
  return Int32Array.from(runs);
}

/** Adds the runs trial by trial, two runs at a time: rows are read in order, which memory likes. */
function sumRuns(
  prefix: Float64Array,
  columns: number,
  runs: Int32Array,
  into: Float64Array,
): void {
  into.fill(0);
  let i = 0;
  for (; i + 4 <= runs.length; i += 4) {
    const from = runs[i]! * columns;
    const to = runs[i + 1]! * columns;
    const nextFrom = runs[i + 2]! * columns;
    const nextTo = runs[i + 3]! * columns;
    for (let k = 0; k < columns; k++) {
      into[k] =
        into[k]! +
        (prefix[to + k]! - prefix[from + k]!) +
        (prefix[nextTo + k]! - prefix[nextFrom + k]!);
    }
  }
  if (i < runs.length) {
    const from = runs[i]! * columns;
    const to = runs[i + 1]! * columns;
    for (let k = 0; k < columns; k++) into[k] = into[k]! + prefix[to + k]! - prefix[from + k]!;
  }
}

/** Lags whose kernel weight is below this change no digit that is printed. */
const KERNEL_FLOOR = 1e-18;

/** ω of each column: γ0 + 2 Σ κ(i) γi with the stationary bootstrap's kernel (Politis and Romano, 1994). */
function longRunDeviations(
  matrix: ReturnsMatrix,
  mean: Float64Array,
  { meanBlock, onStep }: RealityCheckOptions,
): Float64Array {
  const { rows, values } = matrix;
  const q = 1 / meanBlock;
  const kernel = new Float64Array(rows);
  const lags: number[] = [];
  for (let lag = 1; lag < rows; lag++) {
    kernel[lag] = ((rows - lag) / rows) * (1 - q) ** lag + (lag / rows) * (1 - q) ** (rows - lag);
    if (kernel[lag]! > KERNEL_FLOOR) lags.push(lag);
  }
  const centred = new Float64Array(rows);
  return mean.map((m, k) => {
    onStep?.();
    let variance = 0;
    for (let t = 0; t < rows; t++) {
      centred[t] = values[k * rows + t]! - m;
      variance += centred[t]! * centred[t]!;
    }
    for (const lag of lags) {
      let product = 0;
      for (let t = 0; t < rows - lag; t++) product += centred[t]! * centred[t + lag]!;
      variance += 2 * kernel[lag]! * product;
    }
    return Math.sqrt(Math.max(variance / rows, 0));
  });
}

function maximum(values: Float64Array): number {
  return values.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
}
