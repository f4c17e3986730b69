import { highest, lowest } from './highest-lowest.js';
import { sma } from './sma.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`, 0 to 100. */
export interface StochasticLines {
  readonly k: Float64Array;
  readonly d: Float64Array;
}

/** Periods of `stochastic()`, in candles, integers >= 1. */
export interface StochasticPeriods {
  /** Of the range. Default 14. */
  readonly period?: number;
  /** Of the SMA that makes %K from the raw value; 1 = the fast stochastic. Default 3. */
  readonly smoothing?: number;
  /** Of the SMA that makes %D from %K. Default 3. */
  readonly signal?: number;
}

/**
 * Returns the stochastic oscillator: where the close lies between the lowest low and the highest high.
 *
 * @param candles - Columns of shape `[n]`.
 * @param periods - Default 14, 3, 3.
 * @returns Columns of shape `[n]`, percent; `NaN` in the warm-up and while a window without any range takes part.
 * @throws {RangeError} If a period is not an integer >= 1.
 * @see George Lane, 1950s; TradingView is the same. TA-Lib gives 0 where a window has no range.
 */
export function stochastic(candles: PriceRanges, periods: StochasticPeriods = {}): StochasticLines {
  const { period = 14, smoothing = 3, signal = 3 } = periods;
  const top = highest(candles.high, period);
  const bottom = lowest(candles.low, period);
  const raw = candles.close.map((close, i) => {
    const range = top[i]! - bottom[i]!;
    return range > 0 ? (100 * (close - bottom[i]!)) / range : Number.NaN;
  });
  const k = sma(raw, smoothing);
  return { k, d: sma(k, signal) };
}
