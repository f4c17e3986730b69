import type { Decimal } from '../../domain/index.js';

/** `cross`: the whole wallet backs every position; `isolated`: each position has its own margin. */
export type MarginType = 'cross' | 'isolated';

/** An open USD-M position. Numbers that only inform are absent where they cannot be read. */
export interface Position {
  readonly symbol: string;
  /** Signed: negative is short; base. */
  readonly quantity: Decimal;
  /** Hedge mode only: a symbol may have a long and a short position at once. */
  readonly hedgeSide?: 'long' | 'short';
  readonly entryPrice?: Decimal;
  readonly markPrice?: Decimal;
  readonly unrealizedPnl?: Decimal;
  /** Mark price at which the exchange closes the position by force; absent where there is none. */
  readonly liquidationPrice?: Decimal;
  /** Margin that the position binds, and the least it may have; quote. */
  readonly initialMargin?: Decimal;
  readonly maintenanceMargin?: Decimal;
  /** When it last changed, ms UTC. */
  readonly updateTime?: number;
}

/** Margin of the whole account, in the asset that backs it. */
export interface MarginReport {
  readonly asset: string;
  /** Deposits, realised profits, commissions and funding. */
  readonly walletBalance: Decimal;
  /** Wallet and unrealised profit. */
  readonly marginBalance: Decimal;
  /** What new orders may bind. */
  readonly availableBalance: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly unrealizedPnl: Decimal;
}

/** How positions of a symbol are opened. */
export interface SymbolSettings {
  readonly symbol: string;
  readonly leverage: number;
  readonly marginType: MarginType;
  /** Largest position at this leverage, where it is known; quote. */
  readonly notionalMax?: Decimal;
}

/** A step of the margin table: positions from `notionalFloor` up to `notionalCap`. */
export interface LeverageBracket {
  readonly notionalFloor: Decimal;
  readonly notionalCap: Decimal;
  readonly leverageMax: number;
  /** Maintenance margin is notional × rate − deduction. */
  readonly maintenanceRate: Decimal;
  readonly maintenanceDeduction: Decimal;
}

/** The price that margin, liquidation and funding go by. */
export interface MarkPrice {
  readonly symbol: string;
  readonly markPrice: Decimal;
  readonly indexPrice?: Decimal;
  /** Rate of the next payment as far as known; fraction, longs pay shorts when positive. Delivery contracts have none. */
  readonly fundingRate?: Decimal;
  /** 0 where there is no next payment. */
  readonly nextFundingTime: number;
  readonly time: number;
}

/** A payment between longs and shorts. */
export interface FundingPayment {
  readonly symbol: string;
  readonly asset: string;
  /** Negative when paid; quote. */
  readonly amount: Decimal;
  readonly time: number;
}
