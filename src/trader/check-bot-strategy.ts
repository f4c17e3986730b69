import { candleSeriesFromRows } from '../candles/index.js';
import { UserError } from '../domain/index.js';
import { type CandleSource, ExchangeError } from '../exchange/index.js';
import { type BotSettings, fetchClosedCandles, resolveProgram } from '../live/index.js';
import { isStrategyPath } from '../plugins/index.js';
import { checkStrategy, type Strategy } from '../strategies/index.js';

/** Runs a long computation, however its caller lets people interrupt it. */
export type Compute = <Result>(work: () => Result) => Promise<Result>;

/** What a strategy is checked on. */
export interface StrategyHistory {
  readonly candles: CandleSource;
  /** As many as the bot fetches at its start; more if the strategy needs more to warm up. */
  readonly historyCandles: number;
  readonly compute: Compute;
}

/**
 * Checks a user's strategy for look-ahead on the history that its bot is going to see, as a backtest does before it
 * shows a result. Built-in strategies are known to be honest and cost nothing here.
 *
 * @param settings - Of the bot.
 * @param strategy - What `settings.run.strategy` names, loaded.
 * @param history - Where the candles come from.
 * @returns Candles it was checked on; `undefined` for a built-in strategy.
 * @throws {UserError} If the history cannot be had.
 * @throws {StrategyError} If it sees the future, keeps state or is not deterministic.
 */
export async function checkBotStrategy(
  settings: BotSettings,
  strategy: Strategy,
  { candles, historyCandles, compute }: StrategyHistory,
): Promise<number | undefined> {
  const { symbol, market, interval: timeframe, strategy: name } = settings.run;
  if (!isStrategyPath(name)) return undefined;
  const { parameters, warmUp } = resolveProgram(settings, () => strategy);
  const closed = await fetchClosedCandles(candles, {
    symbol,
    timeframe,
    fromOpenTime: undefined,
    candlesMax: Math.max(historyCandles, warmUp + 2),
  }).catch((error: unknown) => {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(`The history of ${symbol} cannot be read: ${error.message}`);
  });
  const series = candleSeriesFromRows(
    { symbol, market, timeframe },
    closed.map((one) => [one.openTime, one.open, one.high, one.low, one.close, one.volume]),
  );
  await compute(() => checkStrategy(strategy, parameters, series));
  return series.length;
}
