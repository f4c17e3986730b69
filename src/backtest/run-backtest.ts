import type { CandleSeries } from '../candles/index.js';
import {
  type BacktestRunConfig,
  type BacktestRunConfigInput,
  type EngineName,
  parseBacktestRunConfig,
} from '../config/index.js';
import type { Metrics } from '../metrics/index.js';
import type { EngineRules } from '../semantics/index.js';
import type { Strategy, Trace } from '../strategies/index.js';
import type { EngineInput, EngineResult } from './engine.js';
import { engineMetrics } from './engine-metrics.js';
import { runFast } from './fast/run-fast.js';
import { type PreparedRun, prepareRun } from './prepare-run.js';
import { runReference } from './reference-engine.js';
import { runNotes } from './run-notes.js';
import { engineRules } from './trade-rules.js';

/** Options of `runBacktest()`. */
export interface RunBacktestOptions {
  /** A strategy that is not built in. Default: the built-in one that `config.strategy` names. */
  readonly strategy?: Strategy | undefined;
  /** Receives what the strategy traces, for `traceCsv()`. Default: nothing does. */
  readonly trace?: Trace | undefined;
}

/** What `runBacktest(candles, …)` needs beside the candles: a strategy, and the keys of a configuration that differ from their defaults. */
export interface BacktestSettings
  extends Omit<BacktestRunConfigInput, 'strategy' | 'symbol' | 'interval' | 'market' | 'files'> {
  /** A built-in one by its name, or one of `defineStrategy()` and `loadStrategy()`. */
  readonly strategy: string | Strategy;
  /** Receives what the strategy traces, for `traceCsv()`. Default: nothing does. */
  readonly trace?: Trace | undefined;
}

/** A backtest with everything that explains it. */
export interface BacktestResult extends PreparedRun {
  /** As given, with symbol and interval of the candles. */
  readonly config: BacktestRunConfig;
  readonly rules: EngineRules;
  readonly run: EngineResult;
  readonly metrics: Metrics;
  /** What a trader must know to read the result rightly, one sentence each. */
  readonly notes: readonly string[];
}

const ENGINES: Readonly<Record<EngineName, (input: EngineInput) => EngineResult>> = {
  reference: runReference,
  fast: (input) => runFast(input),
};

/**
 * Backtests a strategy on candles by the rules of SEMANTICS. Look-ahead is not checked here: `checkStrategy()` does that.
 *
 * @param candles - All stored candles; those before `start` only warm up (S-04). They say which symbol, interval and market it is.
 * @param settings - `{ strategy: 'MACross', params: { fast_period: 12 }, stop_loss_pct: 0.02 }`; the keys are those of the configuration files.
 * @throws {UsageError} If strategy, parameters or settings are wrong.
 * @throws {UserError} If the period has no candles or fewer than the warm-up.
 */
export function runBacktest(candles: CandleSeries, settings: BacktestSettings): BacktestResult;
/**
 * Backtests a configuration that was read and checked before.
 *
 * @param config - Checked and complete: `parseBacktestRunConfig({ strategy: 'MACross' })`.
 * @param candles - All stored candles; those before the period only warm up (S-04).
 * @param options - A strategy of your own.
 * @throws {UsageError} If strategy, parameters or hours are wrong, or the candles are of another instrument than the config.
 * @throws {UserError} If the period has no candles or fewer than the warm-up.
 */
export function runBacktest(
  config: BacktestRunConfig,
  candles: CandleSeries,
  options?: RunBacktestOptions,
): BacktestResult;
export function runBacktest(
  first: CandleSeries | BacktestRunConfig,
  second: BacktestSettings | CandleSeries,
  options: RunBacktestOptions = {},
): BacktestResult {
  if (!('openTime' in first)) return runConfig(first, second as CandleSeries, options);
  const { strategy, trace, ...settings } = second as BacktestSettings;
  const isOwn = typeof strategy !== 'string';
  const name = isOwn ? strategy.name : strategy;
  const config = parseBacktestRunConfig({ ...settings, strategy: name, market: first.market });
  return runConfig(config, first, { trace, ...(isOwn && { strategy }) });
}

function runConfig(
  config: BacktestRunConfig,
  candles: CandleSeries,
  options: RunBacktestOptions,
): BacktestResult {
  const prepared = prepareRun(config, candles, options.strategy, options.trace);
  const rules = engineRules({ ...config, interval: candles.timeframe });
  const input: EngineInput = { ...prepared, rules };
  const run = ENGINES[config.engine](input);
  const metrics = engineMetrics(input, run);
  return {
    ...prepared,
    config: { ...config, symbol: candles.symbol, interval: candles.timeframe },
    rules,
    run,
    metrics,
    notes: runNotes(config, prepared, run, metrics),
  };
}
