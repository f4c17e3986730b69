import type { Decimal } from '../../domain/index.js';

export type OrderSide = 'buy' | 'sell';
/** `gtc` rests until cancelled, `ioc` fills what it can at once, `fok` fills whole or not at all. */
export type TimeInForce = 'gtc' | 'ioc' | 'fok';

interface OrderBase {
  readonly symbol: string;
  readonly side: OrderSide;
  /** Chosen by us, 1 to 36 characters of `A-Z a-z 0-9 - _`; never used twice. */
  readonly clientOrderId: string;
  /** USD-M only: the order may not open or enlarge a position. */
  readonly reduceOnly?: boolean;
}

/** Price that releases a stop; spot knows the last price only. */
export type TriggerSource = 'last' | 'mark';

/**
 * A stop rests on the exchange until its trigger price is met. On USD-M it is an algo order of its own kind; the port
 * hides that: it is placed, cancelled, queried and reported like every other order, under its client id.
 */
interface StopBase extends OrderBase {
  readonly quantity: Decimal;
  readonly triggerPrice: Decimal;
  /** USD-M only; default `last`. */
  readonly triggeredBy?: TriggerSource;
}

/** An order to send. Quantities in base, prices in quote per base. */
export type OrderRequest =
  | (OrderBase & { readonly type: 'market'; readonly quantity: Decimal })
  | (OrderBase & {
      readonly type: 'market';
      /** Amount of quote to spend or to receive. */
      readonly quoteQuantity: Decimal;
      readonly quantity?: undefined;
    })
  | (OrderBase & {
      readonly type: 'limit';
      readonly quantity: Decimal;
      readonly price: Decimal;
      /** Default `gtc`. */
      readonly timeInForce?: TimeInForce;
    })
  | (OrderBase & {
      /** Post-only limit order. */
      readonly type: 'limit-maker';
      readonly quantity: Decimal;
      readonly price: Decimal;
    })
  | (StopBase & {
      /** Becomes a market order. */
      readonly type: 'stop-loss' | 'take-profit';
      /** USD-M only: closes whatever the position is then; `quantity` is not sent, nor is `reduceOnly`. */
      readonly closesPosition?: boolean;
    })
  | (StopBase & {
      readonly type: 'stop-loss-limit' | 'take-profit-limit';
      readonly price: Decimal;
      readonly timeInForce?: TimeInForce;
    });

/** Two resting exits of which one cancels the other; spot only, USD-M has no such pair. */
export interface OCORequest {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly listClientOrderId: string;
  readonly takeProfit: { readonly clientOrderId: string; readonly price: Decimal };
  readonly stopLoss: {
    readonly clientOrderId: string;
    readonly triggerPrice: Decimal;
    /** Without it the stop becomes a market order. */
    readonly price?: Decimal;
  };
}

/** `pending`: waits for another order of its list. The last four are final. */
export type OrderStatus =
  | 'pending'
  | 'new'
  | 'partially-filled'
  | 'filled'
  | 'canceled'
  | 'rejected'
  | 'expired';

/** Execution of all or part of an order. */
export interface Fill {
  readonly symbol: string;
  readonly tradeId: string;
  readonly orderId: string;
  /** Absent in lists of past fills, which name the order by its exchange id only. */
  readonly clientOrderId?: string;
  readonly side: OrderSide;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly commission: Decimal;
  /** Base, quote or a third asset such as BNB. */
  readonly commissionAsset: string;
  readonly isMaker: boolean;
  /** USD-M only: profit that the fill realised, before commission; quote. */
  readonly realizedPnl?: Decimal;
  /** Instant, ms UTC. */
  readonly time: number;
}

/** Orders that nobody here sent: the exchange closes a position by force. */
export type ForcedOrderKind = 'liquidation' | 'deleveraging' | 'settlement';

/** State of an order as the exchange reported it. */
export interface OrderReport {
  readonly symbol: string;
  /** Id given by the exchange; a string because ids may exceed 2^53. */
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly side: OrderSide;
  readonly type: OrderRequest['type'] | 'other';
  readonly status: OrderStatus;
  readonly quantity: Decimal;
  readonly executedQuantity: Decimal;
  /** Sum of price × quantity over the fills; quote. */
  readonly executedNotional: Decimal;
  readonly price: Decimal;
  /** 0 for orders without a trigger. */
  readonly triggerPrice: Decimal;
  /** When the exchange last changed the order, ms UTC. */
  readonly updateTime: number;
  /** Id of the order list that the order belongs to. */
  readonly orderListId?: string;
  /** USD-M only. */
  readonly reduceOnly?: boolean;
  /** USD-M only: the stop closes whatever the position is. */
  readonly closesPosition?: boolean;
  /** The stop was released; its fills carry this order id (USD-M: another one than `orderId`). */
  readonly triggeredOrderId?: string;
  /** Sent by the exchange itself. */
  readonly forced?: ForcedOrderKind;
  /** The words of the exchange for an expiry or a rejection, where it gave some. */
  readonly reason?: string;
  /** The fills, where the answer carries them. */
  readonly fills: readonly Fill[];
}

/**
 * Returns whether no event can change the order any more.
 *
 * @param status - Status of the order.
 */
export function isFinal(status: OrderStatus): boolean {
  return ['filled', 'canceled', 'rejected', 'expired'].includes(status);
}
