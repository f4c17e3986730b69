import { DAY_MS, decimalToNumber } from '../../domain/index.js';
import { newestOpenTime } from './apply-candles.js';
import { type EntryBlock, entryBlocks } from './entry-blocks.js';
import { ordersOf, restingProfit } from './in-flight.js';
import type { TradingState, UnprotectedTimes } from './memory.js';
import { isListed, isResting, isWorkingStop } from './order.js';
import { entryPriceOf, heldQuantity, profitAt } from './position.js';
import {
  type BotState,
  exitPriceOf,
  levelsOf,
  type ResolvedContext,
  type Turn,
  timeframeOf,
} from './turn.js';

/** A bot as a person wants to see it. Prices in quote per base, amounts in quote. */
export interface BotView {
  readonly trading: TradingState;
  readonly mismatch: string | undefined;
  /** Why nothing would be entered now; empty if a signal would be followed. */
  readonly blocks: readonly EntryBlock[];
  readonly bidPrice: number | undefined;
  readonly askPrice: number | undefined;
  readonly position:
    | {
        readonly side: 'long' | 'short';
        /** Base. */
        readonly quantity: number;
        readonly entryPrice: number;
        /** If it were closed at the best price, commission of the exit not counted. */
        readonly unrealizedPnl: number | undefined;
        readonly stopPrice: number | undefined;
        /** Whether the stop rests on the exchange, or is watched by the bot alone. */
        readonly stopRests: boolean;
        readonly takeProfitPrice: number | undefined;
        /** The same of the take-profit. */
        readonly takeProfitRests: boolean;
        /** For how long no stop rests though one is wanted, ms. */
        readonly unprotectedMs: number | undefined;
        readonly isLeaving: boolean;
      }
    | undefined;
  readonly orderInFlight: string | undefined;
  /** Times without a stop at the exchange that ended; absent in the status of an earlier version. */
  readonly unprotected?: UnprotectedTimes;
  readonly balance: number;
  /** Of all closed trades, and of those of this UTC day. */
  readonly netPnl: number;
  readonly dayPnl: number;
  /** Open time of the newest closed candle, ms UTC. */
  readonly lastOpenTime: number | undefined;
  readonly lastClose: number | undefined;
  /** When the candle that is forming closes, ms UTC. */
  readonly nextCloseTime: number | undefined;
  readonly settingsPending: boolean;
  /** Newest entry that was wanted and not taken; absent in the status of an earlier version. */
  readonly skipped?: {
    readonly side: 'long' | 'short';
    readonly time: number;
    readonly reason: string;
  };
  /** Why the strategy decides on nothing, in words. */
  readonly inputsText?: string;
}

/**
 * Returns a bot as a person wants to see it.
 *
 * @param state - The bot.
 * @param context - As it runs.
 * @param time - Now, ms UTC.
 */
export function viewBot(state: BotState, context: ResolvedContext, time: number): BotView {
  const { memory, observed, candles } = state;
  const turn: Turn = { ...state, time, context, effects: [] };
  const lastOpenTime = newestOpenTime(candles);
  const moving = ordersOf(memory).find((order) => !isResting(order));
  return {
    trading: memory.trading,
    mismatch: memory.mismatch ?? undefined,
    blocks: entryBlocks(turn, Number.POSITIVE_INFINITY).filter(
      (block) => block !== 'order-in-flight',
    ),
    bidPrice: numberOf(observed.bidPrice),
    askPrice: numberOf(observed.askPrice),
    position: positionView(turn),
    orderInFlight: moving?.leg,
    unprotected: memory.unprotected,
    balance: decimalToNumber(memory.balance),
    netPnl: decimalToNumber(memory.netPnl),
    dayPnl: memory.day === Math.floor(time / DAY_MS) ? decimalToNumber(memory.dayPnl) : 0,
    lastOpenTime,
    lastClose:
      lastOpenTime === undefined ? undefined : candles.store.columns.close[candles.length - 1],
    nextCloseTime:
      lastOpenTime === undefined ? undefined : lastOpenTime + 2 * timeframeOf(turn).lengthMs,
    settingsPending: memory.pendingSettings !== null,
    ...skippedView(turn),
    ...(observed.inputsText !== undefined && { inputsText: observed.inputsText }),
  };
}

function skippedView({ memory }: Turn): Pick<BotView, 'skipped'> {
  const last = memory.skipped.at(-1);
  if (last === undefined) return {};
  const side = last.side > 0 ? 'long' : 'short';
  return { skipped: { side, time: last.toTime, reason: last.reason } };
}

function positionView(turn: Turn): BotView['position'] {
  const { memory, observed } = turn;
  const { position } = memory;
  if (position === null || position.entered === 0n) return undefined;
  const price = exitPriceOf(turn, position.side);
  const levels = levelsOf(turn, position, observed.rules?.tickSize ?? 1n);
  const profit = restingProfit(memory);
  return {
    side: position.side > 0 ? 'long' : 'short',
    quantity: decimalToNumber(heldQuantity(position)),
    entryPrice: entryPriceOf(position),
    unrealizedPnl: price === undefined ? undefined : decimalToNumber(profitAt(position, price)),
    stopPrice: numberOf(levels.stop?.price),
    stopRests: ordersOf(memory).some(isWorkingStop),
    takeProfitPrice: numberOf(levels.takeProfit),
    takeProfitRests: profit !== undefined && isListed(profit),
    unprotectedMs:
      position.unprotectedSince === null ? undefined : turn.time - position.unprotectedSince,
    isLeaving: position.exit !== null,
  };
}

function numberOf(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : decimalToNumber(value);
}
