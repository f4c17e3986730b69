import { requirePeriod, undefinedColumn } from './require-period.js';

/**
 * Returns the greatest of the last `period` values, the current one included.
 *
 * @param values - Shape `[n]`; `NaN` makes every window undefined that contains it.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see `MAX` of TA-Lib, `ta.highest` of TradingView.
 */
export function highest(values: Float64Array, period: number): Float64Array {
  requirePeriod('highest', period);
  return rollingExtreme(values, period, 1);
}

/**
 * Returns the least of the last `period` values, the current one included.
 *
 * @param values - Shape `[n]`; `NaN` makes every window undefined that contains it.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see `MIN` of TA-Lib, `ta.lowest` of TradingView.
 */
export function lowest(values: Float64Array, period: number): Float64Array {
  requirePeriod('lowest', period);
  return rollingExtreme(values, period, -1);
}

/** Keeps the indices that may still become the extreme, best first: each enters and leaves once. */
function rollingExtreme(values: Float64Array, period: number, sign: 1 | -1): Float64Array {
  const extremes = undefinedColumn(values.length);
  const candidates = new Int32Array(values.length);
  let first = 0;
  let end = 0;
  let defined = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      defined = 0;
      first = end;
      continue;
    }
    defined++;
    while (end > first && sign * values[candidates[end - 1]!]! <= sign * value) end--;
    candidates[end++] = i;
    if (candidates[first]! <= i - period) first++;
    if (defined >= period) extremes[i] = values[candidates[first]!]!;
  }
  return extremes;
}
