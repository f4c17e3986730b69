import { formatDecimal } from '../../domain/index.js';
import type { Payload, PricePoint } from '../simulated/index.js';
import { type DepthLedgers, printedBook } from './depth-ledger.js';
import { klineStream } from './kline-frames.js';
import { bookTicker, spotAggregate, usdmAggregate } from './market-routes.js';
import type { ExchangeContext, UsdmContext } from './route.js';
import type { FrameMaker, ServedStream, StreamCatalogue } from './served-stream.js';
import { dayTicker, statisticsRow } from './window-ticker.js';

type Context = (ExchangeContext | UsdmContext) & { readonly ledgers: DepthLedgers };
type Frames = Readonly<Record<string, FrameMaker>>;

/** The streams of spot. */
export function spotStreams(context: ExchangeContext & { ledgers: DepthLedgers }): StreamCatalogue {
  const { market } = context;
  const frames: Frames = {
    ...commonFrames(context),
    trade: (symbol, point, time) => tradeFrame(context, symbol, point, time, { M: true }),
    aggTrade: (symbol, point, time) => aggregateFrame(context, symbol, point, time, spotAggregate),
    bookTicker: (symbol, _, time) => ({ u: time, s: symbol, ...bestPrices(context, symbol) }),
    ticker: (symbol, _, time) => tickerFrame(context, symbol, time, { hasBook: true }),
    avgPrice: (symbol, _, time) => ({
      e: 'avgPrice',
      E: time,
      s: symbol,
      i: '5m',
      w: formatDecimal(context.exchange.prices(symbol).average),
      T: market.recentTrades(symbol, 1)[0]?.time ?? time,
    }),
    ...Object.fromEntries(
      Object.entries(WINDOWS).map(([window, ms]) => [
        `ticker_${window}`,
        windowFrame(context, window, ms),
      ]),
    ),
  };
  const depth: DepthShape = {
    partial: /^depth(5|10|20)(@1000?ms)?$/,
    changes: /^depth(@1000?ms)?$/,
    levels: (symbol, _, { bids, asks }) => ({
      lastUpdateId: context.ledgers.snapshot(symbol, { bids, asks }),
      bids,
      asks,
    }),
    hasPrevious: false,
  };
  return catalogue(context, { frames, lists: listsOf(frames), depth });
}

/** The streams of USD-M. */
export function usdmStreams(context: UsdmContext & { ledgers: DepthLedgers }): StreamCatalogue {
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
  const frames: Frames = {
    ...commonFrames(context),
    // Not documented, but sent, and followed by many clients.
    trade: (symbol, point, time) =>
      tradeFrame(context, symbol, point, time, { T: point.time, X: 'MARKET' }),
    aggTrade: (symbol, point, time) => aggregateFrame(context, symbol, point, time, usdmAggregate),
    bookTicker: (symbol, _, time) => ({
      e: 'bookTicker',
      u: time,
      E: time,
      T: time,
      s: symbol,
      ...bestPrices(context, symbol),
    }),
    ticker: (symbol, _, time) => tickerFrame(context, symbol, time, { hasBook: false }),
    markPrice,
    'markPrice@1s': markPrice,
  };
  const lists = {
    ...listsOf(frames),
    '!markPrice@arr': listed(markPrice),
    '!markPrice@arr@1s': listed(markPrice),
  };
  const depth: DepthShape = {
    partial: /^depth(5|10|20)(@(100|250|500)ms)?$/,
    changes: /^depth(@(100|250|500)ms)?$/,
    levels: (symbol, time, { bids, asks }) => {
      const id = context.ledgers.snapshot(symbol, { bids, asks });
      const ids = { U: id, u: id, pu: id - 1 };
      return { e: 'depthUpdate', E: time, T: time, s: symbol, ...ids, b: bids, a: asks };
    },
    hasPrevious: true,
  };
  const served = catalogue(context, { frames, lists, depth });
  return (name) => served(name) ?? eventStream(context, name);
}

/** Streams that speak only when something happens. */
function eventStream({ market }: UsdmContext, name: string): ServedStream | undefined {
  if (name === '!forceOrder@arr') return { symbol: undefined, content: 'events' };
  const symbol = symbolOf(name.replace(/@forceOrder$/, ''));
  if (!name.endsWith('@forceOrder') || symbol === undefined || !market.has(symbol)) {
    return undefined;
  }
  return { symbol, content: 'events' };
}

interface DepthShape {
  readonly partial: RegExp;
  readonly changes: RegExp;
  readonly levels: (symbol: string, time: number, book: ReturnType<typeof printedBook>) => Payload;
  /** Whether changes name the change before, and the time of the transaction. */
  readonly hasPrevious: boolean;
}

