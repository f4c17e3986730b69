import {
  FAILED_EVIDENCE,
  type ForwardEvidence,
  forwardEvidence,
} from '../../src/forward-test/index.js';
import type { TrialFigures } from '../../src/optimize/index.js';
import { normalRandom, seededRandom } from '../../src/util/index.js';

/** Week sums of a normal distribution, whose truth is known. */
export interface ForwardPaths {
  /** True Sharpe ratio per year. */
  readonly sharpe: number;
  readonly weeks: number;
  /** Frozen settings that are tested on the same weeks, and the correlation of their weeks. */
  readonly settings: number;
  readonly correlation: number;
  readonly paths: number;
  readonly seed: number;
}

/** Shares of the paths. */
export interface ForwardShares {
  /** Evidence below the bound of "failed" at the end. */
  readonly lowEvidence: number;
  /** The best of the settings is confirmed at the declared look, which is the end, or at any week before. */
  readonly confirmed: number;
}

const WEEKS_PER_YEAR = 365 / 7;
const IN_WEEKS = 208;
const FIRST_WEEK = 2_600;

/**
 * Returns how often unseen weeks of a known truth say what.
 *
 * @param options - Truth, length, how many settings.
 */
export function forwardShares(options: ForwardPaths): ForwardShares {
  const { sharpe, weeks, settings, correlation, paths, seed } = options;
  const normal = normalRandom(seededRandom(seed));
  const mean = sharpe / Math.sqrt(WEEKS_PER_YEAR);
  const draw = (length: number): Float64Array[] => {
    const common = Float64Array.from({ length }, normal);
    return Array.from({ length: settings }, () =>
      common.map(
        (value) => mean + Math.sqrt(correlation) * value + Math.sqrt(1 - correlation) * normal(),
      ),
    );
  };
  let lowEvidence = 0;
  let confirmed = 0;
  for (let path = 0; path < paths; path++) {
    const inSample = figures(draw(IN_WEEKS)[0]!);
    const unseen = draw(weeks).map(figures);
    const judged = unseen.map((own) => judge(own, inSample, unseen, weeks));
    if (judged[0]!.lastEvidence < FAILED_EVIDENCE) lowEvidence++;
    if (judged.some(({ p }) => p <= 0.05)) confirmed++;
  }
  return { lowEvidence: lowEvidence / paths, confirmed: confirmed / paths };
}

function judge(
  own: TrialFigures,
  inSample: TrialFigures,
  all: readonly TrialFigures[],
  weeks: number,
): ForwardEvidence {
  const end = (FIRST_WEEK + weeks) * 7 * 86_400_000;
  return forwardEvidence({
    unseen: own,
    end,
    inSample,
    look: { time: end, isDeclared: true },
    others: all.filter((other) => other !== own),
    expectedSharpe: undefined,
    inYears: IN_WEEKS / WEEKS_PER_YEAR,
  });
}

function figures(sums: Float64Array): TrialFigures {
  const blocks = Int32Array.from(sums, (_, k) => FIRST_WEEK + k);
  return {
    blocks,
    sums,
    holdSums: sums,
    beta: 0,
    years: sums.length / WEEKS_PER_YEAR,
  } as TrialFigures;
}
