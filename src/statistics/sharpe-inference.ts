import { normalCdf, normalQuantile } from './normal.js';

const EULER_GAMMA = 0.5772156649015329;

/** A Sharpe ratio per observation (NOT annualised) and the shape of the returns behind it. */
export interface SharpeEvidence {
  /** Mean over sample deviation of the returns. */
  readonly sharpe: number;
  /** Number of returns T. */
  readonly observations: number;
  readonly skewness: number;
  /** Not excess: 3 for normal returns. */
  readonly kurtosis: number;
}

/**
 * Returns how large the best of several Sharpe ratios is expected to be when none has any skill,
 * in units of the deviation between the trials.
 *
 * @param trials - Number of independent trials N >= 1.
 * @returns (1-γ)·Φ⁻¹(1-1/N) + γ·Φ⁻¹(1-1/(N·e)); 0 for one trial.
 * @see Bailey, Borwein, López de Prado and Zhu, "Pseudo-Mathematics and Financial Charlatanism", 2014.
 */
export function expectedMaximum(trials: number): number {
  if (trials <= 1) return 0;
  // Φ⁻¹(1-q) = -Φ⁻¹(q): small q keeps all its digits.
  return (
    -(1 - EULER_GAMMA) * normalQuantile(1 / trials) -
    EULER_GAMMA * normalQuantile(1 / (trials * Math.E))
  );
}

/**
 * Returns the probability that the true Sharpe ratio exceeds a benchmark.
 *
 * @param evidence - Observed ratio and shape of the returns.
 * @param benchmark - Ratio to beat, per observation.
 * @returns Probability; `NaN` with fewer than two observations or when skewness and kurtosis contradict each other.
 * @see Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", 2012.
 */
export function probabilisticSharpeRatio(evidence: SharpeEvidence, benchmark: number): number {
  if (evidence.observations < 2) return Number.NaN;
  const { sharpe, observations } = evidence;
  return normalCdf(
    ((sharpe - benchmark) * Math.sqrt(observations - 1)) / Math.sqrt(varianceFactor(evidence)),
  );
}

/**
 * Returns the deflated Sharpe ratio: the probability that the winner's Sharpe ratio beats what the
 * best of so many trials would show by luck alone.
 *
 * @param evidence - Of the winner.
 * @param trials - Every parameter set ever tried on this data, N >= 1.
 * @param trialVariance - Variance of the Sharpe ratios that trials without an edge show, per observation: 1/(T-1). The spread of
 *   trials that were searched is another one: costs, edges and kinship are in it.
 * @returns The probability, and the benchmark ratio per observation that luck alone reaches.
 * @see Bailey and López de Prado, "The Deflated Sharpe Ratio", 2014.
 */
export function deflatedSharpeRatio(
  evidence: SharpeEvidence,
  trials: number,
  trialVariance: number,
): { readonly probability: number; readonly benchmark: number } {
  const benchmark = Math.sqrt(trialVariance) * expectedMaximum(trials);
  return { probability: probabilisticSharpeRatio(evidence, benchmark), benchmark };
}

/**
 * Returns the number of observations needed before a Sharpe ratio is believed to exceed a benchmark.
 *
 * @param evidence - Observed ratio and shape; `observations` is not used.
 * @param benchmark - Ratio to beat, per observation.
 * @param confidence - For example 0.95.
 * @returns Observations; Infinity when the ratio does not exceed the benchmark.
 * @see Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", 2012.
 */
export function minimumTrackRecordLength(
  evidence: Omit<SharpeEvidence, 'observations'>,
  benchmark: number,
  confidence: number,
): number {
  if (evidence.sharpe <= benchmark) return Number.POSITIVE_INFINITY;
  const z = normalQuantile(confidence) / (evidence.sharpe - benchmark);
  return 1 + varianceFactor(evidence) * z * z;
}

/**
 * Returns the length of backtest below which the best of N skill-less trials is expected to show a
 * given annual Sharpe ratio.
 *
 * @param trials - Number of trials N >= 1.
 * @param annualSharpe - The ratio shown, annualised.
 * @returns Years; 0 for one trial, Infinity when the ratio is not positive.
 * @see Bailey, Borwein, López de Prado and Zhu, 2014.
 */
export function minimumBacktestLength(trials: number, annualSharpe: number): number {
  if (annualSharpe <= 0) return Number.POSITIVE_INFINITY;
  return (expectedMaximum(trials) / annualSharpe) ** 2;
}

function varianceFactor(evidence: Omit<SharpeEvidence, 'observations'>): number {
  const { sharpe, skewness, kurtosis } = evidence;
  return 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}
