/**
 * Returns the index of the first value that is not below a limit; the length (or `to`) if all are.
 *
 * @param sorted - Ascending.
 * @param limit - In the unit of the values.
 * @param from - Where the search begins. Default 0.
 * @param to - Where it ends, exclusive. Default the length.
 */
export function lowerBound(
  sorted: Float64Array | Uint32Array,
  limit: number,
  from = 0,
  to = sorted.length,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
