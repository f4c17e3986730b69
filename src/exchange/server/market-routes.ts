import { type Decimal, formatDecimal } from '../../domain/index.js';
import { mandatory, type Payload, refusals } from '../simulated/index.js';
import { klineRow, parseInterval, type ReplayCandle, type ReplayMarket } from './replay-market.js';
import {
  type ExchangeRequest,
  historyFromId,
  limitOf,
  type MarketContext,
  optionalTime,
  symbolOf,
} from './route.js';

const DAY_MS = 86_400_000;
const ROWS_MAX = 1_000;

interface Level {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/** What market data needs of an exchange, whatever is traded on it. */
export interface QuotedExchange {
  readonly time: number;
  rules(symbol: string): { readonly symbol: string };
  lastPrice(symbol: string): Decimal;
  depth(symbol: string, levels: number): { readonly bids: Level[]; readonly asks: Level[] };
}

type QuotedContext = MarketContext<QuotedExchange>;

/** How klines are asked for on a market. */
export interface KlineRule {
  readonly rowsMax: number;
  /** Refuses larger limits instead of cutting them, and candles of a second. */
  readonly isStrict: boolean;
  /** Parameter that names the market. */
  readonly subject: 'symbol' | 'pair';
}

/** The klines endpoint of a market. */
export function klineHandler({ rowsMax, isStrict, subject }: KlineRule) {
  return ({ parameters }: ExchangeRequest, context: QuotedContext): unknown[] => {
    const { symbol } = context.exchange.rules(mandatory(parameters, subject));
    const interval = parseInterval(mandatory(parameters, 'interval'));
    if (interval === undefined || (isStrict && interval === '1s')) {
      throw refusals.invalidInterval();
    }
    const limit = limitOf(parameters, 500, rowsMax + 1);
    if (isStrict && limit > rowsMax) throw refusals.invalidParameter('limit');
    const query = {
      limit: Math.min(limit, rowsMax),
      startTime: optionalTime(parameters, 'startTime'),
      endTime: optionalTime(parameters, 'endTime'),
    };
    return context.market.candles(symbol, interval, query, context.now()).map(klineRow);
  };
}

/** The symbols of a JSON list. @throws {Refusal} -1100 if it is none. */
export function symbolList(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((entry) => typeof entry === 'string')) return list;
  } catch {
    // Not JSON: the refusal below says what is legal.
  }
  throw refusals.illegal('symbols', '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$');
}

/** Answers for one symbol with an object, for several with an array. */
export function eachSymbol<Context extends QuotedContext>(
  one: (symbol: string, context: Context) => Payload,
) {
  return ({ parameters }: ExchangeRequest, context: Context): Payload | Payload[] => {
    const { symbol, symbols } = parameters;
    if (symbol !== undefined) return one(context.exchange.rules(symbol).symbol, context);
    const wanted = symbols === undefined ? context.market.symbols : symbolList(symbols);
    return wanted.map((name) => one(context.exchange.rules(name).symbol, context));
  };
}

/** The best prices of a symbol. */
export function bookTicker(symbol: string, { exchange }: QuotedContext): Payload {
  const { bids, asks } = exchange.depth(symbol, 1);
  return {
    symbol,
    bidPrice: formatDecimal(bids[0]?.price ?? 0n),
    bidQty: formatDecimal(bids[0]?.quantity ?? 0n),
    askPrice: formatDecimal(asks[0]?.price ?? 0n),
    askQty: formatDecimal(asks[0]?.quantity ?? 0n),
  };
}

