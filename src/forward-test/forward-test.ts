import { monteCarloOfRun, type RunMonteCarlo } from '../analysis/index.js';
import { type BacktestResult, runBacktest } from '../backtest/index.js';
import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig, BestParamsEntry } from '../config/index.js';
import { DAY_MS, parseUtcTime, timeframeMs, UserError } from '../domain/index.js';
import { findMetric, type Metrics, periodReturns } from '../metrics/index.js';
import type { LuckWinner } from '../optimize/index.js';
import { moments, probabilisticSharpeRatio } from '../statistics/index.js';
import type { Strategy, Trace } from '../strategies/index.js';
import { type ForwardEvidence, forwardEvidence, weeksOfRun } from './forward-evidence.js';
import { type EarlierLooks, lookOf, testRecord } from './forward-looks.js';
import { type Judgement, judge } from './judgement.js';
import { coveredShare, overlap, type Period } from './overlap.js';
import { type RollingSharpe, rollingSharpe } from './rolling-sharpe.js';

/** What a forward test needs. */
export interface ForwardTestInput {
  /** Frozen settings; `start` and `end` are the forward period. */
  readonly config: BacktestRunConfig;
  readonly strategy: Strategy;
  /** All stored candles: those before the forward period warm up, and repeat the optimization. */
  readonly candles: CandleSeries;
  /** Of all these candles. */
  readonly dataHash: string;
  /** Where the settings come from. */
  readonly optimized: OptimizationRecord;
  /** Forward tests of before, and the date that was fixed for the look. Default: none. */
  readonly looks?: EarlierLooks | undefined;
  /** Receives what the strategy traces in the forward period. Default: nothing does. */
  readonly trace?: Trace | undefined;
}

/** What the file of best parameters says about an optimization. */
export type OptimizationRecord = Pick<
  BestParamsEntry,
  | 'metric'
  | 'value'
  | 'trades'
  | 'period_start'
  | 'period_end'
  | 'data_hash'
  | 'optimized_at'
  | 'judgement'
  | 'robustness'
>;

