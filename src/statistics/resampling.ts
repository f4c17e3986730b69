import type { Random } from '../util/index.js';

/**
 * Draws indices for one stationary bootstrap resample: blocks of geometric length, wrapping around.
 *
 * @param length - Number of periods T.
 * @param meanBlock - Mean block length >= 1.
 * @param random - Seeded source.
 * @param into - Receives the indices. Shape `[length]`.
 * @see Politis and Romano, "The Stationary Bootstrap", 1994.
 */
export function stationaryBootstrapIndices(
  length: number,
  meanBlock: number,
  random: Random,
  into: Int32Array = new Int32Array(length),
): Int32Array {
  const restart = 1 / meanBlock;
  let index = 0;
  for (let t = 0; t < length; t++) {
    if (t === 0 || random() < restart) index = Math.floor(random() * length);
    else index = index + 1 === length ? 0 : index + 1;
    into[t] = index;
  }
  return into;
}

/**
 * Writes the returns of one path that may come: a resample of a resample. The inner one stands for all that the sample does not
 * know of its own mean and spread, the outer one for the path.
 *
 * @param returns - Shape `[length]`, fractions.
 * @param first - Indices into the returns. Shape `[length]`.
 * @param second - Indices into `first`. Shape `[length]`.
 * @param into - Receives the path. Shape `[length]`.
 */
export function predictivePath(
  returns: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  into: Float64Array = new Float64Array(second.length),
): Float64Array {
  for (let t = 0; t < second.length; t++) into[t] = returns[first[second[t]!]!]!;
  return into;
}

/**
 * Returns the indices of a circular block resample with given block starts.
 *
 * @param length - Number of periods T.
 * @param blockLength - Length of each block.
 * @param starts - First index of each block.
 * @returns Shape `[length]`; the last block is cut off.
 */
export function circularBlockIndices(
  length: number,
  blockLength: number,
  starts: ArrayLike<number>,
): Int32Array {
  const indices = new Int32Array(length);
  for (let t = 0; t < length; t++) {
    indices[t] = (starts[Math.floor(t / blockLength)]! + (t % blockLength)) % length;
  }
  return indices;
}

/**
 * Shuffles values in place (Fisher and Yates).
 *
 * @param values - Shape `[n]`.
 * @param random - Seeded source.
 */
export function shuffle(values: Float64Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const value = values[i]!;
    values[i] = values[j]!;
    values[j] = value;
  }
}

/**
 * Returns a Monte Carlo p-value that is never zero.
 *
 * @param count - Resamples at least as extreme as the observation.
 * @param resamples - All resamples.
 * @see Davison and Hinkley, "Bootstrap Methods and their Application", 1997, §4.2.
 */
export function monteCarloPValue(count: number, resamples: number): number {
  return (1 + count) / (1 + resamples);
}

/**
 * Returns a quantile as one of the sample's values (type 1: inverse of the empirical distribution).
 *
 * @param sorted - Ascending. Shape `[n]`, n >= 1.
 * @param share - In [0, 1].
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = Math.ceil(share * sorted.length - 1e-9) - 1;
  return sorted[Math.min(Math.max(position, 0), sorted.length - 1)]!;
}
