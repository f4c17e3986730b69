import { FLIP_DRAWS, flipPosition, flipSign } from './flip-signs.js';
import { walshHadamard } from './walsh-hadamard.js';

/** Where each week of a period goes in the transform, and with which sign. */
export interface FlipLayout {
  readonly blocks: ArrayLike<number>;
  /** Shape `[weeks]`. */
  readonly positions: Int32Array;
  /** Shape `[weeks]`. */
  readonly signs: Float64Array;
}

/**
 * Prepares the draws of a period.
 *
 * @param blocks - Numbers of the weeks.
 */
export function flipLayout(blocks: ArrayLike<number>): FlipLayout {
  const all = Array.from(blocks);
  return {
    blocks,
    positions: Int32Array.from(all, flipPosition),
    signs: Float64Array.from(all, flipSign),
  };
}

/**
 * Writes the statistic of a trial in each of the 1,024 draws.
 *
 * @param layout - Weeks of the period.
 * @param sums - Of the trial. Shape `[weeks]`.
 * @param norm - `weekNorm` of them, above 0.
 * @param out - Shape `[1024]`.
 */
export function flipDraws(
  { positions, signs }: FlipLayout,
  sums: ArrayLike<number>,
  norm: number,
  out: Float64Array,
): void {
  out.fill(0, 0, FLIP_DRAWS);
  // Weeks 19.6 years apart share a place.
  for (let j = 0; j < positions.length; j++) out[positions[j]!]! += (signs[j]! * sums[j]!) / norm;
  walshHadamard(out);
}
