import type { AssetBalance } from './broker.js';
import type { Fill, OrderReport } from './order.js';

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
