/** Draws of the flipped weeks. */
export const FLIP_DRAWS = 1_024;

/**
 * Returns where a week stands in the transform: a permutation of 0..1023 of the week's number modulo 1,024, so that
 * neighbouring weeks have unrelated signs.
 *
 * @param block - Number of the week.
 */
export function flipPosition(block: number): number {
  let x = ((block % FLIP_DRAWS) + FLIP_DRAWS) % FLIP_DRAWS;
  x ^= x >> 5;
  x = (x * 0x2d5) & 1023;
  x ^= x >> 5;
  x = (x * 0x1a3) & 1023;
  return x ^ (x >> 5);
}

/**
 * Returns the sign of a week in the first draw.
 *
 * @param block - Number of the week.
 */
export function flipSign(block: number): 1 | -1 {
  return mix32((Math.imul(block, 0x9e3779b9) + 0x7f4a7c15) | 0) >>> 31 === 1 ? -1 : 1;
}

/**
 * Returns the sign of a week in a draw. The transform gives all draws at once; this is what it computes.
 *
 * @param block - Number of the week.
 * @param draw - 0..1023.
 */
export function flipSignInDraw(block: number, draw: number): 1 | -1 {
  let bits = flipPosition(block) & draw;
  let sign: 1 | -1 = flipSign(block);
  for (; bits !== 0; bits &= bits - 1) sign = sign === 1 ? -1 : 1;
  return sign;
}

/** The last step of MurmurHash3 (A. Appleby, public domain). */
function mix32(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
