import { ema } from './ema.js';
import { requirePeriod } from './require-period.js';

/**
 * Returns the zero-lag exponential moving average: `ema(value + (value - value[lag]), period)`, `lag = floor((period - 1) / 2)`.
 *
 * @param values - Shape `[n]`; a value that is not finite starts the average anew.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `floor((period - 1) / 2) + period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see John Ehlers and Ric Way, Zero Lag (Well, Almost), 2010. TA-Lib is the same; Tulip Indicators starts with the first value instead of a mean.
 */
export function zlema(values: Float64Array, period: number): Float64Array {
  requirePeriod('ZLEMA', period);
  const lag = (period - 1) >> 1;
  const ahead = values.map((value, i) =>
    i < lag ? Number.NaN : value + (value - values[i - lag]!),
  );
  return ema(ahead, period);
}
