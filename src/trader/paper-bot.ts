import path from 'node:path';
import { type Market, UserError } from '../domain/index.js';
import type { BotView } from '../live/index.js';
import { loadStrategy } from '../plugins/index.js';
import type { Strategy } from '../strategies/index.js';
import { type BotPlan, planBot } from './bot-plan.js';
import type { BotLine } from './bot-session.js';
import { type MarketPlace, Trader } from './trader.js';
import { tradingHosts } from './trading-hosts.js';

/** What `paperBot()` trades, and how. */
export interface PaperBotOptions {
  /** As Binance writes it: `BTCUSDT`. */
  readonly symbol: string;
  /** Of the candles: `1m`, `15m`, `1h`, … */
  readonly interval: string;
  /** A built-in one by its name, a file by its path, or one of `defineStrategy()`. */
  readonly strategy: string | Strategy;
  /** Of the strategy; default its defaults. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Default `spot`. */
  readonly market?: Market;
  /** Keys of the runtime configuration: `{ stop_loss_pct: 0.02, initial_balance: 5_000 }`. Default none. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Where prices come from: Binance (default), another exchange with its API, for example `http://127.0.0.1:9180` of
   * `wus exchange`, or a SYNTHETIC market of this process.
   */
  readonly prices?:
    | 'binance'
    | { readonly restUrl: string }
    | { readonly synthetic: { readonly seed?: number; readonly speed?: number } };
  /** State of the bot: a later start goes on with it. Default `state`. */
  readonly stateFolder?: string;
  /** Its trade log. Default `results/live_trades`. */
  readonly tradesFolder?: string;
  /** Receives what the bot reports: entries, exits, alerts, a status after each candle. Default: nothing does. */
  readonly onLine?: (line: BotLine) => void;
}

/** A paper bot that trades until it is stopped. */
export interface PaperBot {
  /** Position, profit, levels and what blocks entries, now. */
  readonly view: () => BotView;
  /** Ends it; what is open stays in the state folder, and the next start goes on with it. Returns the last view. */
  readonly stop: () => Promise<BotView>;
}

/** A SYNTHETIC market goes so many times as fast as the clock. */
const SYNTHETIC_SPEED = 60;

/**
 * Starts a bot that trades with simulated fills at live prices, as `wus trader` does: no key, no orders. A strategy that is not
 * built in is checked for look-ahead before anything is traded.
 *
 * @param options - What, where and how.
 * @throws {UsageError} If settings, strategy or parameters are wrong.
 * @throws {UserError} If the prices are out of reach, another process has the state, or a check fails.
 */
export async function paperBot(options: PaperBotOptions): Promise<PaperBot> {
  const workingFolder = process.cwd();
  const plan = await planOf(options, workingFolder);
  const trader = await Trader.open({
    mode: 'paper',
    place: placeOf(options),
    plans: [plan],
    stateFolder: path.resolve(options.stateFolder ?? 'state'),
    tradesFolder: path.resolve(options.tradesFolder ?? 'results/live_trades'),
    workingFolder,
    key: undefined,
    acceptsUnverifiedKey: false,
    onLine: options.onLine ?? (() => undefined),
  });
  try {
    trader.protect();
    const strategies = await trader.checkStrategies((work) => Promise.resolve().then(work));
    const checks = [...strategies, ...(await trader.selfTest())];
    const failed = checks.find(({ result }) => result === 'failed');
    if (failed !== undefined && !trader.isHolding)
      throw new UserError(`${failed.name}: ${failed.text}`);
    trader.start(checks);
  } catch (error) {
    await trader.stop();
    throw error;
  }
  const session = trader.sessions.find(({ symbol }) => symbol === plan.settings.run.symbol)!;
  return {
    view: () => session.view(),
    stop: async () => {
      await trader.stop();
      return session.view();
    },
  };
}

async function planOf(options: PaperBotOptions, workingFolder: string): Promise<BotPlan> {
  const { symbol, interval, strategy, market, params = {}, settings = {} } = options;
  const name = typeof strategy === 'string' ? strategy : strategy.name;
  const wish = {
    mode: 'paper',
    given: { ...settings, symbol, interval, strategy: name, ...(market && { market }) },
    parameterWords: [],
    bestParamsFile: undefined,
    isBestParamsNamed: false,
    days: undefined,
  } as const;
  const loaded =
    typeof strategy === 'string'
      ? (await loadStrategy(strategy, { cwd: workingFolder })).strategy
      : strategy;
  return planBot(wish, { strategy_params: params }, loaded);
}

function placeOf({ prices = 'binance', market = 'spot' }: PaperBotOptions): MarketPlace {
  if (prices !== 'binance' && 'synthetic' in prices) {
    const { seed = 1, speed = SYNTHETIC_SPEED } = prices.synthetic;
    return { kind: 'synthetic', seed, speed };
  }
  const restUrl = prices === 'binance' ? undefined : prices.restUrl;
  return { kind: 'exchange', hosts: tradingHosts({ mode: 'paper', market, restUrl }) };
}
