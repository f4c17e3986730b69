/** A source of doubles in [0, 1). */
export type Random = () => number;

/**
 * Returns a seeded pseudo-random generator (sfc32): the same seed gives the same numbers everywhere.
 *
 * @param seed - Any integer; its low 32 bits count.
 * @returns A function that gives uniform doubles in [0, 1) with 32 bits of resolution.
 * @see Chris Doty-Humphrey, PractRand: sfc32.
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 15; round++) next();
  return next;
}

/**
 * Returns a generator of standard normal values drawn from `random`.
 *
 * @param random - Uniform source.
 * @returns A function that gives N(0, 1) values.
 * @see G. E. P. Box and M. E. Muller, 1958.
 */
export function normalRandom(random: Random): () => number {
  let spare = Number.NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
