import type { BacktestRunConfig } from '../../config/index.js';
import type { Market, Timeframe } from '../../domain/index.js';
import type { EntryFilter } from '../../filters/index.js';
import type { TradeRules } from '../../semantics/index.js';
import type { Parameters, Strategy } from '../../strategies/index.js';

/**
 * Bounds on what a bot may do; what is absent does not bound. Amounts in quote, positive. They hold back entries: no
 * limit keeps a bot in the market. The largest cumulative loss is `run.max_cumulative_loss` (S-30).
 */
export interface RiskLimits {
  /** Largest notional of one entry order (`--max-order-notional`). */
  readonly maxOrderNotional?: number;
  /** Largest notional held (`--max-position-notional`). */
  readonly maxPositionNotional?: number;
  /** Entries per hour (`--max-orders-per-hour`). */
  readonly maxOrdersPerHour?: number;
  /** Loss of closed trades in one UTC day (`--max-daily-loss`). */
  readonly maxDailyLoss?: number;
  /** How far the price to pay may lie from the close that decided; fraction (`--price-collar`). */
  readonly priceCollar?: number;
}

/**
 * What reaching `max_cumulative_loss` or `maxDailyLoss` does. `stop-entries`: closed trades count, and nothing more is
 * entered. `flatten`: the open position counts at its present price as well, and is closed at market.
 */
export type LossLimitAction = 'stop-entries' | 'flatten';

/** What a bot trades and how. The run config is the one of the backtest, so that the same code decides. */
export interface BotSettings {
  /** Names the bot in order ids: 1 to 8 characters of `a-z 0-9`. */
  readonly bot: string;
  readonly run: BacktestRunConfig & {
    readonly symbol: string;
    readonly interval: Timeframe;
    readonly market: Market;
  };
  readonly risk: RiskLimits;
  /** Default `stop-entries`. */
  readonly onLossLimit?: LossLimitAction;
}

/** What a bot is: a running one keeps it. */
export const FIXED_WHILE_RUNNING = [
  'symbol',
  'interval',
  'market',
  'initial_balance',
  'leverage',
] as const;

/** Settings resolved to the functions that decide. */
export interface Program {
  readonly rules: TradeRules;
  readonly strategy: Strategy;
  readonly parameters: Parameters;
  readonly filters: readonly EntryFilter[];
  /** First index at which an entry may be decided. */
  readonly warmUp: number;
}

const BOT_NAME = /^[a-z0-9]{1,8}$/;

/**
 * Says what is wrong with settings, or `undefined`.
 *
 * @param settings - What is wanted.
 */
export function settingsProblem(settings: BotSettings): string | undefined {
  if (!BOT_NAME.test(settings.bot)) {
    return `bot must be 1 to 8 characters of a-z 0-9: current value is ${settings.bot}`;
  }
  for (const [name, value] of Object.entries(settings.risk)) {
    if (!(Number(value) > 0)) return `${name} must be above 0: current value is ${value}`;
  }
  const action = settings.onLossLimit;
  if (action !== undefined && action !== 'stop-entries' && action !== 'flatten') {
    return `onLossLimit must be stop-entries or flatten: current value is ${String(action)}`;
  }
  return undefined;
}
