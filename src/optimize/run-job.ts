import type { CandlePeriod } from '../backtest/index.js';
import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import type { Strategy } from '../strategies/index.js';
import type { RunJob } from './pool/protocol.js';
import { shareCandles } from './pool/shared-candles.js';
import { shareSeries } from './pool/shared-series.js';

/**
 * Returns what every job that runs a strategy brings the workers.
 *
 * @param request - Strategy, candles and money.
 * @param period - Candles that are traded.
 */
export function runJob(
  request: {
    readonly candles: CandleSeries;
    readonly strategy: Strategy;
    readonly strategySource?: { readonly path: string; readonly sha256: string } | undefined;
    readonly config: BacktestRunConfig;
  },
  period: CandlePeriod,
): RunJob {
  const { candles, strategy, strategySource, config } = request;
  return {
    period,
    candles: shareCandles(candles),
    strategy:
      strategySource === undefined
        ? { name: strategy.name }
        : { name: strategySource.path, sha256: strategySource.sha256 },
    ...(strategy.seriesSources === undefined
      ? {}
      : { series: shareSeries(strategy.seriesSources) }),
    config,
  };
}
