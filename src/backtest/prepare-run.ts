import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { parseUtcTime, UsageError } from '../domain/index.js';
import { type EntryFilter, entryMask } from '../filters/index.js';
import { expandRuns } from '../indicators/index.js';
import {
  decisionsOf,
  findStrategy,
  type Parameters,
  resolveParameters,
  type Strategy,
  type Trace,
} from '../strategies/index.js';
import { requireWarmUp, selectPeriod } from './candle-period.js';
import type { CandlePeriod, EngineInput } from './engine.js';
import { entryFilters } from './entry-filters.js';

/** What a run is going to do, before anything is computed. */
export interface RunPlan {
  readonly strategy: Strategy;
  /** Complete: the given ones and the defaults of the rest. */
  readonly parameters: Parameters;
  readonly period: CandlePeriod;
  readonly filters: readonly EntryFilter[];
  /** First index at which an entry may be decided. */
  readonly warmUp: number;
}

/** Everything of a run that does not depend on money and stops: one of these serves many sets of rules. */
export interface PreparedRun
  extends Omit<RunPlan, 'filters'>,
    Pick<EngineInput, 'exits' | 'columns' | 'manage'> {
  readonly candles: CandleSeries;
  /** Shape `[n]`, values -1, 0, +1 (S-01). */
  readonly signals: Int8Array;
  /** Shape `[n]`: all filters together (S-10). */
  readonly entryMask: Uint8Array;
}

/**
 * Resolves strategy, parameters, filters and period of a run, and computes nothing.
 *
 * @param config - Checked (`parseBacktestRunConfig()`).
 * @param candles - All stored candles; those before the period warm up (S-04).
 * @param strategy - Default: the built-in one that `config.strategy` names.
 * @throws {UsageError} If strategy, parameters or hours are wrong, or the candles are of another instrument than the config.
 * @throws {UserError} If the period has no candles or fewer than the warm-up.
 */
export function planRun(
  config: BacktestRunConfig,
  candles: CandleSeries,
  strategy: Strategy = findStrategy(config.strategy),
): RunPlan {
  requireSameInstrument(config, candles);
  const parameters = resolveParameters(strategy, config.params);
  const filters = entryFilters(config, parameters);
  const period = selectPeriod(candles, {
    start: config.start === null ? undefined : parseUtcTime(config.start),
    end: config.end === null ? undefined : parseUtcTime(config.end),
  });
  const warmUp = Math.max(strategy.warmUp(parameters), ...filters.map((filter) => filter.warmUp));
  requireWarmUp(candles, period, warmUp);
  return { strategy, parameters, period, filters, warmUp };
}

/**
 * Plans a run and computes its signals and entry mask.
 *
 * @param config - As for `planRun()`, which says what is thrown.
 * @param candles - All stored candles.
 * @param strategy - Default: the built-in one that `config.strategy` names.
 * @param trace - Receives what the strategy traces. Default: nothing does.
 */
export function prepareRun(
  config: BacktestRunConfig,
  candles: CandleSeries,
  strategy?: Strategy,
  trace?: Trace,
): PreparedRun {
  const { filters, ...plan } = planRun(config, candles, strategy);
  const decisions = decisionsOf(plan.strategy, candles, plan.parameters, undefined, trace);
  const { signals } = decisions;
  return {
    ...plan,
    ...decisions,
    candles,
    signals: signals instanceof Int8Array ? signals : expandRuns(signals),
    entryMask: entryMask(candles, filters),
  };
}

function requireSameInstrument(config: BacktestRunConfig, candles: CandleSeries): void {
  const { symbol, interval, market } = config;
  if (symbol !== null && symbol.toUpperCase() !== candles.symbol.toUpperCase()) {
    throw new UsageError(
      `symbol is ${symbol}, but the candles are of ${candles.symbol}: change one of them`,
    );
  }
  if (interval !== null && interval !== candles.timeframe) {
    throw new UsageError(
      `interval is ${interval}, but the candles are of ${candles.timeframe}: change it, or resample the candles`,
    );
  }
  if (market !== candles.market) {
    throw new UsageError(
      `market is ${market}, but the candles are of ${candles.market}: set market ${candles.market}, or give other candles`,
    );
  }
}
