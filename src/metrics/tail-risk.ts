import { sampleDeviation, sum } from './trade-metrics.js';

/** Fewer returns say nothing about one in twenty. */
const RETURNS_MIN = 20;

/** Share of the returns that value at risk and expected shortfall look beyond: the worst twentieth. */
export const TAIL_SHARE = 0.05;

/**
 * Returns the volatility per year.
 *
 * @param returns - Simple returns, fractions.
 * @param perYear - Returns in a year.
 * @returns Sample deviation × √perYear, a fraction; 0 with fewer than two returns.
 */
export function volatility(returns: readonly number[], perYear: number): number {
  return sampleDeviation(returns) * Math.sqrt(perYear);
}

/**
 * Returns the historical value at risk: the loss that all but the worst twentieth of the returns stay within.
 *
 * @param returns - Simple returns, fractions. Shape `[n]`.
 * @param share - The tail, 0 to 1.
 * @returns Minus the lower quantile: of the ascending returns the one at place ⌈n · share⌉ (no interpolation). A fraction, positive
 * for a loss; `NaN` with fewer than 20 returns.
 * @see A. McNeil, R. Frey and P. Embrechts, Quantitative Risk Management, 2015, section 2.3 (quantile of the empirical
 * distribution).
 */
export function valueAtRisk(returns: readonly number[], share = TAIL_SHARE): number {
  if (returns.length < RETURNS_MIN) return Number.NaN;
  const sorted = Float64Array.from(returns).sort();
  // 0.05 × 100 is 5.000000000000001 nowhere, but 0.05 × 340 is 17.000000000000004.
  const place = Math.ceil(returns.length * share - 1e-9);
  return -sorted[Math.max(1, place) - 1]!;
}

/**
 * Returns the expected shortfall (conditional value at risk): the mean loss of the worst twentieth of the returns.
 *
 * @param returns - Simple returns, fractions. Shape `[n]`.
 * @param share - The tail, 0 to 1.
 * @returns Minus the mean of the n · share lowest returns, the last of them counted by the part that is left of it. A fraction,
 * positive for a loss; `NaN` with fewer than 20 returns.
 * @see C. Acerbi and D. Tasche, On the coherence of expected shortfall, 2002, proposition 4.1.
 */
export function expectedShortfall(returns: readonly number[], share = TAIL_SHARE): number {
  if (returns.length < RETURNS_MIN) return Number.NaN;
  const sorted = Float64Array.from(returns).sort();
  const count = returns.length * share;
  const whole = Math.floor(count + 1e-9);
  const lowest = sum([...sorted.subarray(0, whole)]);
  const rest = Math.max(0, count - whole) * (sorted[whole] ?? 0);
  return -(lowest + rest) / count;
}
