import { ExactMean, FLIP_DRAWS, mergeMaxima } from '../../statistics/index.js';

/** What luck shows with the trials of a run, against doing nothing or against holding. */
export interface NullLuck {
  /** Largest statistic of each draw; -Infinity without trials. Shape `[1024]`. */
  readonly maxima: Float64Array;
  /** Skewness of the trials that entered. */
  readonly skewness: ExactMean;
}

/** What luck shows with the trials of a run: 16 kB whatever their number. */
export interface RunLuck {
  readonly cash: NullLuck;
  readonly hold: NullLuck;
}

/** `RunLuck` as numbers: both maxima, then three numbers for each mean. */
export const LUCK_WORDS = 2 * FLIP_DRAWS + 6;

/** Luck without any trial. */
export function noLuck(): RunLuck {
  const empty = (): NullLuck => ({
    maxima: new Float64Array(FLIP_DRAWS).fill(Number.NEGATIVE_INFINITY),
    skewness: new ExactMean(),
  });
  return { cash: empty(), hold: empty() };
}

/**
 * Adds what other trials of the same run show; the order does not matter.
 *
 * @param into - Is changed.
 * @param words - From `luckWords`.
 */
export function addLuckWords({ cash, hold }: RunLuck, words: Float64Array): void {
  mergeMaxima(cash.maxima, words.subarray(0, FLIP_DRAWS));
  mergeMaxima(hold.maxima, words.subarray(FLIP_DRAWS, 2 * FLIP_DRAWS));
  const [a, b, c, d, e, f] = words.subarray(2 * FLIP_DRAWS);
  cash.skewness.merge([a!, b!, c!]);
  hold.skewness.merge([d!, e!, f!]);
}

/** Luck as numbers that go from thread to thread and into files. */
export function luckWords({ cash, hold }: RunLuck): Float64Array {
  const words = new Float64Array(LUCK_WORDS);
  words.set(cash.maxima);
  words.set(hold.maxima, FLIP_DRAWS);
  words.set([...cash.skewness.words, ...hold.skewness.words], 2 * FLIP_DRAWS);
  return words;
}
