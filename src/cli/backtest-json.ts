import { timeframeMs } from '../domain/index.js';
import { METRIC_UNITS, metricsRecord } from '../metrics/index.js';
import { equityCurveOf } from './equity-curve.js';
import { monteCarloRecord } from './monte-carlo-text.js';
import type { FinishedBacktest } from './run-backtest-request.js';

/**
 * Returns what `wus backtest --json` prints: keys in snake_case, `Infinity` as text, paths absent when not written.
 * The same is kept beside a trade log, for `wus compare` and `wus analyze-trades`.
 *
 * @param finished - Run and surroundings.
 */
export function backtestJson(finished: FinishedBacktest): Record<string, unknown> {
  const {
    result,
    loaded,
    strategyFile,
    notes,
    command,
    tradesFile,
    traceFile,
    reportFile,
    isSynthetic,
  } = finished;
  const { candles, period, config } = result;
  const { strategy: _strategy, params: _params, files: _files, ...rules } = config;
  const step = timeframeMs(candles.timeframe);
  return {
    command,
    synthetic: isSynthetic,
    strategy: result.strategy.name,
    ...(strategyFile === undefined ? {} : { strategy_file: strategyFile }),
    parameters: result.parameters,
    config: rules,
    span: {
      start: isoTime(candles.openTime[period.from]!),
      end: isoTime(candles.openTime[period.to - 1]! + step),
      candles: period.to - period.from,
      candles_before: period.from,
      missing_candles: loaded.gaps.reduce((sum, gap) => sum + gap.missing, 0),
    },
    files: loaded.files,
    data_hash: loaded.dataHash,
    metrics: metricsRecord(result.metrics),
    metric_units: METRIC_UNITS,
    equity_curve: equityCurveOf(result),
    notes,
    ...(tradesFile === undefined ? {} : { trades_file: tradesFile }),
    ...(traceFile === undefined ? {} : { trace_file: traceFile }),
    ...(reportFile === undefined
      ? {}
      : { report: reportFile, monte_carlo: monteCarloRecord(finished.monteCarlo) }),
  };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
