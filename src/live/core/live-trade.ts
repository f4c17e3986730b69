import type { ExitReason } from '../../domain/index.js';

/** A finished trade of a live bot. Prices are averages of the fills, quote per base. */
export interface LiveTrade {
  readonly side: 'long';
  /** Open time of the candle whose close decided the entry, ms UTC. */
  readonly signalTime: number;
  /** Open time of the candles with the first and the last fill, ms UTC. */
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryPrice: number;
  /** `NaN` if nothing could be sold. */
  readonly exitPrice: number;
  /** Quantity bought, base. */
  readonly units: number;
  readonly grossPnl: number;
  /** Of both sides, coins kept by the exchange valued at the entry price; quote. */
  readonly commission: number;
  /** Change of the cash: what was left as dust is lost until it is sold. Quote. */
  readonly netPnl: number;
  readonly returnPct: number;
  readonly exitReason: ExitReason;
  readonly candlesHeld: number;
  readonly maePct: number;
  readonly mfePct: number;
  /** Balance of the bot after the exit, quote. */
  readonly balance: number;
  /** Coins too few to sell, base. */
  readonly dust: number;
  /** Client ids of its orders, in order. */
  readonly orders: readonly string[];
}
