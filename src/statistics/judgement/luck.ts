/** Two equal statistics may differ by rounding. */
const ROUNDING = 1e-12;
/** Places of the median and of the 95th of 100 worlds among 1,024 sorted maxima. */
const MEDIAN_PLACE = 511;
const HIGH_PLACE = 972;

/**
 * Returns the chance of luck: in how many worlds without an edge the best of all trials shows at least this statistic.
 *
 * @param t - Skew-adjusted statistic.
 * @param maxima - Largest statistic of all trials in each draw.
 * @returns Above 0; 1 where there were no trials.
 */
export function adjustedP(t: number, maxima: ArrayLike<number>): number {
  let atLeast = 0;
  for (let b = 0; b < maxima.length; b++) {
    // A draw without any trial speaks against no luck at all.
    if (maxima[b]! >= t - ROUNDING || maxima[b] === Number.NEGATIVE_INFINITY) atLeast++;
  }
  return Number.isNaN(t) ? 1 : (1 + atLeast) / (1 + maxima.length);
}

/** What luck alone shows, as Sharpe ratios per year. */
export interface LuckSharpe {
  /** Half of the time. */
  readonly median: number;
  /** One time in twenty. */
  readonly high: number;
}

/**
 * Returns the Sharpe ratios that the best of all trials shows in worlds without an edge.
 *
 * @param maxima - Shape `[1024]`.
 * @param years - Length of the period.
 * @returns 0 without trials or without a period.
 */
export function luckSharpe(maxima: ArrayLike<number>, years: number): LuckSharpe {
  const { median, high } = luckQuantiles(maxima);
  const perYear = years > 0 ? 1 / Math.sqrt(years) : 0;
  return { median: median * perYear, high: high * perYear };
}

/**
 * Returns the 512th and the 973rd of the sorted maxima.
 *
 * @param maxima - Shape `[1024]`.
 * @returns 0 without trials.
 */
export function luckQuantiles(maxima: ArrayLike<number>): LuckSharpe {
  const sorted = Float64Array.from(maxima).sort();
  const at = (place: number): number => {
    const value = sorted[place];
    return value !== undefined && Number.isFinite(value) ? value : 0;
  };
  return { median: at(MEDIAN_PLACE), high: at(HIGH_PLACE) };
}

/**
 * Returns the lower bound of the true Sharpe ratio, at 95 % for all trials at once.
 *
 * @param t - Skew-adjusted statistic of the winner.
 * @param highMaximum - The maximum that luck exceeds one time in twenty.
 * @param years - Length of the period.
 * @returns Per year; 0 without a period.
 */
export function sharpeLowerBound(t: number, highMaximum: number, years: number): number {
  return years > 0 ? (t - highMaximum) / Math.sqrt(years) : 0;
}

/**
 * Returns the chance of luck when more trials were counted than their draws are known.
 *
 * @param p - Against the trials whose draws are known.
 * @param trialsEver - All that were counted.
 * @param trialsSeen - Those whose draws are known.
 */
export function legacyP(p: number, trialsEver: number, trialsSeen: number): number {
  if (!(trialsEver > trialsSeen)) return p;
  const ratio = trialsEver / Math.max(1, trialsSeen);
  return -Math.expm1(ratio ** LEGACY_EXPONENT * Math.log1p(-Math.min(p, 1)));
}

/** Neighbouring trials resemble each other: their effective number grows more slowly than their number. */
const LEGACY_EXPONENT = 0.7;

/**
 * Returns the highest probability that a result is real if half of all ideas were good.
 *
 * @param p - Chance of luck.
 * @returns 1/2 where p says nothing.
 * @see Sellke, Bayarri and Berger, "Calibration of p values for testing precise null hypotheses", 2001.
 */
export function edgeBound(p: number): number {
  return p > 0 && p < 1 / Math.E ? 1 / (1 - Math.E * p * Math.log(p)) : 0.5;
}
