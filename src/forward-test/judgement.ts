import type { Metrics } from '../metrics/index.js';

/** What a forward test says about the parameters. */
export type Outcome =
  | 'held-up'
  | 'held-up-so-far'
  | 'weakened'
  | 'nothing-to-confirm'
  | 'failed'
  | 'too-few-trades'
  | 'no-trades'
  | 'not-unseen';

/** Why a result is not called more than it is. */
export type Doubt =
  | 'overlap'
  | 'few-trades'
  | 'luck'
  | 'no-costs'
  | 'no-in-sample'
  | 'in-sample-loss'
  | 'before-optimization'
  | 'selection'
  | 'selection-unknown';

/** Numbers that decide. */
export interface JudgementInput {
  readonly outOfSample: Metrics;
  /** `undefined` when the candles of the optimization are not there. */
  readonly inSample: Metrics | undefined;
  /** Share of the forward period that the optimization saw, 0 to 1. */
  readonly seenShare: number;
  /** Whether the forward period ends before the optimization begins. */
  readonly isBefore: boolean;
  /** Probability that the true Sharpe ratio is above 0, from the forward period alone; `NaN` when unknown. */
  readonly probability: number;
  /** Commission and slippage per side, fraction. */
  readonly costRate: number;
  /** Whether the optimization passed its tests for luck; `undefined` when it was not tested. */
  readonly isSelectionRobust: boolean | undefined;
}

/** The judgement, in words for a program; a report says it in a sentence. */
export interface Judgement {
  readonly outcome: Outcome;
  /** Sharpe ratio out-of-sample over in-sample; `undefined` without an in-sample profit. */
  readonly efficiency: number | undefined;
  readonly doubts: readonly Doubt[];
}

/** Fewer trades say nothing. */
export const TRADES_MIN = 30;
/** Fewer trades prove nothing. */
export const PROOF_TRADES_MIN = 100;
/** Less than half of the in-sample Sharpe ratio is what luck usually leaves (Pardo's walk-forward efficiency). */
export const EFFICIENCY_MIN = 0.5;
/** Below this, the result may well be luck. */
export const PROBABILITY_MIN = 0.95;

/**
 * Judges whether parameters held up on candles that they were not chosen on.
 *
 * @param input - Numbers of both periods.
 */
export function judge(input: JudgementInput): Judgement {
  const { outOfSample, inSample } = input;
  const efficiency =
    inSample !== undefined && inSample.sharpeRatio > 0 && inSample.cumulativeProfit > 0
      ? outOfSample.sharpeRatio / inSample.sharpeRatio
      : undefined;
  const doubts = doubtsOf(input);
  return { outcome: outcomeOf(input, efficiency, doubts), efficiency, doubts };
}

function outcomeOf(
  { outOfSample, inSample, seenShare }: JudgementInput,
  efficiency: number | undefined,
  doubts: readonly Doubt[],
): Outcome {
  if (seenShare > 0) return 'not-unseen';
  if (outOfSample.totalTrades === 0) return 'no-trades';
  if (outOfSample.totalTrades < TRADES_MIN) return 'too-few-trades';
  if (outOfSample.cumulativeProfit <= 0) return 'failed';
  if (inSample !== undefined && inSample.cumulativeProfit <= 0) return 'nothing-to-confirm';
  if (efficiency !== undefined && efficiency < EFFICIENCY_MIN) return 'weakened';
  return doubts.length === 0 ? 'held-up' : 'held-up-so-far';
}

function doubtsOf(input: JudgementInput): Doubt[] {
  const { outOfSample, inSample } = input;
  const trades = outOfSample.totalTrades;
  const isGain = outOfSample.cumulativeProfit > 0;
  const doubts: (Doubt | false)[] = [
    input.seenShare > 0 && 'overlap',
    input.isBefore && 'before-optimization',
    trades > 0 && trades < PROOF_TRADES_MIN && 'few-trades',
    trades > 0 && isGain && !(input.probability >= PROBABILITY_MIN) && 'luck',
    input.costRate === 0 && 'no-costs',
    inSample === undefined && 'no-in-sample',
    inSample !== undefined && inSample.cumulativeProfit <= 0 && 'in-sample-loss',
    input.isSelectionRobust === false && 'selection',
    input.isSelectionRobust === undefined && 'selection-unknown',
  ];
  return doubts.filter((doubt) => doubt !== false);
}
