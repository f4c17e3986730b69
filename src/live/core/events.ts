import type { Decimal } from '../../domain/index.js';
import type {
  AssetBalance,
  Position as ExchangePosition,
  Fill,
  FundingPayment,
  InstrumentRules,
  MarginReport,
  OrderReport,
  RefusalReason,
  RequestOutcome,
} from '../../exchange/ports/index.js';
import type { ClosedCandle } from './candle-window.js';
import type { HoldBack } from './hold-back.js';
import type { BotSettings } from './settings.js';

/** A request to the exchange that did not succeed. */
export interface Failure {
  readonly outcome: RequestOutcome;
  /** Of refusals. */
  readonly reason?: RefusalReason;
  readonly message: string;
  /** When such requests may be sent again, ms UTC. */
  readonly retryTime?: number;
}

/**
 * What a person may tell a bot. `halt`: no entries; an open position keeps its stop and its exit signals. `flatten`:
 * also closes the position at market, now. `resume`: trades again, and takes what did not agree with the exchange as it is.
 */
export type BotCommand = 'halt' | 'resume' | 'flatten';

/** Everything that a bot reacts to. `time` is when the event was received, ms UTC. */
export type BotEvent = { readonly time: number } & (
  | { readonly type: 'boot' }
  /** Entries are held back for these reasons, and no others, from now on. */
  | { readonly type: 'hold-back'; readonly reasons: readonly HoldBack[] }
  | { readonly type: 'timer' }
  | {
      readonly type: 'candles';
      /** Closed, oldest first. */
      readonly candles: readonly ClosedCandle[];
      /** `back-fill`: the answer to a request, in which a hole is a hole of the exchange. */
      readonly source: 'stream' | 'back-fill';
    }
  | { readonly type: 'back-fill-failed'; readonly failure: Failure }
  | { readonly type: 'price'; readonly bidPrice: Decimal; readonly askPrice: Decimal }
  | { readonly type: 'market-data'; readonly status: 'fresh' | 'stale' }
  | { readonly type: 'account-data'; readonly status: 'fresh' | 'stale' }
  | { readonly type: 'order'; readonly report: OrderReport; readonly fill?: Fill }
  | {
      readonly type: 'place-failed' | 'cancel-failed';
      readonly clientOrderId: string;
      readonly failure: Failure;
    }
  | {
      /** Of a stop that was to take the place of another in one request. */
      readonly type: 'replace-failed';
      readonly clientOrderId: string;
      readonly replacedId: string;
      readonly failure: Failure;
    }
  | {
      readonly type: 'query-answer';
      readonly clientOrderId: string;
      /** When it was asked for, ms UTC: an answer may come late. */
      readonly askedTime: number;
      readonly report: OrderReport | undefined;
    }
  | { readonly type: 'query-failed'; readonly clientOrderId: string; readonly failure: Failure }
  | { readonly type: 'fills'; readonly clientOrderId: string; readonly fills: readonly Fill[] }
  /** All fills of the symbol since the entry, and the orders asked for: the answer to `fetch-position-fills`. */
  | {
      readonly type: 'position-fills';
      readonly fills: readonly Fill[];
      readonly orders: readonly OrderReport[];
    }
  | {
      readonly type: 'account';
      /** When it was asked for, ms UTC. */
      readonly askedTime: number;
      /** Id of the account, where the exchange told it. */
      readonly uid?: string;
      readonly balances: readonly AssetBalance[];
      readonly openOrders: readonly OrderReport[];
      readonly rules: InstrumentRules;
      /** USD-M: open positions, the margin, and the leverage in force for the symbol. */
      readonly positions?: readonly ExchangePosition[];
      readonly margin?: MarginReport;
      readonly leverage?: number;
      /** USD-M: positions have sides of their own, which bots do not trade in. */
      readonly isHedged?: boolean;
    }
  | { readonly type: 'account-failed'; readonly failure: Failure }
  /** Prices of other assets in which commission may be taken, quote per unit. */
  | { readonly type: 'fee-prices'; readonly prices: Readonly<Record<string, Decimal>> }
  /** USD-M: the account stream says that funding was paid; the payments are then fetched. */
  | { readonly type: 'funding-paid' }
  | {
      readonly type: 'funding-payments';
      /** When they were asked for, ms UTC. */
      readonly askedTime: number;
      /** Of the symbol, oldest first. */
      readonly payments: readonly FundingPayment[];
    }
  | { readonly type: 'funding-failed'; readonly failure: Failure }
  /** USD-M: the price of a stop of the symbol was reached, and the exchange did not carry it out. */
  | { readonly type: 'stop-rejected'; readonly reason: string }
  /** USD-M: the exchange warns that the position is close to liquidation. */
  | { readonly type: 'margin-call' }
  /** Exchange time minus local time, ms; `undefined` when it could not be measured. */
  | { readonly type: 'clock'; readonly offsetMs: number | undefined }
  | { readonly type: 'clock-failed'; readonly failure: Failure }
  /** The clock of the machine was set, or the machine slept: which one is not known yet. */
  | { readonly type: 'clock-disturbed' }
  /** The process is about to end. */
  | { readonly type: 'ending' }
  | { readonly type: 'disk'; readonly status: 'working' | 'failing' }
  /** The rows of these trades, named by the ids of their orders, are on the disk. */
  | { readonly type: 'trades-logged'; readonly orderIds: readonly string[] }
  | { readonly type: 'settings'; readonly settings: BotSettings }
  /** `reason` is said in the alert and kept in the journal's cause. */
  | { readonly type: 'command'; readonly command: BotCommand; readonly reason?: string }
);
