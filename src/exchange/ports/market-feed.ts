import type { Decimal, Timeframe } from '../../domain/index.js';
import type { ExchangeCandle } from './candle-source.js';
import type { MarkPrice } from './usdm-account.js';

export interface CandleSubscription {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/**
 * News of the market. A `candle` is closed and comes exactly once per subscription, in order, without holes that
 * the exchange could fill. `stale` and `fresh` frame the time in which a symbol had no data.
 */
export type MarketEvent =
  | ({
      readonly type: 'candle';
      readonly time: number;
      readonly candle: ExchangeCandle;
      /** Fetched after the fact, because the stream did not deliver it. */
      readonly isBackfilled: boolean;
    } & CandleSubscription)
  | ({
      /** The candle that is still forming. */
      readonly type: 'forming';
      readonly time: number;
      readonly candle: ExchangeCandle;
    } & CandleSubscription)
  | {
      readonly type: 'price';
      readonly time: number;
      readonly symbol: string;
      readonly bidPrice: Decimal;
      readonly askPrice: Decimal;
    }
  /** USD-M only. */
  | ({ readonly type: 'mark-price' } & MarkPrice)
  | { readonly type: 'stale' | 'fresh'; readonly time: number; readonly symbol: string }
  | { readonly type: 'disconnected'; readonly time: number; readonly reason: string }
  | { readonly type: 'connected'; readonly time: number };

/** Candles to follow, and where to begin. */
export interface FeedRequest {
  readonly candles: readonly (CandleSubscription & {
    /** Open time of the last candle that the caller has; later ones are back-filled. Default: none. */
    readonly lastOpenTime?: number;
  })[];
  /** Symbols whose best prices are wanted too. */
  readonly prices?: readonly string[];
  /** USD-M only: symbols whose mark price is wanted. */
  readonly markPrices?: readonly string[];
}

/** Live data of one market. */
export interface MarketFeed {
  /**
   * Starts delivery.
   *
   * @returns A function that ends it.
   */
  subscribe(request: FeedRequest, listener: (event: MarketEvent) => void): () => void;
}
