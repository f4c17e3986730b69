import type { Decimal } from '../../domain/index.js';
import type { AssetBalance } from './broker.js';
import type { Fill, OrderReport } from './order.js';
import type { MarginType } from './usdm-account.js';

/** A position as an event reports it: without the mark price. What only informs is absent where it cannot be read. */
export interface PositionUpdate {
  readonly symbol: string;
  /** Signed: negative is short; 0 when it is closed; base. */
  readonly quantity: Decimal;
  readonly entryPrice?: Decimal;
  readonly unrealizedPnl?: Decimal;
  readonly marginType?: MarginType;
}

/**
 * What happened to the account. Events may be repeated or out of order: orders are merged by executed quantity
 * and finality, fills by trade id. `gap` says that events may have been lost: reconcile by the broker.
 */
export type UserEvent =
  | {
      readonly type: 'order';
      readonly time: number;
      readonly order: OrderReport;
      /** Present when the event is an execution. */
      readonly fill?: Fill;
      /** The word of the exchange for an expiry or a rejection, where it gave one. */
      readonly reason?: string;
    }
  | {
      readonly type: 'balances';
      readonly time: number;
      /** The new balances of the assets that changed, and no others. */
      readonly balances: readonly AssetBalance[];
    }
  | {
      /** Deposit, withdrawal or transfer. */
      readonly type: 'transfer';
      readonly time: number;
      readonly asset: string;
      readonly amount: bigint;
    }
  | {
      readonly type: 'order-list';
      readonly time: number;
      readonly orderListId: string;
      readonly isDone: boolean;
    }
  | {
      /** USD-M: the positions that changed, and no others. */
      readonly type: 'positions';
      readonly time: number;
      readonly positions: readonly PositionUpdate[];
    }
  | {
      /** USD-M: funding was paid (negative) or received; the wallet comes with a `balances` event of its own. */
      readonly type: 'funding';
      readonly time: number;
      /** Absent where the exchange does not say. */
      readonly symbol?: string;
      readonly asset: string;
      /** Absent where it cannot be read. */
      readonly amount?: Decimal;
    }
  | {
      /** USD-M: these positions are close to liquidation. */
      readonly type: 'margin-call';
      readonly time: number;
      readonly symbols: readonly string[];
    }
  | {
      /** USD-M: the leverage of a symbol was changed, by us or by hand. */
      readonly type: 'leverage';
      readonly time: number;
      readonly symbol: string;
      readonly leverage: number;
    }
  | {
      /** USD-M: the price of a stop was reached, and the exchange did not carry it out. */
      readonly type: 'stop-rejected';
      readonly time: number;
      readonly symbol: string;
      readonly orderId: string;
      /** The words of the exchange. */
      readonly reason: string;
    }
  | { readonly type: 'gap'; readonly time: number }
  | { readonly type: 'disconnected'; readonly time: number; readonly reason: string };

/** Delivers the events of one account; a first `gap` follows every (re)connection. */
export interface UserEvents {
  /**
   * Starts delivery.
   *
   * @returns A function that ends it.
   */
  subscribe(listener: (event: UserEvent) => void): () => void;
}
