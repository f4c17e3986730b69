import { z } from 'zod';
import { type Market, plainNumber } from '../../domain/index.js';
import type {
  CandleQuery,
  CandleSource,
  ExchangeCandle,
  FundingRate,
} from '../ports/candle-source.js';
import { RequestRefused } from '../ports/errors.js';
import { candleFromRow, klineRowSchema, signedNumeric } from './candle-rows.js';
import { time } from './fields.js';
import type { HttpClient } from './http-client.js';

const PAGE_CANDLES = 1_000;
const FUNDING_ROWS_MAX = 1_000;

const klinesSchema = z.array(klineRowSchema);
/** Old rows have no mark price, or an empty one. */
const fundingSchema = z.array(
  z.object({ fundingTime: time, fundingRate: signedNumeric, markPrice: z.unknown().optional() }),
);

/** Paths and weights that differ between the markets. */
const ENDPOINTS = {
  spot: { klines: '/api/v3/klines', weight: 2 },
  usdm: { klines: '/fapi/v1/klines', weight: 5 },
} as const;

/**
 * Reads past candles from Binance's REST interface.
 *
 * @param client - For the host of the market.
 * @param market - Spot or USD-M.
 */
export function restCandleSource(client: HttpClient, market: Market): CandleSource {
  const { klines, weight } = ENDPOINTS[market];
  return {
    pageCandlesMax: PAGE_CANDLES,
    serverTime: () => client.synchronize(),
    candles: async (query) => candles(client, klines, weight, query),
    fundingRates: async (query) => (market === 'spot' ? [] : fundingRates(client, query)),
  };
}

async function candles(
  client: HttpClient,
  path: string,
  weight: number,
  query: CandleQuery,
): Promise<readonly ExchangeCandle[]> {
  // What was closed before the question, by the clock of the exchange, is closed for certain.
  if (client.offset.measuredTime === undefined) await measureClock(client);
  const now = client.now();
  const answer = await client.call({
    method: 'GET',
    path,
    weight,
    parameters: {
      symbol: query.symbol,
      interval: query.timeframe,
      startTime: query.startTime,
      endTime: query.endTime,
      limit: PAGE_CANDLES,
    },
  });
  const rows = klinesSchema.safeParse(answer);
  if (!rows.success) {
    throw new RequestRefused('malformed', `klines of ${query.symbol}: unexpected rows`);
  }
  return rows.data.map(candleFromRow).filter(({ closeTime }) => closeTime < now);
}

/** An exchange that does not say the time in a way that can be read is no reason to be without candles. */
async function measureClock(client: HttpClient): Promise<void> {
  try {
    await client.synchronize();
  } catch (error) {
    if (!(error instanceof RequestRefused) || error.reason !== 'other') throw error;
  }
}

async function fundingRates(
  client: HttpClient,
  query: Omit<CandleQuery, 'timeframe'>,
): Promise<readonly FundingRate[]> {
  const { symbol, startTime, endTime } = query;
  const answer = await client.call({
    method: 'GET',
    path: '/fapi/v1/fundingRate',
    weight: 1,
    parameters: { symbol, startTime, endTime, limit: FUNDING_ROWS_MAX },
  });
  const rows = fundingSchema.safeParse(answer);
  if (!rows.success) {
    throw new RequestRefused('malformed', `funding rates of ${symbol}: unexpected rows`);
  }
  return rows.data.map((row) => {
    const markPrice = plainNumber(row.markPrice);
    return {
      time: row.fundingTime,
      rate: row.fundingRate,
      ...(markPrice === undefined ? {} : { markPrice }),
    };
  });
}
