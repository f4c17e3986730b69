import type { Decimal, Market } from '../../domain/index.js';
import type { SendPermit } from './clock.js';
import type { Fill, OCORequest, OrderReport, OrderRequest } from './order.js';
import type { MarginReport, Position } from './usdm-account.js';

/** What an account holds of one asset; on USD-M `free` is the whole wallet, see `MarginReport` for what is left of it. */
export interface AssetBalance {
  readonly asset: string;
  readonly free: Decimal;
  /** Bound by open orders. */
  readonly locked: Decimal;
}

export interface AccountReport {
  /** Id of the account; absent where the exchange did not tell it. */
  readonly uid?: string;
  readonly balances: readonly AssetBalance[];
  /** Empty on spot. */
  readonly positions: readonly Position[];
  readonly canTrade: boolean;
  /** Commission as fractions of the notional. */
  readonly makerRate: Decimal;
  readonly takerRate: Decimal;
  /** USD-M only. */
  readonly margin?: MarginReport;
  /** USD-M only: positions have sides of their own (hedge mode), or several assets back them (multi-assets mode). */
  readonly isHedged?: boolean;
  readonly isMultiAssets?: boolean;
}

/** What the key in use may do. */
export interface KeyPermissions {
  readonly canRead: boolean;
  readonly canTradeSpot: boolean;
  readonly canTradeFutures: boolean;
  readonly canWithdraw: boolean;
  readonly isIpRestricted: boolean;
}

export interface CancelReplaceReport {
  readonly canceled: OrderReport;
  readonly placed: OrderReport;
}

/** Past fills to fetch. */
export interface FillQuery {
  readonly symbol: string;
  /** Fills of one order only. */
  readonly orderId?: string;
  /** First instant, ms UTC. */
  readonly startTime?: number;
}

/**
 * Trades one account on one market. Every method rejects with an `ExchangeError`: `RequestRefused`,
 * `RequestNotSent` or `OutcomeUnknown`. Nothing that writes is ever repeated by the broker itself, and nothing leaves
 * after the permit ended: what takes longer is rejected with `RequestNotSent`. Without a permit a few seconds.
 */
export interface Broker {
  readonly market: Market;
  /** Places an order; what is not filled at once is reported by user events. */
  place(order: OrderRequest, permit?: SendPermit): Promise<OrderReport>;
  /** Lets the exchange check an order without placing it. */
  test(order: OrderRequest): Promise<void>;
  /**
   * Places two exits of which one cancels the other; returns both legs.
   *
   * @throws {RequestRefused} `other` on USD-M, which has no such pair: two orders that only reduce.
   */
  placeOCO(request: OCORequest, permit?: SendPermit): Promise<readonly OrderReport[]>;
  /** Cancels an order, and with it the rest of its list. */
  cancel(symbol: string, clientOrderId: string, permit?: SendPermit): Promise<OrderReport>;
  /**
   * Cancels one order and places another; USD-M has no such request, there it is two.
   *
   * @throws {RequestRefused} `replace-cancel-failed`: the old order is untouched and nothing was placed;
   *   `replace-order-failed`: the old order is cancelled but the new one was declined.
   */
  cancelReplace(
    symbol: string,
    clientOrderId: string,
    order: OrderRequest,
    permit?: SendPermit,
  ): Promise<CancelReplaceReport>;
  /** The order with this client id, newest first if several; `undefined` if the exchange knows none (yet). */
  query(symbol: string, clientOrderId: string): Promise<OrderReport | undefined>;
  /** The same by the id that the exchange gave it and its fills bear: of a released stop that of the order it became. */
  queryById(symbol: string, orderId: string): Promise<OrderReport | undefined>;
  openOrders(symbol: string): Promise<readonly OrderReport[]>;
  fills(query: FillQuery): Promise<readonly Fill[]>;
  account(): Promise<AccountReport>;
  keyPermissions(): Promise<KeyPermissions>;
}
