import type { FastSlowPeriods } from './chaikin-oscillator.js';
import { ema } from './ema.js';
import { requirePeriod } from './require-period.js';
import { sma } from './sma.js';

/** Options of `ewo()`; periods in candles, integers >= 1. */
export interface EwoOptions extends FastSlowPeriods {
  /** Default `sma`. */
  readonly average?: 'sma' | 'ema';
}

/**
 * Returns the Elliott wave oscillator: `sma(values, fast) - sma(values, slow)`, or of two EMAs.
 *
 * @param values - Shape `[n]`, usually `(high + low) / 2` or the close.
 * @param options - Default 5, 35, `sma`.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `max(fast, slow) - 1`.
 * @throws {RangeError} If a period is not an integer >= 1 or the average not a known one.
 * @see Tom Joseph. Strategies for freqtrade take EMAs of the close and percent of the close: `100 * ewo[i] / close[i]` with `average: 'ema'`.
 */
export function ewo(values: Float64Array, options: EwoOptions = {}): Float64Array {
  const { fast = 5, slow = 35, average = 'sma' } = options;
  requirePeriod('EWO', fast, 1, 'fast');
  requirePeriod('EWO', slow, 1, 'slow');
  if (average !== 'sma' && average !== 'ema') {
    throw new RangeError(
      `Cannot compute EWO as average must be sma or ema: current value is ${String(average)}`,
    );
  }
  const of = average === 'sma' ? sma : ema;
  const slowAverage = of(values, slow);
  return of(values, fast).map((value, i) => value - slowAverage[i]!);
}