/** Frozen parameters on candles that they had not seen, beside those that they were chosen on. */
export interface ForwardTest {
  readonly outOfSample: BacktestResult;
  /** The same settings on the optimization period; `undefined` when its candles are not there. */
  readonly inSample: BacktestResult | undefined;
  readonly optimized: OptimizationRecord;
  readonly optimizationPeriod: Period;
  readonly forwardPeriod: Period;
  /** Candles that the optimizer saw and the forward test uses as well. */
  readonly overlap: Period | undefined;
  /** Share of the forward period that the optimizer saw. */
  readonly seenShare: number;
  /** Probability that the true Sharpe ratio of the forward period is above 0; `NaN` when unknown. */
  readonly probability: number;
  readonly rollingSharpe: RollingSharpe;
  readonly monteCarlo: RunMonteCarlo | undefined;
  readonly evidence: ForwardEvidence;
  readonly judgement: Judgement;
  /** Sharpe ratio out-of-sample over in-sample; `undefined` without an in-sample profit. */
  readonly sharpeKept: number | undefined;
  /** What the ledger should remember of this test; `undefined` where it knows it, or where there is nothing to remember. */
  readonly newTest: LuckWinner | undefined;
  /** What a reader must know about the comparison, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Tests frozen parameters on a period that the optimizer had not seen, and repeats the optimization period beside it.
 *
 * @param input - Settings, candles, and where the settings come from.
 * @throws {UsageError} If the settings do not fit the strategy.
 * @throws {UserError} If the forward period has no candles, or the record is broken.
 */
export function forwardTest(input: ForwardTestInput): ForwardTest {
  const { config, strategy, candles, optimized } = input;
  const optimizationPeriod = recordedPeriod(optimized);
  const outOfSample = runBacktest(config, candles, { strategy, trace: input.trace });
  const forwardPeriod = periodOf(outOfSample);
  const isThere = covers(candles, optimizationPeriod);
  const inSample = isThere
    ? runBacktest({ ...config, ...bounds(optimizationPeriod) }, candles, { strategy })
    : undefined;
  const seenShare = coveredShare(forwardPeriod, optimizationPeriod);
  const unseen = weeksOfRun(outOfSample);
  const record = testRecord(outOfSample, unseen, forwardPeriod.end);
  const { look, others, isFirst } = lookOf(input.looks ?? { tests: [] }, record, forwardPeriod.end);
  const evidence = forwardEvidence({
    unseen,
    unseenUntil: (time) => weeksOfRun(outOfSample, time),
    end: forwardPeriod.end,
    inSample: inSample && weeksOfRun(inSample),
    look,
    others,
    expectedSharpe: optimized.judgement?.expected_sharpe_ratio ?? undefined,
    inYears: (optimizationPeriod.end - optimizationPeriod.start) / YEAR_MS,
  });
  return {
    outOfSample,
    inSample,
    optimized,
    optimizationPeriod,
    forwardPeriod,
    overlap: overlap(forwardPeriod, optimizationPeriod),
    seenShare,
    probability: probabilityOfSkill(outOfSample),
    rollingSharpe: rollingSharpe(curveOf(outOfSample)),
    monteCarlo: monteCarloOfRun(outOfSample),
    evidence,
    judgement: judge({
      evidence,
      sharpe: outOfSample.metrics.sharpeRatio,
      profit: outOfSample.metrics.cumulativeProfit,
      trades: outOfSample.metrics.totalTrades,
      seenShare,
      isBefore: forwardPeriod.end <= optimizationPeriod.start,
      hasInSample: inSample !== undefined,
      costRate: outOfSample.rules.commissionRate + outOfSample.rules.slippageRate,
    }),
    sharpeKept:
      inSample !== undefined &&
      inSample.metrics.sharpeRatio > 0 &&
      inSample.metrics.cumulativeProfit > 0
        ? outOfSample.metrics.sharpeRatio / inSample.metrics.sharpeRatio
        : undefined,
    newTest: isFirst && seenShare === 0 && record.blocks.length > 0 ? record : undefined,
    notes:
      inSample === undefined
        ? [missingNote(candles, optimizationPeriod)]
        : dataNotes(input, inSample.metrics),
  };
}

const YEAR_MS = 365 * DAY_MS;

function recordedPeriod({ period_start, period_end }: OptimizationRecord): Period {
  const [start, end] = [parseUtcTime(period_start), parseUtcTime(period_end)];
  if (start !== undefined && end !== undefined && start < end) return { start, end };
  throw new UserError(
    `The optimization period ${period_start} to ${period_end} of the best parameters is invalid; optimize this pair again`,
  );
}

function periodOf({ candles, period }: BacktestResult): Period {
  return {
    start: candles.openTime[period.from]!,
    end: candles.openTime[period.to - 1]! + timeframeMs(candles.timeframe),
  };
}

function covers({ openTime, length, timeframe }: CandleSeries, period: Period): boolean {
  return (
    length > 0 &&
    openTime[0]! <= period.start &&
    openTime[length - 1]! + timeframeMs(timeframe) >= period.end
  );
}

function bounds({ start, end }: Period): { readonly start: string; readonly end: string } {
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}

function curveOf({ candles, period, rules, run }: BacktestResult) {
  return {
    initialBalance: rules.initialBalance,
    equity: run.equity,
    openTimes: candles.openTime.subarray(period.from, period.to),
    timeframe: candles.timeframe,
  };
}

function probabilityOfSkill(result: BacktestResult): number {
  const { initialBalance, equity, openTimes, timeframe } = curveOf(result);
  const returns = periodReturns(initialBalance, equity, openTimes, timeframeMs(timeframe));
  const { mean, deviation, skewness, kurtosis, count } = moments(returns);
  if (deviation === 0) return Number.NaN;
  const evidence = { sharpe: mean / deviation, observations: count, skewness, kurtosis };
  return probabilisticSharpeRatio(evidence, 0);
}

function missingNote(candles: CandleSeries, period: Period): string {
  const { openTime, length, timeframe } = candles;
  const last = new Date(openTime[length - 1]! + timeframeMs(timeframe)).toISOString();
  const wanted = bounds(period);
  return (
    `The optimization period ${wanted.start} to ${wanted.end} could not be run again: the candles run from ` +
    `${new Date(openTime[0]!).toISOString()} to ${last}. Add its candles to compare both periods.`
  );
}

/** Relative difference from which on a repeated metric is another one. */
const SAME = 1e-9;

/** Newer files hold more candles, so their hash differs; that the run repeats says more. */
function dataNotes({ dataHash, optimized }: ForwardTestInput, inSample: Metrics): string[] {
  const metric = findMetric(optimized.metric);
  if (metric === undefined) return [];
  const repeated = inSample[metric.key];
  const recorded = Number(optimized.value);
  const isSame =
    inSample.totalTrades === optimized.trades &&
    (repeated === recorded || Math.abs(repeated - recorded) <= SAME * Math.abs(recorded));
  const isSameData = dataHash === optimized.data_hash;
  if (isSame && isSameData) return [];
  if (isSame) {
    return [
      `The candle files differ from those of the optimization (different data hash), but they reproduce its ${optimized.metric} and its ${optimized.trades} trades exactly.`,
    ];
  }
  const numbers = `${optimized.metric} ${shortest(repeated)} over ${inSample.totalTrades} trades now, ${shortest(recorded)} over ${optimized.trades} in the optimization`;
  return [
    isSameData
      ? `On the same candles the optimization period does not reproduce the recorded result (${numbers}): the money settings or filters of this command differ from those of the optimization.`
      : `The optimization period does not reproduce the recorded result (${numbers}): the candles differ (different data hash), or the money settings or filters of this command differ.`,
  ];
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(6)));
}
