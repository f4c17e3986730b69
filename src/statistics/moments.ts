/** Mean and shape of a sample of returns. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sample form (n - 1); 0 for fewer than two values. */
  readonly deviation: number;
  /** Third standardised moment (population form); 0 when the deviation is 0. */
  readonly skewness: number;
  /** Fourth standardised moment, NOT excess: 3 for a normal sample; 3 when the deviation is 0. */
  readonly kurtosis: number;
}

/** A deviation below this share of the largest value is rounding. */
const DEVIATION_SHARE_MIN = 1e-12;

/**
 * Returns count, mean, deviation, skewness and kurtosis of a sample.
 *
 * @param values - Shape `[n]`.
 * @see D. N. Joanes and C. A. Gill, 1998: skewness g1 and kurtosis b2 with population moments.
 */
export function moments(values: ArrayLike<number>): Moments {
  const count = values.length;
  if (count === 0) return { count, mean: 0, deviation: 0, skewness: 0, kurtosis: 3 };
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    sum += values[i]!;
    largest = Math.max(largest, Math.abs(values[i]!));
  }
  const mean = sum / count;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < count; i++) {
    const difference = values[i]! - mean;
    const square = difference * difference;
    second += square;
    third += square * difference;
    fourth += square * square;
  }
  const deviation = count < 2 ? 0 : Math.sqrt(second / (count - 1));
  const variance = second / count;
  // Equal values differ from their mean by rounding.
  if (deviation <= DEVIATION_SHARE_MIN * largest)
    return { count, mean, deviation: 0, skewness: 0, kurtosis: 3 };
  return {
    count,
    mean,
    deviation,
    skewness: third / count / variance ** 1.5,
    kurtosis: fourth / count / variance ** 2,
  };
}
