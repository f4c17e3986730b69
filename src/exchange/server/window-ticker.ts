import { formatDecimal } from '../../domain/index.js';
import { mandatory, type Payload, type RawParameters, refusals } from '../simulated/index.js';
import {
  bookTicker,
  eachSymbol,
  type QuotedContext,
  symbolList,
  timeZoneMs,
} from './market-routes.js';
import type { ExchangeRequest } from './route.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** More than the seconds of a day. */
const CANDLES_MAX = 90_000;

/** What a market did in a window of time, in numbers; prices in quote per base. */
interface WindowStatistics {
  readonly openTime: number;
  readonly closeTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly last: string;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly count: number;
}

/** Statistics of a symbol from an instant on, by candles of the finest kind that lie in it. */
function statisticsSince(
  symbol: string,
  openTime: number,
  { market, exchange, now }: QuotedContext,
): WindowStatistics {
  const closeTime = now();
  const query = { startTime: openTime, limit: CANDLES_MAX };
  const candles = market.candles(symbol, market.finestTimeframe(symbol), query, closeTime);
  const last = formatDecimal(exchange.lastPrice(symbol));
  let [high, low] = [Number(last), Number(last)];
  let [volume, quoteVolume, count] = [0, 0, 0];
  for (const candle of candles) {
    high = Math.max(high, candle.high);
    low = Math.min(low, candle.low);
    volume += candle.volume;
    quoteVolume += candle.quoteVolume;
    count += candle.count;
  }
  const open = candles[0]?.open ?? Number(last);
  return { openTime, closeTime, open, high, low, last, volume, quoteVolume, count };
}

/** Returns the 24-hour statistics of a symbol. */
export function dayTicker(symbol: string, context: QuotedContext): Payload {
  const statistics = statisticsSince(symbol, context.now() - DAY_MS, context);
  const { symbol: _, ...best } = bookTicker(symbol, context);
  const { priceChange, priceChangePercent, weightedAvgPrice, lastPrice, ...rest } = fullRow(
    symbol,
    statistics,
  );
  return {
    symbol,
    priceChange,
    priceChangePercent,
    weightedAvgPrice,
    prevClosePrice: statistics.open.toFixed(8),
    lastPrice,
    lastQty: lastQuantity(symbol, context),
    ...best,
    ...rest,
  };
}

/** Statistics of a symbol from an instant on, as the API prints them. */
export function statisticsRow(symbol: string, openTime: number, context: QuotedContext): Payload {
  return fullRow(symbol, statisticsSince(symbol, openTime, context));
}

/** The same on USD-M, whose rows say nothing of the book: clients tell the markets apart by that. */
export function usdmDayTicker(symbol: string, context: QuotedContext): Payload {
  const { prevClosePrice: _p, bidPrice: _b, bidQty: _bq, ...row } = dayTicker(symbol, context);
  const { askPrice: _a, askQty: _aq, ...statistics } = row;
  return statistics;
}

/** `GET /ticker`: statistics of the last minutes, hours or days. */
export function rollingTicker(
  request: ExchangeRequest,
  context: QuotedContext,
): Payload | Payload[] {
  const windowMs = windowOf(request.parameters);
  // The window begins with a minute, so it is up to a minute longer than it says.
  const openTime = Math.floor((context.now() - windowMs) / MINUTE_MS) * MINUTE_MS;
  return tickerRows(request, context, openTime);
}

/** `GET /ticker/tradingDay`: statistics since the day began in a time zone. */
export function tradingDayTicker(
  request: ExchangeRequest,
  context: QuotedContext,
): Payload | Payload[] {
  const offsetMs = timeZoneMs(request.parameters);
  const openTime = Math.floor((context.now() + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
  return tickerRows(request, context, openTime);
}

/** Requests for a ticker pay for every symbol that they name. */
export function windowTickerWeight({ symbols }: RawParameters): number {
  return 4 * Math.min(50, symbols?.split(',').length ?? 1);
}

function tickerRows(
  request: ExchangeRequest,
  context: QuotedContext,
  openTime: number,
): Payload | Payload[] {
  const { symbol, symbols, type = 'FULL' } = request.parameters;
  if (type !== 'FULL' && type !== 'MINI') throw refusals.invalidParameter('type');
  // Unlike the other tickers these do not answer for all symbols.
  if (symbol === undefined) symbolList(mandatory({ symbols: symbols ?? '' }, 'symbols'));
  const row = type === 'FULL' ? fullRow : miniRow;
  return eachSymbol((name, around: QuotedContext) =>
    row(name, statisticsSince(name, openTime, around)),
  )(request, context);
}

function fullRow(symbol: string, statistics: WindowStatistics): Payload {
  const { open, volume, quoteVolume } = statistics;
  const last = Number(statistics.last);
  const { symbol: name, ...mini } = miniRow(symbol, statistics);
  return {
    symbol: name,
    priceChange: (last - open).toFixed(8),
    priceChangePercent: ((last / open - 1) * 100).toFixed(3),
    weightedAvgPrice: (volume === 0 ? 0 : quoteVolume / volume).toFixed(8),
    ...mini,
  };
}

function miniRow(symbol: string, statistics: WindowStatistics): Payload {
  const { openTime, closeTime, open, high, low, last, volume, quoteVolume, count } = statistics;
  return {
    symbol,
    openPrice: open.toFixed(8),
    highPrice: high.toFixed(8),
    lowPrice: low.toFixed(8),
    lastPrice: last,
    volume: volume.toFixed(8),
    quoteVolume: quoteVolume.toFixed(8),
    openTime,
    closeTime,
    firstId: -1,
    lastId: -1,
    count,
  };
}

function lastQuantity(symbol: string, { market }: QuotedContext): string {
  const [trade] = market.recentTrades(symbol, 1);
  return formatDecimal(trade?.quantity ?? 0n);
}

function windowOf({ windowSize = '1d' }: RawParameters): number {
  const [, size = '0', unit = ''] = /^([0-9]{1,2})([mhd])$/.exec(windowSize) ?? [];
  const [unitMs, most] = WINDOW_UNITS[unit] ?? [0, 0];
  if (Number(size) < 1 || Number(size) > most) throw refusals.invalidParameter('windowSize');
  return Number(size) * unitMs;
}

/** Length of a unit, and how many of them a window may have. */
const WINDOW_UNITS: Readonly<Record<string, readonly [number, number]>> = {
  m: [MINUTE_MS, 59],
  h: [HOUR_MS, 23],
  d: [DAY_MS, 7],
};
