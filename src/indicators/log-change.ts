import { undefinedColumn } from './require-period.js';

/**
 * Returns the natural logarithm of each value over the one before: `ln(values[i] / values[i - 1])`.
 *
 * @param values - Shape `[n]`, prices or volumes.
 * @returns Shape `[n]`; `NaN` at index 0 and where one of the two values is not above zero.
 * @see `np.log(close / close.shift(1))` of pandas.
 */
export function logChange(values: Float64Array): Float64Array {
  const changes = undefinedColumn(values.length);
  for (let i = 1; i < values.length; i++) {
    const now = values[i]!;
    const before = values[i - 1]!;
    if (now > 0 && before > 0) changes[i] = Math.log(now / before);
  }
  return changes;
}
