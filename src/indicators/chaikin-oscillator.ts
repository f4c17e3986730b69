import { accumulationDistribution } from './accumulation-distribution.js';
import { ema } from './ema.js';
import type { PricesWithVolume } from './mfi.js';
import { requirePeriod } from './require-period.js';

/** Periods of two averages, in candles, integers >= 1. */
export interface FastSlowPeriods {
  readonly fast?: number;
  readonly slow?: number;
}

/**
 * Returns Chaikin's oscillator: `ema(line, fast) - ema(line, slow)` of the accumulation/distribution line.
 *
 * @param candles - Columns of shape `[n]`.
 * @param periods - Default 3, 10.
 * @returns Shape `[n]`, base; `NaN` before index `max(fast, slow) - 1`.
 * @throws {RangeError} If a period is not an integer >= 1.
 * @see Marc Chaikin; Skender is the same. TA-Lib starts both averages with the first value and meets this after some ten slow periods.
 */
export function chaikinOscillator(
  candles: PricesWithVolume,
  { fast = 3, slow = 10 }: FastSlowPeriods = {},
): Float64Array {
  requirePeriod('Chaikin oscillator', fast, 1, 'fast');
  requirePeriod('Chaikin oscillator', slow, 1, 'slow');
  const line = accumulationDistribution(candles);
  const slowAverage = ema(line, slow);
  return ema(line, fast).map((value, i) => value - slowAverage[i]!);
}
