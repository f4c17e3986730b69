import type { ForwardEvidence } from './forward-evidence.js';

/** What a forward test says about frozen settings. */
export type Outcome = 'confirmed' | 'not-confirmed-yet' | 'weakened' | 'failed' | 'not-unseen';

/** Why a result is not called more than it is. */
export type Doubt =
  | 'overlap'
  | 'no-trades'
  | 'no-weeks'
  | 'holding'
  | 'no-costs'
  | 'before-optimization'
  | 'below-band'
  | 'no-in-sample'
  | 'no-expectation'
  | 'look-ahead-of-candles'
  | 'several-settings';

/** Numbers that decide. */
export interface JudgementInput {
  readonly evidence: ForwardEvidence;
  /** Sharpe ratio of the forward period, per year, and what was earned in it, quote. */
  readonly sharpe: number;
  readonly profit: number;
  readonly trades: number;
  /** Share of the forward period that the optimization saw, 0 to 1. */
  readonly seenShare: number;
  /** Whether the forward period ends before the optimization begins. */
  readonly isBefore: boolean;
  /** Whether the candles of the optimization are there. */
  readonly hasInSample: boolean;
  /** Commission and slippage per side, fraction. */
  readonly costRate: number;
}

/** The judgement, in words for a program; a report says it in a sentence. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly doubts: readonly Doubt[];
}

/** From here on unseen candles confirm. */
export const CONFIRMED_P = 0.05;
/** Evidence below this speaks against the settings: an edge of the size that is looked for leaves more. */
export const FAILED_EVIDENCE = 0.1;

/**
 * Judges frozen settings by candles that they were not chosen on. The verdict on the search is told beside it and is no
 * condition: unseen candles speak for themselves.
 *
 * @param input - Evidence and result of the forward period.
 */
export function judge(input: JudgementInput): Judgement {
  return { outcome: outcomeOf(input), doubts: doubtsOf(input) };
}

function outcomeOf(input: JudgementInput): Outcome {
  const { evidence, profit, trades, seenShare } = input;
  if (seenShare > 0) return 'not-unseen';
  const isBelow = isBelowBand(input);
  const isLoss = profit < 0;
  if (trades === 0) return 'not-confirmed-yet';
  if ((isLoss && isBelow) || evidence.lastEvidence < FAILED_EVIDENCE) return 'failed';
  if (evidence.p <= CONFIRMED_P && profit > 0 && isConfirmable(input)) return 'confirmed';
  return isBelow ? 'weakened' : 'not-confirmed-yet';
}

/** Luck is ruled out against holding as well, and somebody could have traded it at a price. */
function isConfirmable({ evidence, costRate, isBefore }: JudgementInput): boolean {
  return evidence.pHold <= CONFIRMED_P && costRate > 0 && !isBefore;
}

function isBelowBand({ evidence: { band }, sharpe }: JudgementInput): boolean {
  return band !== undefined && sharpe < band.low;
}

function doubtsOf(input: JudgementInput): Doubt[] {
  const { evidence, trades, profit, seenShare } = input;
  const isUnseen = seenShare === 0;
  const doubts: (Doubt | false)[] = [
    !isUnseen && 'overlap',
    input.isBefore && 'before-optimization',
    trades === 0 && 'no-trades',
    isUnseen && evidence.weeks === 0 && 'no-weeks',
    isUnseen &&
      profit > 0 &&
      evidence.p <= CONFIRMED_P &&
      !(evidence.pHold <= CONFIRMED_P) &&
      'holding',
    input.costRate === 0 && 'no-costs',
    isUnseen && trades > 0 && isBelowBand(input) && 'below-band',
    !input.hasInSample && 'no-in-sample',
    evidence.band === undefined && 'no-expectation',
    isUnseen && !evidence.isLookOver && 'look-ahead-of-candles',
    isUnseen && evidence.settingsTested > 1 && 'several-settings',
  ];
  return doubts.filter((doubt) => doubt !== false);
}
