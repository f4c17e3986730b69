import type { BacktestResult } from '../backtest/index.js';
import { DAY_MS, type Trade, timeframeMs } from '../domain/index.js';
import { periodReturns, returnsPerYear } from '../metrics/index.js';
import { type MonteCarlo, monteCarlo } from './monte-carlo.js';

/** Monte Carlo of a run, and what really happened at the same steps. */
export interface RunMonteCarlo extends MonteCarlo {
  /** Balance after the trades of `tradeShuffle.steps`. Shape `[steps]`, quote; empty without a shuffle. */
  readonly tradeBalances: readonly number[];
  /** Equity after the days of `blockBootstrap.steps`. Shape `[steps]`, quote; empty without a bootstrap. */
  readonly dailyEquity: readonly number[];
  /** What a step of the bootstrap is: candles longer than a day have one return each (S-50). */
  readonly dayUnit: 'day' | 'candle';
}

/** The same run gives the same page. */
const SEED = 1;
const RUNS_MAX = 2_000;
const RUNS_MIN = 200;
/** Runs times length: about half a second for all bands together. */
const STEPS_MAX = 5_000_000;

/**
 * Resamples the trades and days of a run; long runs are drawn less often, so that a report stays quick.
 *
 * @param result - Finished run.
 * @param options - Seed of the draws, and what may be expected of a chosen winner.
 * @returns `undefined` where there is nothing to resample, or where the run used money that did not exist.
 */
export function monteCarloOfRun(
  result: Pick<BacktestResult, 'candles' | 'period' | 'rules' | 'run'>,
  options: MonteCarloOptions = {},
): RunMonteCarlo | undefined {
  const { candles, period, rules, run } = result;
  if (rules.allowOverdraft) return undefined;
  return monteCarloOfEquity(
    {
      initialBalance: rules.initialBalance,
      trades: run.trades,
      equity: run.equity,
      openTimes: candles.openTime.subarray(period.from, period.to),
      timeframeMs: timeframeMs(candles.timeframe),
    },
    options,
  );
}

/** What draws and bands depend on besides the run. */
export interface MonteCarloOptions {
  /** @default 1 */
  readonly seed?: number;
  /** Of a chosen winner, per year: `judgement.expected_sharpe_ratio`. @default as the run is */
  readonly expectedSharpe?: number | undefined;
}

/** Trades and equity that are resampled. */
export interface ResampledEquity {
  readonly initialBalance: number;
  readonly trades: readonly Pick<Trade, 'netPnl' | 'balance'>[];
  /** At candle closes. Shape `[n]`, quote. */
  readonly equity: Float64Array;
  /** Of the candles. Shape `[n]`, ms UTC. */
  readonly openTimes: Float64Array;
  readonly timeframeMs: number;
}

/**
 * Resamples trades and days of an equity curve that never used money that did not exist.
 *
 * @param input - Of one run, or of several that follow each other.
 * @param options - Seed of the draws, and what may be expected of a chosen winner.
 * @returns `undefined` where there is nothing to resample.
 */
export function monteCarloOfEquity(
  input: ResampledEquity,
  { seed = SEED, expectedSharpe }: MonteCarloOptions = {},
): RunMonteCarlo | undefined {
  const { initialBalance, trades, equity, openTimes, timeframeMs: candleMs } = input;
  if (trades.length === 0) return undefined;
  const tradeReturns = trades.map(({ netPnl, balance }) =>
    balance > netPnl ? netPnl / (balance - netPnl) : 0,
  );
  const dailyReturns = periodReturns(initialBalance, equity, openTimes, candleMs);
  const length = Math.max(tradeReturns.length, dailyReturns.length);
  const runs = Math.max(RUNS_MIN, Math.min(RUNS_MAX, Math.floor(STEPS_MAX / length)));
  const found = monteCarlo({
    tradeReturns,
    dailyReturns,
    initialBalance,
    seed,
    runs,
    expectedSharpe,
    returnsPerYear: returnsPerYear(candleMs),
  });
  if (found.tradeShuffle === undefined && found.blockBootstrap === undefined) return undefined;
  return {
    ...found,
    tradeBalances: compounded(tradeReturns, initialBalance, found.tradeShuffle?.steps),
    dailyEquity: compounded(dailyReturns, initialBalance, found.blockBootstrap?.steps),
    dayUnit: candleMs > DAY_MS ? 'candle' : 'day',
  };
}

function compounded(
  returns: readonly number[],
  initialBalance: number,
  steps: readonly number[] = [],
): number[] {
  const values = [initialBalance];
  for (const change of returns) values.push(values.at(-1)! * (1 + change));
  return steps.map((step) => values[step]!);
}
