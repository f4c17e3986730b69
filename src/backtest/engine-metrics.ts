import { timeframeMs } from '../domain/index.js';
import { computeMetrics, type Metrics } from '../metrics/index.js';
import type { EngineInput, EngineResult } from './engine.js';

/**
 * Returns the metrics of what an engine did (SEMANTICS §6).
 *
 * @param input - What it was given.
 * @param run - What it returned.
 * @param onReturns - Takes the returns of the run.
 */
export function engineMetrics(
  { candles, period, rules }: Pick<EngineInput, 'candles' | 'period' | 'rules'>,
  run: EngineResult,
  onReturns?: (returns: readonly number[]) => void,
): Metrics {
  return computeMetrics({
    initialBalance: rules.initialBalance,
    finalBalance: run.finalBalance,
    trades: run.trades,
    equity: run.equity,
    openTimes: candles.openTime.subarray(period.from, period.to),
    timeframeMs: timeframeMs(candles.timeframe),
    firstOpen: candles.open[period.from]!,
    lastClose: candles.close[period.to - 1]!,
    candlesInMarket: run.candlesInMarket,
    skippedEntries: run.skippedEntries,
    onReturns,
  });
}
