import type { RobustnessBlock } from '../../config/index.js';
import {
  deflatedSharpeRatio,
  minimumBacktestLength,
  type SharpeEvidence,
} from '../../statistics/index.js';

/** What is known about a winner and the search that found it. */
export interface RobustnessEvidence {
  /** Of the winner's returns, per return. */
  readonly sharpe: SharpeEvidence;
  /** Returns in a year. */
  readonly perYear: number;
  /** Distinct trials ever evaluated, and trials of this run. */
  readonly trials: number;
  readonly trialsInRun: number;
  /** Variance of the Sharpe ratios (per year) of this run's trials. */
  readonly trialVariance: number;
  readonly lengthYears: number;
  readonly overfitting: { readonly probability: number; readonly splits: number } | undefined;
  readonly realityCheck: { readonly pValue: number; readonly spa: number } | undefined;
  readonly plateau: { readonly width: number | undefined; readonly neighbours: number };
  readonly sample: { readonly trials: number; readonly seed: number; readonly returns: number };
  readonly trades: number;
  /** Fraction. */
  readonly ambiguousShare: number;
  /** Commission and slippage per side, basis points. */
  readonly costs: number;
}

/** The gate that a winner must pass to be called robust. */
export const ROBUSTNESS_GATE = {
  deflatedSharpeMin: 0.95,
  overfittingMax: 0.2,
  tradesMin: 100,
} as const;

/** What of a gate fails. */
export interface GateFailure {
  readonly reason: string;
  /** The same for a verdict, in few words; the reason where it is short itself. */
  readonly brief?: string;
}

/** With fewer trials the spread of their Sharpe ratios is not measured; that of luck stands in. */
const SPREAD_TRIALS_MIN = 10;

/**
 * Judges a winner: robust only if nothing of the gate fails.
 *
 * @param evidence - Figures of the winner and of the search.
 */
export function judgeRobustness(evidence: RobustnessEvidence): RobustnessBlock {
  const { sharpe, perYear, trials } = evidence;
  const annualSharpe = sharpe.sharpe * Math.sqrt(perYear);
  const variance = trialVariance(evidence);
  const deflated = deflatedSharpeRatio(sharpe, trials, variance);
  const luck = deflated.benchmark * Math.sqrt(perYear);
  const lengthMin = minimumBacktestLength(trials, annualSharpe);
  const failures = [
    deflatedFailure(deflated.probability, { trials, luck, annualSharpe }),
    overfittingFailure(evidence),
    lengthFailure(evidence.lengthYears, lengthMin, { trials, annualSharpe }),
    evidence.trades < ROBUSTNESS_GATE.tradesMin
      ? {
          reason: `${count(evidence.trades)} trades, at least ${ROBUSTNESS_GATE.tradesMin} are needed`,
        }
      : undefined,
    evidence.costs > 0
      ? undefined
      : { reason: 'no costs were charged (commission and slippage are 0)' },
  ];
  const failed = failures.filter((failure) => failure !== undefined);
  const isOverfit = failures.slice(0, 3).some((failure) => failure !== undefined);
  return {
    robust: failed.length === 0,
    verdict: verdictSentence({
      // The most telling one; the figures beside the verdict show the others.
      failure: failed[0],
      isOverfit,
      trials,
      deflated: deflated.probability,
    }),
    failed: failed.map(({ reason }) => reason),
    trials,
    trials_in_run: evidence.trialsInRun,
    deflated_sharpe_ratio: figure(deflated.probability),
    luck_sharpe_ratio: figure(luck),
    sharpe_ratio: figure(annualSharpe),
    length_years: rounded(evidence.lengthYears),
    min_backtest_length_years: figure(lengthMin),
    overfitting_probability: figure(evidence.overfitting?.probability),
    overfitting_splits: evidence.overfitting?.splits ?? 0,
    reality_check_p: figure(evidence.realityCheck?.pValue),
    spa_p: figure(evidence.realityCheck?.spa),
    sample_trials: evidence.sample.trials,
    sample_seed: evidence.sample.seed,
    sample_returns: evidence.sample.returns,
    plateau_width: figure(evidence.plateau.width),
    plateau_neighbours: evidence.plateau.neighbours,
    trades: evidence.trades,
    costs: evidence.costs,
    ambiguous_share: rounded(evidence.ambiguousShare),
  };
}

