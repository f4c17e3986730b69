import { candleSeriesFromRows } from '../candles/index.js';
import { UserError } from '../domain/index.js';
import { type CandleSource, ExchangeError } from '../exchange/index.js';
import { type BotSettings, fetchClosedCandles, resolveProgram } from '../live/index.js';
import { withoutStrategyOutput } from '../plugins/index.js';
import {
  checkHistory,
  checkStrategy,
  historyOf,
  STRATEGIES,
  type Strategy,
} from '../strategies/index.js';

/** Histories of the strategy that it is checked on. */
const HISTORIES = 3;

/** Runs a long computation, however its caller lets people interrupt it. */
export type Compute = <Result>(work: () => Result) => Promise<Result>;

/** What a strategy is checked on. */
export interface StrategyHistory {
  readonly candles: CandleSource;
  /** As many as the bot fetches at its start; more if the strategy needs more to warm up. */
  readonly historyCandles: number;
  readonly compute: Compute;
  /** A new instance of the strategy, which sees histories that end early first. Default: none. */
  readonly cold?: Strategy | undefined;
}

/**
 * Returns how many candles a bot's strategy is checked on: more than the bot keeps, because only then does it show what
 * depends on where the history begins.
 *
 * @param plan - Of the bot.
 */
export function checkedCandles({
  settings,
  strategy,
  historyCandles,
}: {
  readonly settings: BotSettings;
  readonly strategy: Strategy;
  readonly historyCandles: number;
}): number {
  const { parameters, warmUp } = resolveProgram(settings, () => strategy);
  return Math.max(historyCandles, warmUp + 2, HISTORIES * (historyOf(strategy, parameters) + 1));
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
  { candles, historyCandles, compute, cold }: StrategyHistory,
): Promise<number | undefined> {
  const { symbol, market, interval: timeframe } = settings.run;
  if (STRATEGIES.includes(strategy)) return undefined;
  const { extraColumns = [] } = strategy;
  if (extraColumns.length > 0) {
    throw new UserError(
      `Strategy "${strategy.name}" needs ${extraColumns.join(', ')}, but live candles have only prices and volume: it can be backtested, not traded`,
    );
  }
  const { parameters } = resolveProgram(settings, () => strategy);
  const closed = await fetchClosedCandles(candles, {
    symbol,
    timeframe,
    fromOpenTime: undefined,
    candlesMax: checkedCandles({ settings, strategy, historyCandles }),
  }).catch((error: unknown) => {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(`The history of ${symbol} cannot be read: ${error.message}`);
  });
  const series = candleSeriesFromRows(
    { symbol, market, timeframe },
    closed.map((one) => [one.openTime, one.open, one.high, one.low, one.close, one.volume]),
  );
  const { differing, decisions, history } = await compute(() =>
    withoutStrategyOutput(() => {
      checkStrategy(strategy, parameters, series, { cold });
      return checkHistory(strategy, parameters, series);
    }),
  );
  if (differing > 1) {
    throw new UserError(
      `Strategy "${strategy.name}" depends on where its history begins: ${differing} of ${decisions} decisions change if it gets only the ${history} candles before each, as after every start of a trader. Limit its memory of old candles, or set history: <candles> to the number it needs`,
    );
  }
  return series.length;
}
