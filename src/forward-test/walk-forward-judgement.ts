import { type Metrics, periodReturns, returnsPerYear } from '../metrics/index.js';
import { type GateFailure, ROBUSTNESS_GATE } from '../optimize/index.js';
import {
  deflatedSharpeRatio,
  minimumBacktestLength,
  moments,
  probabilisticSharpeRatio,
} from '../statistics/index.js';
import type { WalkForwardSpan } from './walk-forward-plan.js';

/** What a walk-forward says about a way of choosing settings. */
export interface WalkForwardJudgement {
  /** Whether nothing of what is asked fails. */
  readonly holdsUp: boolean;
  /** In one plain sentence: the most telling of what failed. */
  readonly sentence: string;
  /** All that failed, one sentence each. */
  readonly failed: readonly string[];
  /** Profit of all tests together, fraction of the first balance. */
  readonly earned: number;
  /** Commission and slippage per side, basis points. */
  readonly costs: number;
  /**
   * Mean growth per year out-of-sample over that in-sample; `undefined` when the windows earned nothing in-sample. Growth is
   * the logarithm of final over first balance, so that long and short windows compare; its mean is that of the windows.
   */
  readonly efficiency: number | undefined;
  /** Mean logarithmic growth per year. */
  readonly inSampleGrowth: number;
  readonly outOfSampleGrowth: number;
  /** Mean of the windows' in-sample Sharpe ratios, per year. */
  readonly inSampleSharpe: number;
  /** Share of the windows whose test earned money. */
  readonly profitableShare: number;
  /** Probability that the true Sharpe ratio of the stitched tests is above 0; `NaN` when unknown. */
  readonly probability: number;
  /** Probability that it is above what the best of all walk-forwards tried shows by luck; `NaN` when unknown. */
  readonly deflatedSharpe: number;
  /** That luck, as a Sharpe ratio per year; 0 for the first walk-forward. */
  readonly luckSharpe: number;
  /** Length of the tests, and the shortest on which their Sharpe ratio is no matter of course after so many, years. */
  readonly lengthYears: number;
  readonly lengthYearsMin: number;
}

/** Less than half of the in-sample return is what luck usually leaves (R. Pardo, 2008). */
export const WALK_FORWARD_EFFICIENCY_MIN = 0.5;
export const PROFITABLE_SHARE_MIN = 0.5;
const { deflatedSharpeMin, overfittingMax, tradesMin } = ROBUSTNESS_GATE;
const YEAR_MS = 365 * 86_400_000;
/** A lost balance has no logarithm; this share stands for it. */
const BALANCE_SHARE_MIN = 1e-6;

/** What is judged; metrics only, so that it can be checked by hand. */
export interface WalkForwardEvidence {
  readonly windows: readonly (Omit<WalkForwardSpan, 'number'> & {
    readonly inSample: Pick<Metrics, 'cumulativeProfit' | 'sharpeRatio'>;
    readonly outOfSample: {
      readonly metrics: Pick<Metrics, 'cumulativeProfit'>;
      readonly rules: { readonly initialBalance: number };
    };
  })[];
  readonly stitched: {
    readonly equity: Float64Array;
    readonly openTimes: Float64Array;
    readonly metrics: Pick<Metrics, 'cumulativeProfit' | 'totalTrades' | 'sharpeRatio'>;
  };
  readonly initialBalance: number;
  readonly timeframeMs: number;
  /** Commission and slippage per side, basis points. */
  readonly costs: number;
  /** Different walk-forwards ever done on this strategy and instrument, this one included. */
  readonly walks: number;
  /** Combinations that every window chose from. */
  readonly combinations: number;
  /** Of the grid over the whole period; `undefined` when it was not tested or cannot be. */
  readonly overfitting: { readonly probability: number; readonly splits: number } | undefined;
}

/**
 * Judges a walk-forward.
 *
 * @param evidence - Windows and stitched equity.
 * @see R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2008: walk-forward efficiency.
 */