/**
 * Per return. A handful of trials has no spread worth the name, yet it may follow thousands in the ledger: then the
 * spread that estimates of a Sharpe ratio of zero have is the least that is assumed.
 */
function trialVariance({
  sharpe,
  perYear,
  trialVariance,
  trialsInRun,
}: RobustnessEvidence): number {
  const measured = trialVariance / perYear;
  if (trialsInRun >= SPREAD_TRIALS_MIN) return measured;
  return Math.max(measured, 1 / Math.max(1, sharpe.observations - 1));
}

function deflatedFailure(
  probability: number,
  {
    trials,
    luck,
    annualSharpe,
  }: { readonly trials: number; readonly luck: number; readonly annualSharpe: number },
): GateFailure | undefined {
  const { deflatedSharpeMin } = ROBUSTNESS_GATE;
  if (probability >= deflatedSharpeMin) return undefined;
  if (Number.isNaN(probability)) return { reason: 'the deflated Sharpe ratio cannot be computed' };
  const best = trials === 1 ? 'a single trial' : `the best of ${count(trials)} trials`;
  const isAbove = annualSharpe > luck;
  return {
    reason:
      `deflated Sharpe ratio ${probability.toFixed(3)}, at least ${deflatedSharpeMin} is needed: ${best} ` +
      `shows about ${luck.toFixed(2)} per year by luck alone, the winner ${annualSharpe.toFixed(2)}`,
    brief:
      `${best} shows a Sharpe ratio of ${luck.toFixed(2)} per year by luck alone, ` +
      (isAbove
        ? `and this winner's ${annualSharpe.toFixed(2)} is not far enough above it`
        : `this winner ${annualSharpe.toFixed(2)}`),
  };
}

function overfittingFailure({
  overfitting,
  trials,
  trialsInRun,
}: RobustnessEvidence): GateFailure | undefined {
  const { overfittingMax } = ROBUSTNESS_GATE;
  // Nothing was selected, so nothing can be overfit by selection.
  if (trials === 1) return undefined;
  if (overfitting === undefined) {
    return {
      reason:
        trialsInRun < 2
          ? 'the probability of overfitting cannot be computed from one combination; run the whole grid'
          : 'the probability of overfitting cannot be computed from so few days',
    };
  }
  if (overfitting.probability <= overfittingMax) return undefined;
  const probability = overfitting.probability.toFixed(3);
  return {
    reason: `probability of overfitting ${probability}, at most ${overfittingMax} is allowed: so often the best of one half of the candles is below the median in the other`,
    brief: `the best of one half of the candles is too often below the median in the other (probability ${probability})`,
  };
}

function lengthFailure(
  years: number,
  yearsMin: number,
  { trials, annualSharpe }: { readonly trials: number; readonly annualSharpe: number },
): GateFailure | undefined {
  if (years >= yearsMin) return undefined;
  if (!Number.isFinite(yearsMin)) {
    return {
      reason: `the winner's Sharpe ratio is ${annualSharpe.toFixed(2)} per year: there is no edge to be proven`,
    };
  }
  return {
    reason: `${years.toFixed(2)} years of candles, at least ${yearsMin.toFixed(2)} are needed for a Sharpe ratio of ${annualSharpe.toFixed(2)} after ${count(trials)} trials`,
  };
}

function verdictSentence({
  failure,
  isOverfit,
  trials,
  deflated,
}: {
  readonly failure: GateFailure | undefined;
  readonly isOverfit: boolean;
  readonly trials: number;
  readonly deflated: number;
}): string {
  if (failure === undefined) {
    return `Robust: after ${count(trials)} ${trials === 1 ? 'trial' : 'trials'} the winner is still better than luck explains (deflated Sharpe ratio ${deflated.toFixed(3)}); only candles it has not seen can confirm it.`;
  }
  return `${isOverfit ? 'Probably overfit' : 'Not proven'}: ${failure.brief ?? failure.reason}.`;
}

/** YAML and JSON have no place for what is not there or has no end. */
function figure(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : rounded(value);
}

/** Six digits: more would be noise in a file that people read. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
