import type { LiveTrade } from './live-trade.js';
import type { RiskApproved } from './risk.js';

export type AlertLevel = 'info' | 'warning' | 'alarm';

/** What a bot wants done. Answers come back as events. */
export type Effect =
  | { readonly type: 'place'; readonly intent: RiskApproved }
  | { readonly type: 'cancel'; readonly clientOrderId: string }
  | { readonly type: 'query'; readonly clientOrderId: string }
  | { readonly type: 'fetch-fills'; readonly clientOrderId: string; readonly orderId: string }
  /** Balances, open orders and rules of the instrument. */
  | { readonly type: 'fetch-account' }
  /** Closed candles from this open time on; `undefined`: the warm-up history. */
  | { readonly type: 'back-fill'; readonly fromOpenTime: number | undefined }
  | {
      readonly type: 'alert';
      readonly level: AlertLevel;
      readonly code: string;
      readonly text: string;
    }
  | { readonly type: 'trade-closed'; readonly trade: LiveTrade };
