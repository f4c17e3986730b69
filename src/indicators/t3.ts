import { ema } from './ema.js';
import { requirePeriod, requirePositive } from './require-period.js';

/**
 * Returns Tillson's T3: `gd(gd(gd(values)))` with `gd = (1 + v) * ema1 - v * ema2`, `v` the volume factor.
 *
 * Computed from six EMAs of one another: `c1 * e6 + c2 * e5 + c3 * e4 + c4 * e3`.
 *
 * @param values - Shape `[n]`; a value that is not finite starts the average anew.
 * @param period - Candles, integer >= 1.
 * @param volumeFactor - How much it leans forward, > 0. Default 0.7.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `6 * (period - 1)`.
 * @throws {RangeError} If the period is not an integer >= 1 or the volume factor not a number > 0.
 * @see Tim Tillson, Stocks & Commodities 16:1, 1998; TA-Lib is the same (scripts for TradingView often take a volume factor of 0.618). Skender
 *   starts every average with the first value.
 */
export function t3(values: Float64Array, period: number, volumeFactor = 0.7): Float64Array {
  requirePeriod('T3', period);
  requirePositive('T3', 'volumeFactor', volumeFactor);
  const averages: Float64Array[] = [];
  let average = values;
  for (let k = 0; k < 6; k++) {
    average = ema(average, period);
    averages.push(average);
  }
  const [, , e3, e4, e5, e6] = averages;
  const square = volumeFactor * volumeFactor;
  const cube = square * volumeFactor;
  const c1 = -cube;
  const c2 = 3 * (square + cube);
  const c3 = -6 * square - 3 * (volumeFactor + cube);
  const c4 = 1 + 3 * volumeFactor + cube + 3 * square;
  return e6!.map((value, i) => c1 * value + c2 * e5![i]! + c3 * e4![i]! + c4 * e3![i]!);
}
