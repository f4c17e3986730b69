import type { CandleSeriesIdentity } from '../candles/index.js';
import type { Indicators } from '../indicators/index.js';
import type { StrategyCandles } from './strategy-candles.js';
import { StrategyError } from './strategy-error.js';
import type { Trace } from './trace.js';

interface ContextParts<Values, Series> {
  readonly candles: StrategyCandles;
  readonly parameters: Values;
  readonly indicators: Indicators;
  readonly trace: Trace;
  readonly series: Series;
}

/**
 * Returns what a strategy's functions are handed: the parts, and whose candles they are.
 *
 * @param strategy - Name, for messages.
 * @param parts - Candles and what belongs to the run.
 * @returns Reading `symbol`, `timeframe` or `market` throws a `StrategyError` where the candles are bare columns.
 */
export function strategyContext<Values, Series>(
  strategy: string,
  parts: ContextParts<Values, Series>,
): ContextParts<Values, Series> & CandleSeriesIdentity {
  const identity: Partial<CandleSeriesIdentity> = parts.candles;
  const read = <Key extends keyof CandleSeriesIdentity>(key: Key): CandleSeriesIdentity[Key] => {
    const value = identity[key];
    if (value !== undefined) return value;
    throw new StrategyError(
      'threw',
      `Strategy "${strategy}" reads ${key}, but these candles are plain columns; pass a candle series`,
    );
  };
  return {
    ...parts,
    get symbol() {
      return read('symbol');
    },
    get timeframe() {
      return read('timeframe');
    },
    get market() {
      return read('market');
    },
  };
}
