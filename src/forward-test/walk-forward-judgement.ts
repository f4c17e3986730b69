import { type Metrics, periodReturns } from '../metrics/index.js';
import { moments, probabilisticSharpeRatio } from '../statistics/index.js';
import type { WalkForwardSpan } from './walk-forward-plan.js';

/** What a walk-forward says about a way of choosing settings. */
export interface WalkForwardJudgement {
  /** Whether nothing of what is asked fails. */
  readonly holdsUp: boolean;
  /** In one plain sentence. */
  readonly sentence: string;
  readonly failed: readonly string[];
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
}

/** Less than half of the in-sample return is what luck usually leaves (R. Pardo, 2008). */
export const WALK_FORWARD_EFFICIENCY_MIN = 0.5;
const PROFITABLE_SHARE_MIN = 0.5;
const PROBABILITY_MIN = 0.95;
const TRADES_MIN = 100;
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
  const shape = moments(
    periodReturns(initialBalance, stitched.equity, stitched.openTimes, evidence.timeframeMs),
  );
  const probability =
    shape.deviation === 0
      ? Number.NaN
      : probabilisticSharpeRatio(
          { ...shape, sharpe: shape.mean / shape.deviation, observations: shape.count },
          0,
        );
  const failed = [
    metrics.cumulativeProfit > 0
      ? undefined
      : `the tests together lost ${percent(-metrics.cumulativeProfit / initialBalance)}`,
    efficiency !== undefined && efficiency >= WALK_FORWARD_EFFICIENCY_MIN
      ? undefined
      : efficiency === undefined
        ? 'even the windows that were optimized on earned nothing'
        : `efficiency ${efficiency.toFixed(2)}, at least ${WALK_FORWARD_EFFICIENCY_MIN} is needed: so much of the growth per year in-sample was left`,
    profitableShare >= PROFITABLE_SHARE_MIN
      ? undefined
      : `only ${profitable} of ${windows.length} windows earned money`,
    probability >= PROBABILITY_MIN
      ? undefined
      : Number.isNaN(probability)
        ? 'equity never moved, so no Sharpe ratio can be judged'
        : `the Sharpe ratio ${metrics.sharpeRatio.toFixed(2)} of the tests is above 0 with probability ${probability.toFixed(2)} only, at least ${PROBABILITY_MIN} is needed`,
    metrics.totalTrades >= TRADES_MIN
      ? undefined
      : `${metrics.totalTrades} trades, at least ${TRADES_MIN} are needed`,
    evidence.costs > 0 ? undefined : 'no costs were charged (commission and slippage are 0)',
  ].filter((failure) => failure !== undefined);
  const earned = metrics.cumulativeProfit / initialBalance;
  const sentence =
    failed.length === 0
      ? `Held up: re-optimized again and again, the strategy earned ${percent(earned)} on candles it had not seen, ${efficiency!.toFixed(2)} of the growth per year in-sample, with ${profitable} of ${windows.length} windows in profit.`
      : `Did not hold up: ${failed.join('; ')}.`;
  return {
    holdsUp: failed.length === 0,
    sentence,
    failed,
    efficiency,
    inSampleGrowth,
    outOfSampleGrowth,
    inSampleSharpe: mean(windows.map(({ inSample }) => inSample.sharpeRatio)),
    profitableShare,
    probability,
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
