import { type Metrics, periodReturns } from '../metrics/index.js';
import {
  chance,
  chanceOfLuck,
  emptyLuck,
  type LuckRecord,
  type LuckWinner,
  luckOfTrial,
  shortcomingSentences,
  type TrialFigures,
  trialFigures,
  type VerdictStory,
  verdictWord,
  weeksOfMarket,
  withAddition,
} from '../optimize/index.js';
import {
  adjustedP,
  founderOf,
  isAtLeast,
  type LuckSharpe,
  skewAdjusted,
  VERDICT_LIMITS,
  type Verdict,
  type VerdictEvidence,
  verdictOf,
} from '../statistics/index.js';
import type { WalkForwardSpan } from './walk-forward-plan.js';

/** What a walk-forward says about a way of choosing settings. */
export interface WalkForwardJudgement {
  readonly verdict: Verdict;
  /** In plain words. */
  readonly sentence: string;
  /** What a better word would need, one sentence each. */
  readonly failed: readonly string[];
  /** Chance of luck: the largest of the three below. */
  readonly p: number;
  /** Among all walk-forwards ever tried: against doing nothing, and against holding the market. */
  readonly pLuck: number;
  readonly pHold: number;
  /** Of the earlier walk-forward that this one refines; `undefined` where it refines none. */
  readonly pFounder: number | undefined;
  /** Lengths of that one, in words. */
  readonly refines: string | undefined;
  readonly figures: TrialFigures;
  /** What luck shows with all walk-forwards ever tried, per year. */
  readonly luck: LuckSharpe;
  readonly lowerBound: number;
  /** Profit of all tests together, fraction of the first balance. */
  readonly earned: number;
  /** Commission and slippage per side, basis points. */
  readonly costs: number;
  /**
   * Mean growth per year out-of-sample over that in-sample; `undefined` when the windows earned nothing in-sample. Growth is
   * the logarithm of final over first balance, so that long and short windows compare; its mean is that of the windows. Shown, not
   * judged, as the share of windows in profit.
   */
  readonly efficiency: number | undefined;
  /** Mean logarithmic growth per year. */
  readonly inSampleGrowth: number;
  readonly outOfSampleGrowth: number;
  /** Mean of the windows' in-sample Sharpe ratios, per year. */
  readonly inSampleSharpe: number;
  /** Share of the windows whose test earned money. */
  readonly profitableShare: number;
}

const YEAR_MS = 365 * 86_400_000;
/** A lost balance has no logarithm; this share stands for it. */
const BALANCE_SHARE_MIN = 1e-6;

/** Stitched tests, metrics only, so that they can be checked by hand. */
export interface StitchedEvidence {
  readonly equity: Float64Array;
  /** The same money put into the instrument. Same shape. */
  readonly holding: Float64Array;
  readonly openTimes: Float64Array;
  readonly metrics: Pick<Metrics, 'cumulativeProfit' | 'totalTrades' | 'sharpeRatio'>;
}

/** What is judged. */
export interface WalkForwardEvidence {
  readonly windows: readonly (Omit<WalkForwardSpan, 'number'> & {
    readonly inSample: Pick<Metrics, 'cumulativeProfit' | 'sharpeRatio'>;
    readonly outOfSample: {
      readonly metrics: Pick<Metrics, 'cumulativeProfit'>;
      readonly rules: { readonly initialBalance: number };
    };
  })[];
  readonly stitched: StitchedEvidence;
  /** Weeks of the stitched tests, from `weeksOfTests()`. */
  readonly figures: TrialFigures;
  readonly initialBalance: number;
  /** Commission and slippage per side, basis points. */
  readonly costs: number;
  /** Different walk-forwards ever done on this strategy and instrument, this one included. */
  readonly walks: number;
  /** What luck shows with all of them. @default this one alone */
  readonly record?: LuckRecord | undefined;
  /** What tells this walk-forward from others: the same one again is no refinement. */
  readonly identity?: string | undefined;
}

/**
 * Returns the weeks of stitched tests.
 *
 * @param stitched - Equity, and holding the instrument.
 * @param initialBalance - Quote.
 * @param timeframeMs - Of the candles.
 */
export function weeksOfTests(
  { equity, holding, openTimes }: StitchedEvidence,
  initialBalance: number,
  timeframeMs: number,
): TrialFigures {
  const market = { openTimes, firstOpen: initialBalance, closes: holding, candleMs: timeframeMs };
  const returns = periodReturns(initialBalance, equity, openTimes, timeframeMs);
  return trialFigures(weeksOfMarket(market), returns, undefined);
}

/**
 * Judges a walk-forward: the tests together are one trial among all walk-forwards ever tried, with the words and limits of every
 * other result.
 *
 * @param evidence - Windows and stitched equity.
 * @see R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2008: walk-forward efficiency.
 */
