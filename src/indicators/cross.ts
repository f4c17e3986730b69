import { compare } from './compare.js';
import { requireEqualLengths } from './compare-columns.js';

/**
 * Returns where a column crosses another one or a level: `a[i] > b[i]` and `a[i - 1] <= b[i - 1]` is a cross upwards, the mirror
 * image one downwards.
 *
 * A difference of 1e-10 of the larger value is a tie (S-05): a column that touches and turns back crosses when it leaves the tie.
 *
 * @param a - Shape `[n]`.
 * @param b - Shape `[n]`, or one number for all candles.
 * @returns 1 where `a` crosses above `b`, -1 where it crosses below, 0 elsewhere and where one of the four values is undefined.
 *   Shape `[n]`; 0 at index 0.
 * @throws {RangeError} If the columns differ in length.
 * @see The rule of Pine's `ta.crossover`, `ta.crossunder` and of qtpylib's `crossed_above`, `crossed_below` (freqtrade), which
 *   know no tolerance for ties.
 */
export function cross(a: Float64Array, b: Float64Array | number): Int8Array {
  if (typeof b !== 'number') requireEqualLengths(a, b);
  const crosses = new Int8Array(a.length);
  let before = Number.NaN;
  for (let i = 0; i < a.length; i++) {
    const side = compare(a[i], typeof b === 'number' ? b : b[i]);
    if (side > 0 && before <= 0) crosses[i] = 1;
    else if (side < 0 && before >= 0) crosses[i] = -1;
    before = side;
  }
  return crosses;
}
