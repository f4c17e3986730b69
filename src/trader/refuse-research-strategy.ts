import { syntheticCandles } from '../candles/index.js';
import { type Market, type Timeframe, UsageError } from '../domain/index.js';
import {
  type Parameters,
  type Strategy,
  type StrategyDecisions,
  StrategyError,
} from '../strategies/index.js';

/** Candles, parameters, and what else signals are computed with. */
type DecisionInput = globalThis.Parameters<Strategy['signals']>;

/** Candles beyond the warm-up on which a strategy shows what it gives. */
const CANDLES = 200;

/**
 * Refuses a strategy that decides more than signals: bots do not have its exits, distances, series or managed levels yet, and without
 * them it is another strategy.
 *
 * @param strategy - Of a bot.
 * @param parameters - Complete.
 * @param instrument - What the bot trades.
 * @throws {UsageError} If it does.
 */
export function refuseResearchStrategy(
  strategy: Strategy,
  parameters: Parameters,
  { market, interval }: { readonly market: Market; readonly interval: Timeframe },
): void {
  // Candles that are none: what a strategy gives rarely depends on them, and the bot looks again at its first decision.
  const length = strategy.warmUp(parameters) + CANDLES;
  const candles = syntheticCandles({ length, timeframe: interval, market, seed: 1 });
  const features = featuresOf(strategy, [candles, parameters]);
  if (features.length === 0) return;
  throw new UsageError(
    `Strategy "${strategy.name}" has ${features.join(', ')}, which bots do not have yet: backtest it, or trade a strategy that gives signals only`,
  );
}

/**
 * Names what a strategy has beside its signals.
 *
 * @param strategy - Of a bot.
 * @param input - On which it shows what it gives.
 */
export function featuresOf(strategy: Strategy, input: DecisionInput): readonly string[] {
  const { series, manages, decisions } = strategy;
  if (series !== undefined) {
    const names = `series (${Object.keys(series).join(', ')})`;
    return manages === undefined ? [names] : [names, 'manage'];
  }
  if (decisions === undefined) return [];
  try {
    return columnsBesideSignals(decisions(...input));
  } catch (error) {
    // What is wrong with it is told by its checks, on candles that are real.
    if (error instanceof StrategyError) return [];
    throw error;
  }
}

function columnsBesideSignals({ exits, columns, manage }: StrategyDecisions): string[] {
  return [
    ...(exits === undefined ? [] : ['exit']),
    ...Object.keys(columns ?? {}).filter((name) => name !== 'rank'),
    ...(manage === undefined ? [] : ['manage']),
  ];
}