export function judgeWalkForward(evidence: WalkForwardEvidence): WalkForwardJudgement {
  const { windows, stitched, initialBalance } = evidence;
  const { metrics } = stitched;
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
  const efficiency = inSampleGrowth > 0 ? outOfSampleGrowth / inSampleGrowth : undefined;
  const profitable = windows.filter(
    ({ outOfSample }) => outOfSample.metrics.cumulativeProfit > 0,
  ).length;
  const profitableShare = profitable / windows.length;
  const own = deflated(evidence);
  const earned = metrics.cumulativeProfit / initialBalance;
  const failures: (GateFailure | undefined)[] = [
    earned > 0 ? undefined : { reason: `the tests together lost ${percent(-earned)}` },
    efficiencyFailure(efficiency),
    profitableShare >= PROFITABLE_SHARE_MIN
      ? undefined
      : { reason: `only ${profitable} of ${windows.length} windows earned money` },
    own.deflatedSharpe >= deflatedSharpeMin ? undefined : deflatedFailure(evidence, own),
    own.lengthYears >= own.lengthYearsMin || own.lengthYearsMin === Infinity
      ? undefined
      : {
          reason: `${own.lengthYears.toFixed(2)} years of tests, at least ${own.lengthYearsMin.toFixed(2)} are needed for their Sharpe ratio after ${evidence.walks} walk-forwards`,
        },
    overfittingFailure(evidence),
    metrics.totalTrades >= tradesMin
      ? undefined
      : { reason: `${metrics.totalTrades} trades, at least ${tradesMin} are needed` },
    evidence.costs > 0
      ? undefined
      : { reason: 'no costs were charged (commission and slippage are 0)' },
  ];
  const failed = failures.filter((failure) => failure !== undefined);
  const [first] = failed;
  const sentence =
    first === undefined
      ? `Held up: re-optimized again and again, the strategy earned ${percent(earned)} on candles it had not seen, ${efficiency!.toFixed(2)} of the growth per year in-sample, with ${profitable} of ${windows.length} windows in profit.`
      : `Did not hold up: ${first.brief ?? first.reason}.`;
  return {
    holdsUp: first === undefined,
    sentence,
    failed: failed.map(({ reason }) => reason),
    earned,
    costs: evidence.costs,
    efficiency,
    inSampleGrowth,
    outOfSampleGrowth,
    inSampleSharpe: mean(windows.map(({ inSample }) => inSample.sharpeRatio)),
    profitableShare,
    ...own,
  };
}

type Luck = Pick<
  WalkForwardJudgement,
  'probability' | 'deflatedSharpe' | 'luckSharpe' | 'lengthYears' | 'lengthYearsMin'
>;

/** The tests of one walk-forward are one trial: what was chosen from is every walk-forward that was tried. */
function deflated({ stitched, initialBalance, timeframeMs, walks }: WalkForwardEvidence): Luck {
  const returns = periodReturns(initialBalance, stitched.equity, stitched.openTimes, timeframeMs);
  const shape = moments(returns);
  const perYear = returnsPerYear(timeframeMs);
  const lengthYears = shape.count / perYear;
  if (shape.deviation === 0) {
    const none = Number.NaN;
    const unknown = { probability: none, deflatedSharpe: none, luckSharpe: none };
    return { ...unknown, lengthYears, lengthYearsMin: Infinity };
  }
  const sharpe = {
    ...shape,
    sharpe: shape.mean / shape.deviation,
    observations: shape.count,
  };
  // How far walk-forwards lie apart is not known: estimates of a Sharpe ratio of zero lie this far apart.
  const variance = 1 / Math.max(1, shape.count - 1);
  const { probability, benchmark } = deflatedSharpeRatio(sharpe, walks, variance);
  return {
    probability: probabilisticSharpeRatio(sharpe, 0),
    deflatedSharpe: probability,
    luckSharpe: benchmark * Math.sqrt(perYear),
    lengthYears,
    lengthYearsMin: minimumBacktestLength(walks, sharpe.sharpe * Math.sqrt(perYear)),
  };
}

function efficiencyFailure(efficiency: number | undefined): GateFailure | undefined {
  if (efficiency === undefined) {
    return { reason: 'even the windows that were optimized on earned nothing' };
  }
  if (efficiency >= WALK_FORWARD_EFFICIENCY_MIN) return undefined;
  const brief = `efficiency ${efficiency.toFixed(2)}, at least ${WALK_FORWARD_EFFICIENCY_MIN} is needed`;
  return { reason: `${brief}: so much of the growth per year in-sample was left`, brief };
}

function deflatedFailure({ stitched, walks }: WalkForwardEvidence, own: Luck): GateFailure {
  if (Number.isNaN(own.deflatedSharpe)) {
    return { reason: 'equity never moved, so no Sharpe ratio can be judged' };
  }
  const sharpe = stitched.metrics.sharpeRatio.toFixed(2);
  if (walks === 1) {
    return {
      reason: `the Sharpe ratio ${sharpe} of the tests is above 0 with probability ${own.probability.toFixed(2)} only, at least ${deflatedSharpeMin} is needed`,
    };
  }
  const luck = own.luckSharpe.toFixed(2);
  return {
    reason: `deflated Sharpe ratio ${own.deflatedSharpe.toFixed(3)} of the tests, at least ${deflatedSharpeMin} is needed: the best of ${walks} walk-forwards shows about ${luck} per year by luck alone, this one ${sharpe}`,
    brief: `the best of ${walks} walk-forwards shows a Sharpe ratio of ${luck} per year by luck alone, this one ${sharpe}`,
  };
}

function overfittingFailure({
  overfitting,
  combinations,
}: WalkForwardEvidence): GateFailure | undefined {
  // Nothing was selected, so nothing can be overfit by selection.
  if (combinations === 1) return undefined;
  if (overfitting === undefined) return { reason: 'whether the grid overfits was not tested' };
  if (overfitting.probability <= overfittingMax) return undefined;
  const brief = `probability of overfitting ${overfitting.probability.toFixed(3)}, at most ${overfittingMax} is allowed`;
  return {
    reason: `${brief}: so often the best combination of one half of the candles is below the median in the other`,
    brief,
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
