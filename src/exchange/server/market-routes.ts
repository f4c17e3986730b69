import { type Decimal, formatDecimal } from '../../domain/index.js';
import { mandatory, type Payload, type RawParameters, refusals } from '../simulated/index.js';
import { type PrintedBook, printedBook } from './depth-ledger.js';
import { klineRow, parseInterval, type ReplayMarket } from './replay-market.js';
import {
  type ExchangeRequest,
  historyFromId,
  limitOf,
  type MarketContext,
  optionalTime,
  symbolOf,
} from './route.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
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

export type QuotedContext = MarketContext<QuotedExchange>;

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
    if (!context.market.hasInterval(symbol, interval)) throw refusals.invalidInterval();
    const limit = limitOf(parameters, 500, rowsMax + 1);
    if (isStrict && limit > rowsMax) throw refusals.invalidParameter('limit');
    const query = {
      limit: Math.min(limit, rowsMax),
      startTime: optionalTime(parameters, 'startTime'),
      endTime: optionalTime(parameters, 'endTime'),
      offsetMs: isStrict ? 0 : timeZoneMs(parameters),
    };
    return context.market.candles(symbol, interval, query, context.now()).map(klineRow);
  };
}

const TIME_ZONE = /^([+-]?)([0-9]{1,2})(?::([0-9]{2}))?$/;
const TIME_ZONE_HOURS = { min: -12, max: 14 };

/** How far the days of a request begin before those of UTC, ms: `timeZone` as `8`, `-1:00` or `05:45`. */
export function timeZoneMs({ timeZone }: RawParameters): number {
  if (timeZone === undefined) return 0;
  if (timeZone === '') throw refusals.empty('timeZone');
  const [, sign, hours, minutes = '0'] = TIME_ZONE.exec(timeZone) ?? [];
  const size = Number(hours) + Number(minutes) / 60;
  const value = sign === '-' ? -size : size;
  const isKnown = Number(minutes) < 60 && value >= TIME_ZONE_HOURS.min;
  if (!isKnown || value > TIME_ZONE_HOURS.max) throw refusals.invalidParameter('timeZone');
  return value * HOUR_MS;
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

/** Both sides of the book as the API prints them, and the id by which changes follow it. */
export function depthSnapshot(
  { parameters }: ExchangeRequest,
  { exchange, ledgers, now }: QuotedContext,
  levels: number,
): PrintedBook & { readonly lastUpdateId: number } {
  const symbol = symbolOf(parameters, exchange);
  const book = printedBook(exchange.depth(symbol, levels));
  return { lastUpdateId: ledgers?.snapshot(symbol, book) ?? now(), ...book };
}

/** The latest trades of the market. */
export function trades(
  { parameters }: ExchangeRequest,
  { exchange, market }: QuotedContext,
): Payload[] {
  const limit = limitOf(parameters, 500, ROWS_MAX);
  return tradeRows(market.recentTrades(symbolOf(parameters, exchange), limit));
}

/** Trades of the market from an id on, as far as they are kept. */
export function historicalTrades(
  { parameters }: ExchangeRequest,
  { exchange, market }: QuotedContext,
): Payload[] {
  const rows = market.recentTrades(symbolOf(parameters, exchange));
  const rule = { from: 'fromId', id: 'id', spanMsMax: Number.POSITIVE_INFINITY } as const;
  return tradeRows(historyFromId(rows, parameters, rule));
}

function tradeRows(rows: readonly MarketTrade[]): Payload[] {
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
