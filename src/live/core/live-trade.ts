import type { ExitReason, PositionSide } from '../../domain/index.js';

/** A finished trade of a live bot. Prices are averages of the fills, quote per base. */
export interface LiveTrade {
  readonly side: PositionSide;
  /** Open time of the candle whose close decided the entry, ms UTC. */
  readonly signalTime: number;
  /** Open time of the candles with the first and the last fill, ms UTC. */
  readonly entryTime: number;
  readonly exitTime: number;
  /** The first and the last fill themselves, ms UTC. */
  readonly entryFillTime: number;
  readonly exitFillTime: number;
  readonly entryPrice: number;
  /** What left the account without a fill counts at the last known price. `NaN` if nothing left. */
  readonly exitPrice: number;
  /** Quantity entered, base. */
  readonly units: number;
  /** Net, plus commission, less funding; quote. */
  readonly grossPnl: number;
  /** Of both sides, coins kept by the exchange valued at the entry price, other assets at the price of their fills; quote. */
  readonly commission: number;
  /** The part of it that was taken in other assets, or from coins that are not the bot's: `0.0001 BNB`; empty without. */
  readonly otherCommission: string;
  /** Received while it was held, negative when paid; quote. */
  readonly funding: number;
  /** Change of the cash: what was left as dust is lost until it is sold. Quote. */
  readonly netPnl: number;
  readonly returnPct: number;
  readonly exitReason: ExitReason;
  /** The exit was one of §4, at a moment that a backtest cannot know. */
  readonly exitInsideCandle: boolean;
  readonly candlesHeld: number;
  readonly maePct: number;
  readonly mfePct: number;
  /** Balance of the bot after the exit, quote. */
  readonly balance: number;
  /** Coins too few to sell, base. */
  readonly dust: number;
  /** Time in which no stop rested on the exchange though one was wanted, ms. */
  readonly unprotectedMs: number;
  /** Client ids of its orders, in order. */
  readonly orders: readonly string[];
  /** Ids that the exchange gave its fills. */
  readonly tradeIds: readonly string[];
}
