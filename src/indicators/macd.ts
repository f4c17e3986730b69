import { ema } from './ema.js';

/** Columns of shape `[n]`. */
export interface MacdLines {
  /** Fast average minus slow average. */
  readonly macd: Float64Array;
  /** EMA of `macd`. */
  readonly signal: Float64Array;
  /** `macd - signal`. */
  readonly histogram: Float64Array;
}

/** Periods of `macd()`, in candles, integers >= 1. */
export interface MacdPeriods {
  /** Default 12. */
  readonly fast?: number;
  /** Default 26. */
  readonly slow?: number;
  /** Default 9. */
  readonly signal?: number;
}

/**
 * Returns moving average convergence/divergence; each EMA is seeded with the SMA of its own first values.
 *
 * @param values - Shape `[n]`, usually the close.
 * @param periods - Default 12, 26, 9.
 * @returns Columns of shape `[n]`, unit of the values; `NaN` before index `slow - 1`, of the signal `signal - 1` later.
 * @throws {RangeError} If a period is not an integer >= 1.
 * @see Gerald Appel, Technical Analysis: Power Tools for Active Investors, 2005; TradingView is the same. TA-Lib seeds the fast average
 *   later, with the slow one, and meets these after some hundred candles.
 */
export function macd(values: Float64Array, periods: MacdPeriods = {}): MacdLines {
  const { fast = 12, slow = 26, signal: signalPeriod = 9 } = periods;
  const slowAverage = ema(values, slow);
  const difference = ema(values, fast).map((value, i) => value - slowAverage[i]!);
  const signal = ema(difference, signalPeriod);
  const histogram = difference.map((value, i) => value - signal[i]!);
  return { macd: difference, signal, histogram };
}
