/** What is said about a result, from bad to good. */
export type Verdict = 'no-evidence' | 'not-proven' | 'promising' | 'convincing';

/** What a result lacks. */
export type Shortcoming =
  | 'loss'
  | 'too-short'
  | 'luck'
  | 'holding'
  | 'founder'
  | 'few-bets'
  | 'no-costs'
  | 'convincing-luck'
  | 'convincing-bets'
  | 'convincing-weeks'
  | 'quarters'
  | 'best-quarter'
  | 'choosing'
  | 'stress';

/** Figures of a result. */
export interface VerdictEvidence {
  /** Per year. */
  readonly sharpe: number;
  /** Chance of luck against doing nothing, against holding the market, and of the winner that this one refines (0: none). */
  readonly pLuck: number;
  readonly pHold: number;
  readonly pFounder: number;
  readonly weeks: number;
  readonly bets: number;
  readonly quartersInProfit: number;
  readonly tWithoutBest: number;
  /** `'not-asked'` where nothing was chosen; `undefined` where it could not be measured. */
  readonly lossProbability: number | 'not-asked' | undefined;
  /** Commission and slippage per side, basis points. */
  readonly costs: number;
  /** Sharpe ratio of the stress run; `'not-asked'` where there is none; `undefined` where it was not run. */
  readonly stressSharpe: number | 'not-asked' | undefined;
}

/** Limits of the four words. */
export const VERDICT_LIMITS = {
  noEvidenceP: 0.3,
  promisingP: 0.03,
  convincingP: 0.005,
  weeksMin: 13,
  promisingWeeksMin: 26,
  convincingWeeksMin: 52,
  promisingBetsMin: 8,
  convincingBetsMin: 20,
  quartersMin: 3,
  tWithoutBestMin: 1,
  lossProbabilityMax: 0.05,
} as const;

const ORDER: readonly Verdict[] = ['no-evidence', 'not-proven', 'promising', 'convincing'];

/**
 * Returns the verdict on a result and everything that it lacks for the best one, the gravest first. A figure that is not a
 * number speaks against the result.
 *
 * @param evidence - Its figures.
 */
export function verdictOf(evidence: VerdictEvidence): {
  readonly verdict: Verdict;
  readonly p: number;
  readonly shortcomings: readonly Shortcoming[];
} {
  const p = Math.max(evidence.pLuck, evidence.pHold, evidence.pFounder);
  const fatal = shortOfAnything(evidence, p);
  const promising = shortOfPromising(evidence);
  const convincing = shortOfConvincing(evidence, p);
  const verdict =
    fatal.length > 0 || !(p <= VERDICT_LIMITS.noEvidenceP)
      ? 'no-evidence'
      : promising.length > 0
        ? 'not-proven'
        : convincing.length > 0
          ? 'promising'
          : 'convincing';
  return { verdict, p, shortcomings: [...fatal, ...promising, ...convincing] };
}

/**
 * Says whether a verdict is at least as good as another.
 *
 * @param verdict - Given.
 * @param wanted - Asked for.
 */
export function isAtLeast(verdict: Verdict, wanted: Verdict): boolean {
  return ORDER.indexOf(verdict) >= ORDER.indexOf(wanted);
}

function shortOfAnything(evidence: VerdictEvidence, p: number): Shortcoming[] {
  const { weeksMin } = VERDICT_LIMITS;
  return kept([
    ['loss', !(evidence.sharpe > 0)],
    ['too-short', !(evidence.weeks >= weeksMin)],
    // A p that is no number: nothing is known of the three.
    ['luck', Number.isNaN(p)],
  ]);
}

function shortOfPromising(evidence: VerdictEvidence): Shortcoming[] {
  const { promisingP, promisingBetsMin, promisingWeeksMin, weeksMin } = VERDICT_LIMITS;
  return kept([
    ['luck', evidence.pLuck > promisingP],
    ['holding', evidence.pHold > promisingP],
    ['founder', evidence.pFounder > promisingP],
    ['few-bets', !(evidence.bets >= promisingBetsMin)],
    ['too-short', evidence.weeks >= weeksMin && evidence.weeks < promisingWeeksMin],
    ['no-costs', !(evidence.costs > 0)],
  ]);
}

function shortOfConvincing(evidence: VerdictEvidence, p: number): Shortcoming[] {
  const limits = VERDICT_LIMITS;
  const { lossProbability, stressSharpe, bets, weeks } = evidence;
  return kept([
    ['convincing-luck', p > limits.convincingP && p <= limits.promisingP],
    ['convincing-bets', bets >= limits.promisingBetsMin && bets < limits.convincingBetsMin],
    ['convincing-weeks', weeks >= limits.promisingWeeksMin && weeks < limits.convincingWeeksMin],
    ['quarters', !(evidence.quartersInProfit >= limits.quartersMin)],
    ['best-quarter', !(evidence.tWithoutBest >= limits.tWithoutBestMin)],
    [
      'choosing',
      lossProbability !== 'not-asked' && !((lossProbability ?? 1) <= limits.lossProbabilityMax),
    ],
    ['stress', stressSharpe !== 'not-asked' && !((stressSharpe ?? 0) > 0)],
  ]);
}

function kept(all: readonly (readonly [Shortcoming, boolean])[]): Shortcoming[] {
  return all.filter(([, isShort]) => isShort).map(([name]) => name);
}
