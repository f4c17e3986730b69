import type { Decimal } from '../../domain/index.js';
import type {
  AssetBalance,
  Fill,
  InstrumentRules,
  OrderReport,
  RefusalReason,
  RequestOutcome,
} from '../../exchange/index.js';
import type { ClosedCandle } from './candle-window.js';
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

/** What a person may tell a bot. */
export type BotCommand = 'halt' | 'resume' | 'flatten';

/** Everything that a bot hears. `time` is when it heard it, ms UTC. */
export type BotEvent = { readonly time: number } & (
  | { readonly type: 'boot' }
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
      readonly type: 'query-answer';
      readonly clientOrderId: string;
      readonly report: OrderReport | undefined;
    }
  | { readonly type: 'query-failed'; readonly clientOrderId: string; readonly failure: Failure }
  | { readonly type: 'fills'; readonly clientOrderId: string; readonly fills: readonly Fill[] }
  | {
      readonly type: 'account';
      /** When it was asked for, ms UTC. */
      readonly askedTime: number;
      readonly balances: readonly AssetBalance[];
      readonly openOrders: readonly OrderReport[];
      readonly rules: InstrumentRules;
    }
  | { readonly type: 'account-failed'; readonly failure: Failure }
  /** Exchange time minus local time, ms; `undefined` when it could not be measured. */
  | { readonly type: 'clock'; readonly offsetMs: number | undefined }
  | { readonly type: 'disk'; readonly status: 'working' | 'failing' }
  | { readonly type: 'settings'; readonly settings: BotSettings }
  | { readonly type: 'command'; readonly command: BotCommand }
);
