import type { Decimal } from '../../domain/index.js';
import type { SPOT_ORDER_TYPES } from './spot-symbol.js';

export type SpotSide = 'BUY' | 'SELL';
export type SpotOrderType = (typeof SPOT_ORDER_TYPES)[number];
export type SpotTimeInForce = 'GTC' | 'IOC' | 'FOK';
export type SpotOrderStatus =
  | 'NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'REJECTED'
  | 'EXPIRED';

/** What a client asks for; 0 where the type has no such value. */
export interface SpotOrderTerms {
  readonly symbol: string;
  readonly side: SpotSide;
  readonly type: SpotOrderType;
  readonly timeInForce: SpotTimeInForce;
  readonly quantity: Decimal;
  readonly quoteQuantity: Decimal;
  readonly price: Decimal;
  readonly stopPrice: Decimal;
  readonly clientOrderId: string | undefined;
}

/** An order as the exchange keeps it. */
export interface SpotOrder {
  readonly symbol: string;
  readonly orderId: number;
  readonly orderListId: number;
  readonly clientOrderId: string;
  readonly side: SpotSide;
  readonly type: SpotOrderType;
  readonly timeInForce: SpotTimeInForce;
  quantity: Decimal;
  readonly quoteQuantity: Decimal;
  readonly price: Decimal;
  readonly stopPrice: Decimal;
  executedQuantity: Decimal;
  executedNotional: Decimal;
  status: SpotOrderStatus;
  readonly time: number;
  updateTime: number;
  /** When it entered the book, ms UTC; -1 while it waits for its trigger. */
  workingTime: number;
  /** Why the exchange ended it. */
  expiryReason?: string;
  /** Client id of the request that cancelled it. */
  cancelId?: string;
}

/** An OCO pair. */
export interface SpotOrderList {
  readonly orderListId: number;
  readonly symbol: string;
  readonly listClientOrderId: string;
  readonly orderIds: readonly number[];
  status: 'EXECUTING' | 'ALL_DONE';
  transactionTime: number;
}

/** One execution. */
export interface SpotTrade {
  readonly symbol: string;
  readonly tradeId: number;
  readonly orderId: number;
  readonly orderListId: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly commission: Decimal;
  readonly commissionAsset: string;
  readonly time: number;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
}

export const isOpen = (order: SpotOrder): boolean =>
  order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';

export const isStopType = (type: SpotOrderType): boolean =>
  type !== 'LIMIT' && type !== 'MARKET' && type !== 'LIMIT_MAKER';

export const isLimitType = (type: SpotOrderType): boolean =>
  type === 'LIMIT' || type === 'LIMIT_MAKER' || type.endsWith('_LIMIT');

/** Whether the order waits for its trigger. */
export const isWaiting = (order: SpotOrder): boolean =>
  isStopType(order.type) && order.workingTime < 0;

/**
 * Returns whether a price releases a stop: stop-loss below the market for sells and above it for buys, take-profit
 * the other way round.
 *
 * @param terms - Type, side and trigger price of the order.
 * @param price - Last price.
 */
export function isTriggeredAt(
  terms: Pick<SpotOrderTerms, 'type' | 'side' | 'stopPrice'>,
  price: Decimal,
): boolean {
  const triggersAbove = terms.type.startsWith('STOP_LOSS') === (terms.side === 'BUY');
  return triggersAbove ? price >= terms.stopPrice : price <= terms.stopPrice;
}
