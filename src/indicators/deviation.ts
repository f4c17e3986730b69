import { requirePeriod, undefinedColumn } from './require-period.js';

/**
 * Returns the rolling population standard deviation (divisor `period`), as Bollinger bands use it.
 *
 * @param values - Shape `[n]`; a value that is not finite makes every window undefined that contains it.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `period - 1`; exactly 0 for a window of equal values.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see `STDDEV` of TA-Lib, `ta.stdev` of TradingView.
 */
export function populationDeviation(values: Float64Array, period: number): Float64Array {
  requirePeriod('population deviation', period);
  return rollingDeviation(values, period, period);
}

/**
 * Returns the rolling sample standard deviation (divisor `period - 1`), as z-scores use it.
 *
 * @param values - Shape `[n]`; a value that is not finite makes every window undefined that contains it.
 * @param period - Candles, integer >= 2.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `period - 1`; exactly 0 for a window of equal values.
 * @throws {RangeError} If the period is not an integer >= 2.
 * @see `rolling(period).std()` of pandas.
 */
export function sampleDeviation(values: Float64Array, period: number): Float64Array {
  requirePeriod('sample deviation', period, 2);
  return rollingDeviation(values, period, period - 1);
}

/**
 * Every stretch of defined values is cut into blocks of `period`. A window then is the tail of one block and the head of the next, and
 * contains the first value of the second: the anchor. Sums of `d = value - anchor` and `d * d` run outwards from the anchor,
 * so nothing is ever subtracted again (no drift), and because the anchor is in the window the cancellation in
 * `Σd² - (Σd)² / period` costs at most a factor `period + 1`. Tail sums are added to head sums: `head + tail`.
 */
function rollingDeviation(values: Float64Array, period: number, divisor: number): Float64Array {
  const deviations = undefinedColumn(values.length);
  const tailSum = new Float64Array(Math.min(period, values.length) + 1);
  const tailSquares = new Float64Array(tailSum.length);
  let start = 0;
  while (start < values.length) {
    const end = definedUntil(values, start);
    for (let anchorIndex = start; anchorIndex < end; anchorIndex += period) {
      const anchor = values[anchorIndex]!;
      const tails = anchorIndex > start ? period - 1 : 0;
      let sum = 0;
      let squares = 0;
      for (let k = 1; k <= tails; k++) {
        const d = values[anchorIndex - k]! - anchor;
        sum += d;
        squares += d * d;
        tailSum[k] = sum;
        tailSquares[k] = squares;
      }
      sum = 0;
      squares = 0;
      const heads = Math.min(period, end - anchorIndex);
      for (let k = 0; k < heads; k++) {
        const d = values[anchorIndex + k]! - anchor;
        sum += d;
        squares += d * d;
        const tail = period - 1 - k;
        if (tail > tails) continue;
        const total = tail > 0 ? sum + tailSum[tail]! : sum;
        const totalSquares = tail > 0 ? squares + tailSquares[tail]! : squares;
        const spread = totalSquares - (total * total) / period;
        deviations[anchorIndex + k] = spread > 0 ? Math.sqrt(spread / divisor) : 0;
      }
    }
    start = end + 1;
  }
  return deviations;
}

function definedUntil(values: Float64Array, start: number): number {
  let end = start;
  while (end < values.length && values[end]! - values[end]! === 0) end++;
  return end;
}
