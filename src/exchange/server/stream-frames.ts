import { formatDecimal } from '../../domain/index.js';
import type { Payload, PricePoint } from '../simulated/index.js';
import { bookTicker, dayTicker, spotAggregate, usdmAggregate } from './market-routes.js';
import type { ExchangeContext, UsdmContext } from './route.js';

/** Makes the frame of a stream after a new price; `undefined` where the price says nothing to it. */
export type FrameMaker = (symbol: string, point: PricePoint, time: number) => Payload | undefined;

/** Frames by the part of a stream's name after its symbol: `aggTrade` of `btcusdt@aggTrade`. */
export type FrameMakers = Readonly<Record<string, FrameMaker>>;

/** Frames of spot streams. */
export function spotFrames(context: ExchangeContext): FrameMakers {
  const { market } = context;
  return {
    trade: (symbol, point, time) =>
      point.quantity === 0n
        ? undefined
        : {
            e: 'trade',
            E: time,
            s: symbol,
            t: market.lastTradeId(symbol),
            p: formatDecimal(point.price),
            q: formatDecimal(point.quantity),
            T: point.time,
            m: false,
            M: true,
          },
    aggTrade: (symbol, point, time) => aggregateFrame(context, symbol, point, time, spotAggregate),
    bookTicker: (symbol, _, time) => ({ u: time, s: symbol, ...bestPrices(context, symbol) }),
    miniTicker: (symbol, _, time) => miniTicker(context, symbol, time),
  };
}

/** Frames of USD-M streams. */
export function usdmFrames(context: UsdmContext): FrameMakers {
  const markPrice: FrameMaker = (symbol, _, time) => {
    const { price, fundingRate, nextFundingTime } = context.exchange.mark(symbol);
    const index = formatDecimal(context.exchange.lastPrice(symbol));
    return {
      e: 'markPriceUpdate',
      E: time,
      s: symbol,
      p: formatDecimal(price),
      ap: formatDecimal(price),
      i: index,
      P: index,
      r: formatDecimal(fundingRate),
      T: nextFundingTime,
    };
  };
  return {
    aggTrade: (symbol, point, time) => aggregateFrame(context, symbol, point, time, usdmAggregate),
    bookTicker: (symbol, _, time) => ({
      e: 'bookTicker',
      u: time,
      E: time,
      T: time,
      s: symbol,
      ...bestPrices(context, symbol),
    }),
    miniTicker: (symbol, _, time) => miniTicker(context, symbol, time),
    markPrice,
    'markPrice@1s': markPrice,
  };
}

type Context = ExchangeContext | UsdmContext;

function aggregateFrame(
  { market }: Context,
  symbol: string,
  point: PricePoint,
  time: number,
  aggregate: typeof spotAggregate,
): Payload | undefined {
  if (point.quantity === 0n) return undefined;
  const id = market.lastTradeId(symbol);
  return { e: 'aggTrade', E: time, s: symbol, ...aggregate({ ...point, id }) };
}

function bestPrices(context: Context, symbol: string): Payload {
  const { bidPrice, bidQty, askPrice, askQty } = bookTicker(symbol, context);
  return { b: bidPrice, B: bidQty, a: askPrice, A: askQty };
}

function miniTicker(context: Context, symbol: string, time: number): Payload {
  const ticker = dayTicker(symbol, context);
  return {
    e: '24hrMiniTicker',
    E: time,
    s: symbol,
    c: ticker.lastPrice,
    o: ticker.openPrice,
    h: ticker.highPrice,
    l: ticker.lowPrice,
    v: ticker.volume,
    q: ticker.quoteVolume,
  };
}

/** Streams of all symbols, and the frames that they list. */
export const LIST_STREAMS: Readonly<Record<string, string>> = {
  '!miniTicker@arr': 'miniTicker',
  '!markPrice@arr': 'markPrice',
  '!markPrice@arr@1s': 'markPrice',
  '!bookTicker': 'bookTicker',
};

/**
 * Returns whether a USD-M connection receives a stream: `/public` has books, `/market` everything else; a connection
 * without a class has what `/public` has, and asking it for more is silently accepted.
 *
 * @param path - Path of the connection.
 * @param stream - Name of the stream.
 */
export function isRouted(path: string, stream: string): boolean {
  const isPublic = /(^!|@)bookTicker|@depth/.test(stream);
  return path.startsWith('/market') ? !isPublic : isPublic && !path.startsWith('/private');
}
