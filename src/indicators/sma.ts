import { exactSum, pairSum } from './exact-sum.js';
import { requirePeriod, undefinedColumn } from './require-period.js';

/**
 * Returns the simple moving average.
 *
 * Element `i` is `fl(fl(S) / period)` with `S` the exact sum of the last `period` values and `fl` one rounding; a window of equal
 * values has exactly that mean. It depends on the window alone: nothing drifts, and any route to the exact sum gives the same bits.
 * Here the sum rolls as a pair of doubles, which is exact unless the values of a window differ by about 2^50 and more;
 * that is noticed and the window summed anew.
 *
 * @param values - Shape `[n]`; a value that is not finite makes every window undefined that contains it.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see TA-Lib, TradingView and pandas are the same up to the rounding of their rolling sums.
 */
export function sma(values: Float64Array, period: number): Float64Array {
  requirePeriod('SMA', period);
  const means = undefinedColumn(values.length);
  writeSma(values, period, means);
  return means;
}

/**
 * Does what `sma` does, into memory that is there already.
 *
 * @param values - Shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @param means - Shape `[n]`, all `NaN`; gets the means that are defined.
 */
export function writeSma(values: Float64Array, period: number, means: Float64Array): void {
  let defined = 0;
  let equal = 0;
  let previous = Number.NaN;
  let high = 0;
  let low = 0;
  // Grows from zero as soon as an addition to `low` was not exact.
  let lost = 0;
  // One long loop: the two error-free additions are written out because calls that return pairs cost ten times as much.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) {
      defined = equal = high = low = lost = 0;
      previous = Number.NaN;
      continue;
    }
    equal = value === previous ? equal + 1 : 1;
    previous = value;
    defined++;

    let sum = high + value;
    let part = sum - high;
    let error = high - (sum - part) + (value - part);
    let lowSum = low + error;
    part = lowSum - low;
    lost += Math.abs(low - (lowSum - part) + (error - part));
    high = sum;
    low = lowSum;
    if (defined < period) continue;

    if (defined > period) {
      const oldest = -values[i - period]!;
      sum = high + oldest;
      part = sum - high;
      error = high - (sum - part) + (oldest - part);
      lowSum = low + error;
      part = lowSum - low;
      lost += Math.abs(low - (lowSum - part) + (error - part));
      high = sum;
      low = lowSum;
    }
    if (lost !== 0) {
      const from = i - period + 1;
      const pair = pairSum(values, from, i + 1);
      high = pair.high;
      low = pair.low;
      lost = pair.exact ? 0 : 1;
      means[i] = equal >= period ? value : exactSum(values, from, i + 1) / period;
      continue;
    }
    means[i] = equal >= period ? value : (high + low) / period;
  }
}
