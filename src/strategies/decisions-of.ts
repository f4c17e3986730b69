import type { Indicators } from '../indicators/index.js';
import type { Parameters, Strategy } from './strategy.js';
import type { StrategyCandles } from './strategy-candles.js';
import type { Trace } from './trace.js';
import type { StrategyDecisions } from './trade-signals.js';

/**
 * Returns everything that a strategy decides on candles.
 *
 * @param strategy - Built in, a user's, or put together by hand.
 * @param candles - What it runs on.
 * @param parameters - Complete.
 * @param indicators - With a memory, for many parameter sets on the same candles. Default: without.
 * @param trace - Receives what the strategy traces. Default: nothing does.
 * @throws {StrategyError} If the strategy throws, or gives what is no decision.
 */
export function decisionsOf(
  strategy: Strategy,
  candles: StrategyCandles,
  parameters: Parameters,
  indicators?: Indicators,
  trace?: Trace,
): StrategyDecisions {
  if (strategy.decisions !== undefined) {
    return strategy.decisions(candles, parameters, indicators, trace);
  }
  const compute =
    trace === undefined ? (strategy.signalRuns ?? strategy.signals) : strategy.signals;
  return { signals: compute(candles, parameters, indicators, trace) };
}
