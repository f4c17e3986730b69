import type { OrderSide } from '../../exchange/ports/index.js';
import type { LiveTrade } from './live-trade.js';
import type { RiskApproved } from './risk.js';

/** `alarm`: a person should look now. */
export type AlertLevel = 'info' | 'warning' | 'alarm';

/** What an alert is about. */
export type AlertCode =
  | 'account-seen'
  | 'account-unseen'
  | 'bad-candle'
  | 'banned'
  | 'daily-loss-limit'
  | 'disk-failing'
  | 'disk-working'
  | 'dust'
  | 'entry-failed'
  | 'entry-skipped'
  | 'entry-unknown'
  | 'exit-failed'
  | 'exit-late'
  | 'exit-stuck'
  | 'flattening'
  | 'foreign-balance'
  | 'funding-unknown'
  | 'halted'
  | 'key-accepted'
  | 'key-refused'
  | 'hedge-mode'
  | 'inputs-defined'
  | 'inputs-undefined'
  | 'liquidation'
  | 'loss-limit'
  | 'margin-call'
  | 'market-closed'
  | 'mismatch'
  | 'one-way-mode'
  | 'order-defect'
  | 'order-refused'
  | 'order-forgotten'
  | 'orphan-order'
  | 'overslept'
  | 'protected'
  | 'rate-limit'
  | 'reducing'
  | 'resumed'
  | 'settings-applied'
  | 'settings-pending'
  | 'settings-refused'
  | 'stop-beyond-liquidation'
  | 'stop-failed'
  | 'stop-not-resting'
  | 'strategy-failed'
  | 'take-profit-failed'
  | 'take-profit-not-resting'
  | 'unprotected';

/** What a bot wants done. Answers come back as events. */
export type Effect =
  | { readonly type: 'place'; readonly intent: RiskApproved }
  /** A stop and a take-profit of which one ends the other (OCO); spot only. */
  | {
      readonly type: 'place-pair';
      readonly listClientOrderId: string;
      readonly stop: RiskApproved;
      readonly profit: RiskApproved;
    }
  /** Cancels a stop and, only if that succeeds, places another, in one request; spot only. */
  | { readonly type: 'replace'; readonly clientOrderId: string; readonly intent: RiskApproved }
  | { readonly type: 'cancel'; readonly clientOrderId: string }
  | { readonly type: 'query'; readonly clientOrderId: string }
  | { readonly type: 'fetch-fills'; readonly clientOrderId: string; readonly orderId: string }
  /** Balances, open orders and rules of the instrument. */
  | { readonly type: 'fetch-account' }
  /**
   * All fills of the symbol from an instant on: something else than the bot changed the position, or may have. With
   * `unknown` also the orders behind fills of a side that are not among the known ones.
   */
  | {
      readonly type: 'fetch-position-fills';
      readonly fromTime: number;
      readonly unknown?: { readonly side: OrderSide; readonly tradeIds: readonly string[] };
    }
  /** Funding payments of the symbol from an instant on. USD-M only. */
  | { readonly type: 'fetch-funding'; readonly fromTime: number }
  /** Closed candles from this open time on; `undefined`: the warm-up history. */
  | { readonly type: 'back-fill'; readonly fromOpenTime: number | undefined }
  | {
      readonly type: 'alert';
      readonly level: AlertLevel;
      readonly code: AlertCode;
      readonly text: string;
    }
  | { readonly type: 'trade-closed'; readonly trade: LiveTrade };
