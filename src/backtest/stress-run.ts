import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { type RunBacktestOptions, runBacktest } from './run-backtest.js';

/** Commission and slippage of a stress run, as multiples of what was asked for. */
export const STRESS_COST_FACTOR = 2;
/** Basis points that stops of a stress run fill beyond their level at least. */
export const STRESS_STOP_SLIPPAGE_BPS = 10;
/**
 * They fill so far beyond it as this share of what candles usually span: inside a candle nobody sees whether its price went through
 * the level or jumped over it. On noise that jumps, 10 bps alone left 9 of 28 winners with a profit that nobody could have made.
 */
export const STRESS_STOP_RANGE_SHARE = 0.25;
/** Costs above this take the whole position. */
const BPS_MAX = 9_999;
const BPS = 10_000;

/**
 * Returns the settings of a run under stress: twice the commission and slippage, stops that fill well beyond their level (S-47).
 * What is ambiguous ends at its stop in every run (S-44).
 *
 * @param config - Of the run.
 * @param usualRange - What candles span, fraction of their open. Default 0.
 */
export function stressConfig(config: BacktestRunConfig, usualRange = 0): BacktestRunConfig {
  const { commission_bps, slippage_bps, stop_slippage_bps } = config;
  const stops = Math.max(
    stop_slippage_bps * STRESS_COST_FACTOR,
    STRESS_STOP_SLIPPAGE_BPS,
    BPS * usualRange * STRESS_STOP_RANGE_SHARE,
  );
  return {
    ...config,
    commission_bps: Math.min(commission_bps * STRESS_COST_FACTOR, BPS_MAX),
    slippage_bps: Math.min(slippage_bps * STRESS_COST_FACTOR, BPS_MAX / 2),
    stop_slippage_bps: Math.min(stops, BPS_MAX / 2),
    engine: 'fast',
  };
}

/**
 * Returns what candles usually span: the median of (high - low) / open.
 *
 * @param candles - Of any period.
 * @returns Fraction; 0 without candles.
 */
export function usualRange({ open, high, low, length }: CandleSeries): number {
  const ranges = Float64Array.from({ length }, (_, i) => (high[i]! - low[i]!) / open[i]!).sort();
  return ranges[length >> 1] ?? 0;
}

/**
 * Returns the Sharpe ratio per year that is left under stress (S-50): what an edge must survive to be called convincing, as fills
 * are never as good as those of a backtest.
 *
 * @param config - Settings of one run, its period included.
 * @param candles - All stored candles.
 * @param options - A strategy of your own.
 * @throws {UsageError} As `runBacktest()`.
 * @throws {UserError} As `runBacktest()`.
 */
export function stressSharpe(
  config: BacktestRunConfig,
  candles: CandleSeries,
  options: RunBacktestOptions = {},
): number {
  const stressed = stressConfig(config, usualRange(candles));
  return runBacktest(stressed, candles, options).metrics.sharpeRatio;
}
