/**
 * Returns a quantile, interpolated between the two nearest values, so that the median of an even number is their middle.
 *
 * @param sorted - Ascending, not empty. Shape `[n]`.
 * @param share - 0 to 1.
 * @returns Unit of the values; `NaN` without values.
 * @see Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, definition 7.
 */
export function sortedQuantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  // Two infinities have no middle but themselves.
  return low === high ? low : low + (place - Math.floor(place)) * (high - low);
}
