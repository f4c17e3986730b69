import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { type RunBacktestOptions, runBacktest } from './run-backtest.js';

/** Commission and slippage of a stress run, as multiples of what was asked for. */
export const STRESS_COST_FACTOR = 2;
/** Basis points that stops of a stress run fill beyond their level at least. */
export const STRESS_STOP_SLIPPAGE_BPS = 10;

/**
 * Returns the settings of a run under stress: twice the commission and slippage, stops that fill well beyond their level (S-47).
 * What is ambiguous ends at its stop in every run (S-44).
 *
 * @param config - Of the run.
 */
export function stressConfig(config: BacktestRunConfig): BacktestRunConfig {
  const { commission_bps, slippage_bps, stop_slippage_bps } = config;
  const slippage = slippage_bps * STRESS_COST_FACTOR;
  const stops = Math.max(stop_slippage_bps * STRESS_COST_FACTOR, STRESS_STOP_SLIPPAGE_BPS);
  return {
    ...config,
    commission_bps: Math.min(commission_bps * STRESS_COST_FACTOR, BPS_MAX),
    slippage_bps: Math.min(slippage, BPS_MAX / 2),
    stop_slippage_bps: Math.min(stops, BPS_MAX / 2),
    engine: 'fast',
  };
}

/** Costs above this take the whole position. */
const BPS_MAX = 9_999;

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
  return runBacktest(stressConfig(config), candles, options).metrics.sharpeRatio;
}