function catalogue(
  context: Context,
  {
    frames,
    lists,
    depth,
  }: { readonly frames: Frames; readonly lists: Frames; readonly depth: DepthShape },
): StreamCatalogue {
  const { market } = context;
  return (name) => {
    const list = ownValue(lists, name);
    if (list !== undefined) return { symbol: undefined, content: list };
    const kline = klineStream(name, market, { isUsdm: depth.hasPrevious });
    if (kline !== undefined) return kline;
    const at = name.indexOf('@');
    const symbol = symbolOf(name.slice(0, Math.max(0, at)));
    if (symbol === undefined || !market.has(symbol)) return undefined;
    const kind = name.slice(at + 1);
    const frame = ownValue(frames, kind);
    if (frame !== undefined) return { symbol, content: frame };
    const count = depth.partial.exec(kind)?.[1];
    if (count !== undefined) {
      const content: FrameMaker = (_, __, time) =>
        depth.levels(symbol, time, printedBook(context.exchange.depth(symbol, Number(count))));
      return { symbol, content };
    }
    return depth.changes.test(kind) ? depthChanges(context, symbol, depth) : undefined;
  };
}

/** More levels than any book here has. */
const LEVELS_MAX = 1_000;

function depthChanges(
  { exchange, ledgers }: Context,
  symbol: string,
  { hasPrevious }: DepthShape,
): ServedStream {
  const current = (): ReturnType<typeof printedBook> =>
    printedBook(exchange.depth(symbol, LEVELS_MAX));
  const ledger = ledgers.open(symbol, current());
  return {
    symbol,
    close: ledger.close,
    content: (_, __, time) => {
      const change = ledger.change(current());
      if (change === undefined) return undefined;
      const { firstId: U, lastId: u, previousId: pu, bids: b, asks: a } = change;
      const head = { e: 'depthUpdate', E: time };
      return hasPrevious
        ? { ...head, T: time, s: symbol, U, u, pu, b, a }
        : { ...head, s: symbol, U, u, b, a };
    },
  };
}

const HOUR_MS = 3_600_000;
/** Windows of the rolling tickers. */
const WINDOWS = { '1h': HOUR_MS, '4h': 4 * HOUR_MS, '1d': 24 * HOUR_MS } as const;

/** Streams that list every symbol; each price is an entry of its own. */
function listsOf(frames: Frames): Frames {
  const tickers = Object.keys(frames).filter((kind) => /^(mini)?[tT]icker/.test(kind));
  return {
    ...Object.fromEntries(tickers.map((kind) => [`!${kind}@arr`, listed(frames[kind]!)])),
    '!bookTicker': frames.bookTicker!,
  };
}

function listed(frame: FrameMaker): FrameMaker {
  return (symbol, point, time) => {
    const entry = frame(symbol, point, time);
    return entry === undefined ? undefined : [entry];
  };
}

function commonFrames(context: Context): Frames {
  return { miniTicker: (symbol, _, time) => miniTicker(context, symbol, time) };
}

function tradeFrame(
  { market }: Context,
  symbol: string,
  point: PricePoint,
  time: number,
  more: Payload,
): Payload | undefined {
  if (point.quantity === 0n) return undefined;
  return {
    e: 'trade',
    E: time,
    s: symbol,
    t: market.lastTradeId(symbol),
    p: formatDecimal(point.price),
    q: formatDecimal(point.quantity),
    T: point.time,
    m: false,
    ...more,
  };
}

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

function tickerFrame(
  context: Context,
  symbol: string,
  time: number,
  { hasBook }: { readonly hasBook: boolean },
): Payload {
  const ticker = dayTicker(symbol, context);
  const { p, P, w, c, ...window } = windowMembers(ticker);
  const book = hasBook ? { x: ticker.prevClosePrice } : {};
  return {
    e: '24hrTicker',
    E: time,
    s: symbol,
    p,
    P,
    w,
    ...book,
    c,
    Q: ticker.lastQty,
    ...(hasBook ? bestPrices(context, symbol) : {}),
    ...window,
  };
}

function windowFrame(context: Context, window: string, windowMs: number): FrameMaker {
  return (symbol, _, time) => ({
    e: `${window}Ticker`,
    E: time,
    s: symbol,
    ...windowMembers(statisticsRow(symbol, context.now() - windowMs, context)),
  });
}

function windowMembers(row: Payload): Payload {
  return {
    p: row.priceChange,
    P: row.priceChangePercent,
    w: row.weightedAvgPrice,
    c: row.lastPrice,
    o: row.openPrice,
    h: row.highPrice,
    l: row.lowPrice,
    v: row.volume,
    q: row.quoteVolume,
    O: row.openTime,
    C: row.closeTime,
    F: row.firstId,
    L: row.lastId,
    n: row.count,
  };
}

/** Names of streams are in lower case. */
function symbolOf(name: string): string | undefined {
  return name === '' || name !== name.toLowerCase() ? undefined : name.toUpperCase();
}

function ownValue(frames: Frames, name: string): FrameMaker | undefined {
  return Object.hasOwn(frames, name) ? frames[name] : undefined;
}

/**
 * Returns whether a USD-M connection receives a stream: `/public` has books, `/market` everything else; a connection
 * without a class has what `/public` has, and asking it for more is silently accepted.
 *
 * @param path - Path of the connection.
 * @param stream - Name of the stream.
 */
export function isRouted(path: string, stream: string): boolean {
  if (path.startsWith('/private')) return false;
  // Clients look for single trades in either class.
  if (stream.endsWith('@trade')) return true;
  const isPublic = /(^!|@)bookTicker|@depth/.test(stream);
  return path.startsWith('/market') ? !isPublic : isPublic;
}
