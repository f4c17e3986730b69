import type { Decimal } from '../../domain/index.js';
import type { BookSide } from './order-book.js';
import type { ALGO_ORDER_TYPES, USDM_TIMES_IN_FORCE } from './usdm-symbol.js';

export type UsdmTimeInForce = (typeof USDM_TIMES_IN_FORCE)[number];
export type AlgoOrderType = (typeof ALGO_ORDER_TYPES)[number];
export type UsdmOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED';
export type WorkingType = 'CONTRACT_PRICE' | 'MARK_PRICE';

/** What a client asks for; 0 where the type has no such value. */
export interface UsdmOrderTerms {
  readonly symbol: string;
  readonly side: BookSide;
  readonly type: 'LIMIT' | 'MARKET';
  readonly timeInForce: UsdmTimeInForce;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly reduceOnly: boolean;
  /** End of a GTD order, ms UTC. */
  readonly goodTillTime: number;
  readonly clientOrderId: string | undefined;
}

/** Why the exchange ended an order: the numbers of `er`. */
export const EXPIRY = {
  none: 0,
  immediateRest: 2,
  reduceOnly: 4,
  liquidation: 5,
  goodTill: 6,
  exchange: 7,
  marketRest: 9,
} as const;

/** An order as the exchange keeps it. */
export interface UsdmOrder extends Omit<UsdmOrderTerms, 'clientOrderId' | 'quantity' | 'price'> {
  quantity: Decimal;
  price: Decimal;
  readonly orderId: number;
  readonly clientOrderId: string;
  executedQuantity: Decimal;
  executedNotional: Decimal;
  status: UsdmOrderStatus;
  readonly time: number;
  updateTime: number;
  expiry: number;
  /** The algo order that released it; 0 for none. */
  readonly algoId: number;
  readonly closesPosition: boolean;
  /** The exchange closes a position by force. */
  readonly isForced: boolean;
}

/** What a client asks the algo service for. */
export interface AlgoOrderTerms {
  readonly symbol: string;
  readonly side: BookSide;
  readonly type: AlgoOrderType;
  readonly timeInForce: UsdmTimeInForce;
  /** 0 where the whole position is meant. */
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly triggerPrice: Decimal;
  readonly workingType: WorkingType;
  readonly reduceOnly: boolean;
  readonly closesPosition: boolean;
  readonly clientOrderId: string | undefined;
}

export type AlgoStatus =
  | 'NEW'
  | 'TRIGGERING'
  | 'TRIGGERED'
  | 'FINISHED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'REJECTED';

/** An algo order; `orderId` is its algo id, `clientOrderId` its client algo id. */
export interface AlgoOrder extends Omit<AlgoOrderTerms, 'clientOrderId'> {
  readonly orderId: number;
  readonly clientOrderId: string;
  status: AlgoStatus;
  readonly time: number;
  updateTime: number;
  /** When it was released, ms UTC; 0 before. */
  triggerTime: number;
  /** The order that it became; 0 before. */
  actualOrderId: number;
  rejectReason: string;
}

/** One execution. */
export interface UsdmTrade {
  readonly symbol: string;
  readonly tradeId: number;
  readonly orderId: number;
  readonly side: BookSide;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly commission: Decimal;
  readonly commissionAsset: string;
  readonly realizedPnl: Decimal;
  readonly time: number;
  readonly isMaker: boolean;
}

export const isOpenOrder = (order: UsdmOrder): boolean =>
  order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';

export const isOpenAlgo = (algo: AlgoOrder): boolean =>
  algo.status === 'NEW' || algo.status === 'TRIGGERING' || algo.status === 'TRIGGERED';

export const isLimitAlgo = (type: AlgoOrderType): boolean =>
  type === 'STOP' || type === 'TAKE_PROFIT';

/** 1 for what buys, -1 for what sells. */
export const signOf = (side: BookSide): bigint => (side === 'BUY' ? 1n : -1n);

/**
 * Returns whether a price releases a stop: stops below the market for sells and above it for buys, take-profits the
 * other way round.
 *
 * @param terms - Type, side and trigger price.
 * @param price - Price of its working type.
 */
export function isAlgoTriggered(
  terms: Pick<AlgoOrderTerms, 'type' | 'side' | 'triggerPrice'>,
  price: Decimal,
): boolean {
  const triggersAbove = terms.type.startsWith('STOP') === (terms.side === 'BUY');
  return triggersAbove ? price >= terms.triggerPrice : price <= terms.triggerPrice;
}
