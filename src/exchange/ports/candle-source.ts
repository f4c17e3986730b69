import type { Timeframe } from '../../domain/index.js';

/** One candle as an exchange publishes it. Prices in quote per base. */
export interface ExchangeCandle {
  /** Open time, ms UTC. */
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Traded quantity, base. */
  readonly volume: string;
  /** Last ms of the candle. */
  readonly closeTime: number;
  /** Traded amount, quote. */
  readonly quoteVolume: string;
  /** Number of trades. */
  readonly count: number;
  /** Volume bought by takers, base and quote. */
  readonly takerBuyVolume: string;
  readonly takerBuyQuoteVolume: string;
}

/** A funding payment of a perpetual future. */
export interface FundingRate {
  readonly time: number;
  /** Fraction of the notional; longs pay shorts when positive. */
  readonly rate: string;
  /** Absent in archives. */
  readonly markPrice?: string;
}

export interface CandleQuery {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** First open time wanted, ms UTC. */
  readonly startTime: number;
  /** Last open time wanted, ms UTC. */
  readonly endTime: number;
}

/** Past candles of one market. */
export interface CandleSource {
  /** Most candles that one page carries. */
  readonly pageCandlesMax: number;
  /**
   * Fetches one page, oldest first: at most `pageCandlesMax` candles from `startTime` on, closed ones only.
   *
   * @throws {RequestRefused} `unknown-symbol`, `banned`, `unavailable-here`, …
   */
  candles(query: CandleQuery): Promise<readonly ExchangeCandle[]>;
  /** Fetches one page of funding rates, oldest first; spot markets have none. */
  fundingRates(query: Omit<CandleQuery, 'timeframe'>): Promise<readonly FundingRate[]>;
  /** Clock of the exchange, ms UTC. */
  serverTime(): Promise<number>;
}