/** Returns the 24-hour statistics of a symbol. */
export function dayTicker(symbol: string, context: QuotedContext): Payload {
  const { market, exchange } = context;
  const now = context.now();
  const day = market.candles(
    symbol,
    market.finestTimeframe(symbol),
    { startTime: now - DAY_MS, limit: 90_000 },
    now,
  );
  const sum = (of: (candle: (typeof day)[number]) => number): number =>
    day.reduce((total, candle) => total + of(candle), 0);
  const last = formatDecimal(exchange.lastPrice(symbol));
  const open = day[0]?.open ?? Number(last);
  const { symbol: _, ...best } = bookTicker(symbol, context);
  const volume = sum((candle) => candle.volume);
  const quoteVolume = sum((candle) => candle.quoteVolume);
  return {
    symbol,
    priceChange: (Number(last) - open).toFixed(8),
    priceChangePercent: ((Number(last) / open - 1) * 100).toFixed(3),
    weightedAvgPrice: (volume === 0 ? 0 : quoteVolume / volume).toFixed(8),
    prevClosePrice: open.toFixed(8),
    lastPrice: last,
    lastQty: '0.00000000',
    ...best,
    openPrice: open.toFixed(8),
    highPrice: Math.max(Number(last), ...extremes(day, 'high')).toFixed(8),
    lowPrice: Math.min(Number(last), ...extremes(day, 'low')).toFixed(8),
    volume: volume.toFixed(8),
    quoteVolume: quoteVolume.toFixed(8),
    openTime: now - DAY_MS,
    closeTime: now,
    firstId: -1,
    lastId: -1,
    count: sum((candle) => candle.count),
  };
}

function extremes(candles: readonly ReplayCandle[], side: 'high' | 'low'): number[] {
  const pick = side === 'high' ? Math.max : Math.min;
  return candles.length === 0
    ? []
    : [candles.reduce((best, candle) => pick(best, candle[side]), candles[0]![side])];
}

/** Both sides of the book as the API prints them. */
export function depthRows(
  { parameters }: ExchangeRequest,
  { exchange }: QuotedContext,
  levels: number,
): { bids: string[][]; asks: string[][] } {
  const { bids, asks } = exchange.depth(symbolOf(parameters, exchange), levels);
  const rows = (side: readonly Level[]): string[][] =>
    side.map(({ price, quantity }) => [formatDecimal(price), formatDecimal(quantity)]);
  return { bids: rows(bids), asks: rows(asks) };
}

/** The latest trades of the market. */
export function trades(
  { parameters }: ExchangeRequest,
  { exchange, market }: QuotedContext,
): Payload[] {
  const limit = limitOf(parameters, 500, ROWS_MAX);
  const rows = market.recentTrades(symbolOf(parameters, exchange), limit);
  return rows.map(({ id, price, quantity, time }) => ({
    id,
    price: formatDecimal(price),
    qty: formatDecimal(quantity),
    quoteQty: ((Number(price) / 1e8) * (Number(quantity) / 1e8)).toFixed(8),
    time,
    isBuyerMaker: false,
    isBestMatch: true,
  }));
}

/** Trades of spot as aggregates; every trade stands alone here: its aggregate has its own id. */
export function aggregateTrades(request: ExchangeRequest, context: QuotedContext): Payload[] {
  return aggregateRows(request, context).map(spotAggregate);
}

/** The same for USD-M, whose rows have other members. */
export function usdmAggregateTrades(request: ExchangeRequest, context: QuotedContext): Payload[] {
  return aggregateRows(request, context).map(usdmAggregate);
}

type MarketTrade = ReturnType<ReplayMarket['recentTrades']>[number];

/** A trade of spot as an aggregate of its own. */
export function spotAggregate({ id, price, quantity, time }: MarketTrade): Payload {
  return {
    a: id,
    p: formatDecimal(price),
    q: formatDecimal(quantity),
    f: id,
    l: id,
    T: time,
    m: false,
    M: true,
  };
}

/** A trade of USD-M as an aggregate of its own; none of it is a retail price improvement. */
export function usdmAggregate(trade: MarketTrade): Payload {
  const { M: _, ...aggregate } = spotAggregate(trade);
  return { ...aggregate, nq: aggregate.q };
}

function aggregateRows(
  { parameters }: ExchangeRequest,
  { exchange, market }: QuotedContext,
): MarketTrade[] {
  const rows = market.recentTrades(symbolOf(parameters, exchange));
  return historyFromId(rows, parameters, { from: 'fromId', id: 'id', spanMsMax: DAY_MS });
}