export function judgeWalkForward(evidence: WalkForwardEvidence): WalkForwardJudgement {
  const { windows, stitched, initialBalance, figures, walks, costs } = evidence;
  const { metrics } = stitched;
  const record = withAddition(evidence.record ?? emptyLuck(), { luck: luckOfTrial(figures) });
  const seen = { ...record, seen: Math.max(1, record.seen) };
  const own = chanceOfLuck(figures, seen, walks);
  const founder = founderWalk(figures, seen.winners, evidence.identity);
  const pFounder = founder && founderP(founder, seen);
  const input: VerdictEvidence = {
    sharpe: metrics.sharpeRatio,
    pLuck: own.pLuck,
    pHold: own.pHold,
    pFounder: pFounder ?? 0,
    weeks: figures.weeks,
    bets: figures.bets,
    quartersInProfit: figures.parts.inProfit,
    tWithoutBest: figures.parts.tWithoutBest,
    // Every window chose without its test, so nothing of the choice is left in the tests.
    lossProbability: 'not-asked',
    costs,
    stressSharpe: 'not-asked',
  };
  const { verdict, p, shortcomings } = verdictOf(input);
  const earned = metrics.cumulativeProfit / initialBalance;
  const story: VerdictStory = {
    verdict,
    shortcomings,
    evidence: input,
    p,
    trialsEver: walks,
    years: figures.years,
    beta: figures.beta,
    luck: own.luck,
    expectedSharpe: undefined,
    refines: founder && walkWords(founder),
    trades: metrics.totalTrades,
  };
  const failed = shortcomingSentences(story);
  return {
    verdict,
    sentence: sentenceOf(story, { earned, first: failed[0] }),
    failed,
    p,
    pLuck: own.pLuck,
    pHold: own.pHold,
    pFounder,
    refines: story.refines,
    figures,
    luck: own.luck,
    lowerBound: own.lowerBound,
    earned,
    costs,
    ...growthOf(windows, initialBalance),
  };
}

/** The earliest other walk-forward whose tests went the same way, in its newest form. */
function founderWalk(
  { blocks, sums }: TrialFigures,
  winners: readonly LuckWinner[],
  identity: string | undefined,
): LuckWinner | undefined {
  const index = founderOf(winners, { blocks, sums });
  const earliest = index === undefined ? undefined : winners[index];
  if (earliest === undefined || walkOf(earliest) === identity) return undefined;
  return winners.findLast((winner) => walkOf(winner) === walkOf(earliest));
}

/** Of the weeks that it was tested on: running it again would take as long as the walk itself. */
function founderP({ blocks, sums }: LuckWinner, record: LuckRecord): number {
  const { tAdjusted } = skewAdjusted(Float64Array.from(sums), undefined);
  return blocks.length === 0 ? 1 : adjustedP(tAdjusted, record.maxima);
}

/** What tells walk-forwards apart, as the ledger keeps it. */
function walkOf({ settings }: LuckWinner): unknown {
  return settings.parameters.walk;
}

function walkWords({ settings: { parameters } }: LuckWinner): string {
  const { train_days, test_days, step_days, anchored } = parameters;
  const step = step_days === test_days ? '' : `, a test every ${step_days} days`;
  return `${train_days} days of training, ${test_days} of test${step}${anchored === true ? ', anchored' : ''}`;
}

function sentenceOf(
  story: VerdictStory,
  { earned, first }: { readonly earned: number; readonly first: string | undefined },
): string {
  const { verdict, p, evidence, trades } = story;
  const word = verdictWord(verdict);
  const tests =
    earned >= 0
      ? `re-optimized again and again, the strategy earned ${percent(earned)} on candles it had not seen`
      : `re-optimized again and again, the strategy lost ${percent(-earned)} on candles it had not seen`;
  const luck = `that comes by luck in ${chance(p)} of worlds without an edge`;
  const refined =
    story.refines === undefined
      ? ''
      : ` Refining an earlier walk-forward: judged by the evidence of the first one (${story.refines}).`;
  if (trades === 0) return `${word}: no test made a trade.`;
  if (!(evidence.sharpe > 0) || earned < 0) return `${word}: ${tests}.`;
  if (evidence.weeks < VERDICT_LIMITS.weeksMin) return `${word}: ${first ?? tests}.${refined}`;
  if (verdict === 'convincing') {
    return `${word}: ${tests}; ${luck}, in ${evidence.quartersInProfit} of four parts of the tests.${refined}`;
  }
  if (verdict === 'promising')
    return `${word}: ${tests}; ${luck}. Not convincing yet: ${first ?? ''}.${refined}`;
  if (isAtLeast(verdict, 'not-proven') && p <= VERDICT_LIMITS.promisingP) {
    return `${word}: ${tests}; ${first ?? ''}.${refined}`;
  }
  if (evidence.pHold > evidence.pLuck && evidence.pLuck <= VERDICT_LIMITS.promisingP) {
    return `${word}: ${tests} (luck: ${chance(evidence.pLuck)}), but not more than holding the market as much would have (luck: ${chance(evidence.pHold)}).${refined}`;
  }
  return `${word}: ${tests}; ${luck}.${refined}`;
}

function growthOf(
  windows: WalkForwardEvidence['windows'],
  initialBalance: number,
): Pick<
  WalkForwardJudgement,
  'efficiency' | 'inSampleGrowth' | 'outOfSampleGrowth' | 'inSampleSharpe' | 'profitableShare'
> {
  const inSampleGrowth = mean(
    windows.map(({ inSample, trainStart, trainEnd }) =>
      growthPerYear(inSample.cumulativeProfit / initialBalance, trainEnd - trainStart),
    ),
  );
  const outOfSampleGrowth = mean(
    windows.map(({ outOfSample, testStart, testEnd }) =>
      growthPerYear(
        outOfSample.metrics.cumulativeProfit / outOfSample.rules.initialBalance,
        testEnd - testStart,
      ),
    ),
  );
  const profitable = windows.filter(
    ({ outOfSample }) => outOfSample.metrics.cumulativeProfit > 0,
  ).length;
  return {
    efficiency: inSampleGrowth > 0 ? outOfSampleGrowth / inSampleGrowth : undefined,
    inSampleGrowth,
    outOfSampleGrowth,
    inSampleSharpe: mean(windows.map(({ inSample }) => inSample.sharpeRatio)),
    profitableShare: profitable / windows.length,
  };
}

function growthPerYear(earned: number, spanMs: number): number {
  return (Math.log(Math.max(1 + earned, BALANCE_SHARE_MIN)) * YEAR_MS) / spanMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
