import { engineMetrics, entryFilters, prepareCandles, runFast } from '../../backtest/index.js';
import { timeframeMs } from '../../domain/index.js';
import { combineMasks } from '../../filters/index.js';
import { expandRuns } from '../../indicators/index.js';
import { METRICS, periodReturns } from '../../metrics/index.js';
import { decisionsOf, type StrategyDecisions } from '../../strategies/index.js';
import { filterConfig, trialRules, writeMetrics } from '../evaluate.js';
import { failedReply, type RangeWork, type ReturnsJob } from '../pool/protocol.js';
import { openCandles } from '../pool/shared-candles.js';
import { loadWorkerStrategy } from '../pool/worker-strategy.js';
import type { RunSettings } from './settings.js';

/**
 * Opens runs whose returns are kept in a worker.
 *
 * @param job - Strategy, candles and settings.
 */
export async function openReturns(job: ReturnsJob): Promise<RangeWork> {
  const run = await openRunner(job);
  return ({ first, count }) => {
    const metrics = new Float64Array(count * METRICS.length);
    for (let k = 0; k < count; k++) {
      try {
        run(first + k, metrics.subarray(k * METRICS.length, (k + 1) * METRICS.length));
      } catch (error) {
        return failedReply(first + k, error);
      }
    }
    return { kind: 'done', first, count, metrics, rows: undefined };
  };
}

/** Runs settings one by one; signals are computed once for neighbours that share them. */
async function openRunner(job: ReturnsJob): Promise<(index: number, out: Float64Array) => void> {
  const strategy = await loadWorkerStrategy(job);
  const candles = openCandles(job.candles);
  const { period, config, runs, measuredFrom, returnsCount } = job;
  const prepared = prepareCandles(candles, period);
  const openTimes = candles.openTime.subarray(period.from, period.to);
  const returns = new Float64Array(job.returns);
  const rulesOf = trialRules({ ...config, interval: candles.timeframe });
  const signalColumns = lastOf((settings: RunSettings) => ({
    decisions: completeDecisions(decisionsOf(strategy, candles, settings.parameters)),
    trend: entryFilters(filterConfig({}), settings.parameters).map((own) => own.mask(candles)),
  }));
  const filterMasks = lastOf((settings: RunSettings) =>
    entryFilters(filterConfig(settings.filters), {}).map((own) => own.mask(candles)),
  );
  return (index, out) => {
    const settings = runs[index]!;
    const { decisions, trend } = signalColumns(settings.signalKey, settings);
    const masks = [...trend, ...filterMasks(settings.filterKey, settings)];
    const entryMask = combineMasks(candles.length, masks);
    const rules = rulesOf(settings.stops);
    const engineInput = { candles, period, ...decisions, entryMask, rules };
    const result = runFast(engineInput, { prepared });
    if (index >= measuredFrom) {
      writeMetrics(engineMetrics(engineInput, result), out, 0);
    }
    const own = periodReturns(
      rules.initialBalance,
      result.equity,
      openTimes,
      timeframeMs(candles.timeframe),
    );
    returns.set(own, index * returnsCount);
  };
}

function completeDecisions({ signals, ...others }: StrategyDecisions) {
  return { ...others, signals: signals instanceof Int8Array ? signals : expandRuns(signals) };
}

function lastOf<T>(
  compute: (settings: RunSettings) => T,
): (key: number, settings: RunSettings) => T {
  let known: { readonly key: number; readonly value: T } | undefined;
  return (key, settings) => {
    if (known?.key !== key) known = { key, value: compute(settings) };
    return known.value;
  };
}
