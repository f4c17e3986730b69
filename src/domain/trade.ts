import type { PositionSide } from './market.js';

/** What ended a trade (S-44, S-75); `manual` and `risk` only occur live. */
export type ExitReason =
  | 'signal'
  | 'time'
  | 'stop-loss'
  | 'break-even'
  | 'take-profit'
  | 'trailing-stop'
  | 'liquidation'
  | 'end-of-data'
  | 'manual'
  | 'risk';

/** One round trip, entry to exit (SEMANTICS §5). */
export interface Trade {
  readonly side: PositionSide;
  /** Index of the entry and of the exit candle in the candle series. */
  readonly entryIndex: number;
  readonly exitIndex: number;
  /** Open time of those candles, ms UTC. */
  readonly entryTime: number;
  readonly exitTime: number;
  /** Fill prices, after slippage; quote per base. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Quantity, base. */
  readonly units: number;
  /** side × (exit - entry) × units; quote. */
  readonly grossPnl: number;
  /** Both sides; quote. */
  readonly commission: number;
  /** Gross minus commission; quote. */
  readonly netPnl: number;
  /** 100 × net / (entry price × units); percent. */
  readonly returnPct: number;
  readonly exitReason: ExitReason;
  readonly candlesHeld: number;
  /** Worst and best unrealised return while held; percent of the entry price. */
  readonly maePct: number;
  readonly mfePct: number;
  /** Both the effective stop and the take-profit lay inside the exit candle (S-46). */
  readonly ambiguous: boolean;
  /** The exit filled inside its candle, at an unknown moment (S-42, S-43). */
  readonly exitInsideCandle: boolean;
  /** Balance after the exit; quote. */
  readonly balance: number;
  /** Parts that left before the exit (S-76); exit price and profits are those of all fills together. */
  readonly scaleOuts: number;
}
