import { timeframeMs } from '../../domain/index.js';
import {
  type CandleSource,
  type CandleSubscription,
  type Clock,
  type ExchangeCandle,
  type FeedRequest,
  type MarketEvent,
  type MarketFeed,
  monotonicTime,
} from '../ports/index.js';
import { candleDefect } from './candle-rows.js';
import { parseExactJson } from './http-client.js';
import { candleFromEvent } from './mapper.js';
import { bookTickerSchema, klineEventSchema } from './schemas.js';
import { type OpenSocket, reconnectDelayMs, type SocketHandle } from './socket.js';
import { markPriceFromEvent } from './usdm-mapper.js';
import { markPriceEventSchema } from './usdm-schemas.js';

export interface MarketStreamOptions {
  /** For example `wss://stream.binance.com:9443`. */
  readonly url: string;
  readonly clock: Clock;
  /** Clock of the exchange, ms UTC. */
  readonly exchangeNow: () => number;
  /** Fetches what the stream did not deliver. */
  readonly candles: CandleSource;
  readonly openSocket: OpenSocket;
  /** Age of the newest data of a symbol from which on it is stale; default 10,000 ms (frames come every 2 s). */
  readonly staleMs?: number;
  /** How long after its end a candle is fetched if no frame closed it; default 2,500 ms. */
  readonly graceMs?: number;
  readonly onMalformed?: (frame: string) => void;
}

const STALE_MS = 10_000;
const GRACE_MS = 2_500;
const RETRY_MS = 2_000;
const BACKFILL_PAGES_MAX = 100;
const HOLE_CHECKS_MAX = 1;

/** One followed series: what was delivered last, and what is under way. */
interface Followed extends CandleSubscription {
  /** Open time of the last candle delivered; `undefined` until the first closed one is seen. */
  lastOpenTime: number | undefined;
  isFilling: boolean;
  holeChecks: number;
  /** The stream closed this candle while older ones were still being fetched. */
  pending: Map<number, ExchangeCandle>;
}

/**
 * Follows closed candles over Binance's streams. Each comes once and in order: what a stream lost, at a reconnect or
 * at any other time, is fetched by REST before anything later is delivered.
 *
 * @param options - Address, clock, candle source and sockets.
 */
export function marketFeed(options: MarketStreamOptions): MarketFeed {
  return {
    subscribe: (request, listener) => {
      const session = new FeedSession(options, request, listener);
      session.start();
      return () => session.stop();
    },
  };
}

/**
 * Follows USD-M over its routed streams: candles and mark prices come over one connection, best prices over another.
 *
 * @param options - Address without class, clock, candle source and sockets.
 */
export function usdmMarketFeed(options: MarketStreamOptions): MarketFeed {
  const feed = (path: string): MarketFeed => marketFeed({ ...options, url: options.url + path });
  return {
    subscribe: ({ candles, prices = [], markPrices = [] }, listener) => {
      const stops = [
        ...(candles.length + markPrices.length > 0
          ? [feed('/market').subscribe({ candles, markPrices }, listener)]
          : []),
        ...(prices.length > 0
          ? [feed('/public').subscribe({ candles: [], prices }, listener)]
          : []),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

class FeedSession {
  readonly #options: MarketStreamOptions;
  readonly #listener: (event: MarketEvent) => void;
  readonly #followed = new Map<string, Followed>();
  readonly #streams: readonly string[];
  /** Monotonic times, ms. */
  readonly #lastData = new Map<string, number>();
  readonly #stale = new Set<string>();
  #socket: SocketHandle | undefined;
  #connection = 0;
  #failures = 0;
  #isStopped = false;
  /** When a silent connection was last given up, monotonic. */
  #lastReset = Number.NEGATIVE_INFINITY;

  constructor(
    options: MarketStreamOptions,
    request: FeedRequest,
    listener: (event: MarketEvent) => void,
  ) {
    this.#options = options;
    this.#listener = listener;
    for (const { symbol, timeframe, lastOpenTime } of request.candles) {
      this.#followed.set(`${symbol} ${timeframe}`, {
        symbol,
        timeframe,
        lastOpenTime,
        isFilling: false,
        holeChecks: 0,
        pending: new Map(),
      });
    }
    this.#streams = [
      ...request.candles.map((one) => `${one.symbol.toLowerCase()}@kline_${one.timeframe}`),
      ...(request.prices ?? []).map((symbol) => `${symbol.toLowerCase()}@bookTicker`),
      ...(request.markPrices ?? []).map((symbol) => `${symbol.toLowerCase()}@markPrice@1s`),
    ];
    const now = monotonicTime(options.clock);
    const watched = request.candles.map(({ symbol }) => symbol);
    const other = [...(request.prices ?? []), ...(request.markPrices ?? [])];
    for (const symbol of watched.length > 0 ? watched : other) this.#lastData.set(symbol, now);
  }

  start(): void {
    this.#connect();
    this.#watch();
    for (const followed of this.#followed.values()) this.#awaitClose(followed);
  }

  stop(): void {
    this.#isStopped = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    const { clock, url, openSocket } = this.#options;
    const connection = ++this.#connection;
    const names = this.#streams.map(encodeURIComponent).join('/').replaceAll('%40', '@');
    this.#socket = openSocket(`${url}/stream?streams=${names}`, {
      onOpen: () => {
        this.#listener({ type: 'connected', time: clock.now() });
        // Whatever was missed while there was no connection comes first.
        for (const followed of this.#followed.values()) void this.#fill(followed);
      },
      onPing: () => {},
      onMessage: (text) => {
        if (!this.#isStopped && connection === this.#connection) this.#receive(text);
      },
      onClose: (reason) => {
        if (connection === this.#connection) this.#reconnect(reason);
      },
    });
  }

  #reconnect(reason: string): void {
    if (this.#isStopped) return;
    const { clock } = this.#options;
    this.#connection++;
    this.#socket?.terminate();
    this.#listener({ type: 'disconnected', time: clock.now(), reason });
    clock.after(reconnectDelayMs(this.#failures++), () => {
      if (!this.#isStopped) this.#connect();
    });
  }

  #receive(text: string): void {
    const frame = parseExactJson(text) as { data?: unknown } | undefined;
    const data = frame?.data as { e?: unknown } | undefined;
    if (data?.e === 'serverShutdown') {
      this.#reconnect('serverShutdown');
      return;
    }
    if (data?.e === 'kline') this.#receiveKline(data, text);
    else if (data?.e === 'markPriceUpdate') this.#receiveMarkPrice(data, text);
    else this.#receivePrice(data, text);
  }

  #receiveKline(data: unknown, text: string): void {
    const event = klineEventSchema.safeParse(data);
    const candle = event.success ? candleFromEvent(event.data) : undefined;
    const followed = event.success
      ? this.#followed.get(`${event.data.s} ${event.data.k.i}`)
      : undefined;
    const isMalformed =
      candle === undefined || followed === undefined || candleDefect(candle) !== undefined;
    if (isMalformed || !event.success || !this.#isPlausible(followed, candle)) {
      this.#options.onMalformed?.(text.slice(0, 1_000));
      return;
    }
    this.#noteNews(followed.symbol);
    const { symbol, timeframe } = followed;
    const { E: time, k } = event.data;
    if (!k.x) this.#listener({ type: 'forming', time, symbol, timeframe, candle });
    else this.#close(followed, candle);
  }

  /** On the grid, of the right length, and not from the future. */
  #isPlausible({ timeframe }: Followed, candle: ExchangeCandle): boolean {
    const length = timeframeMs(timeframe);
    return (
      candle.closeTime === candle.openTime + length - 1 &&
      candle.openTime <= this.#options.exchangeNow() + length
    );
  }

  #receivePrice(data: unknown, text: string): void {
    const price = bookTickerSchema.safeParse(data);
    if (!price.success || price.data.b <= 0n || price.data.a < price.data.b) {
      this.#options.onMalformed?.(text.slice(0, 1_000));
      return;
    }
    const { s: symbol, b: bidPrice, a: askPrice } = price.data;
    this.#noteNews(symbol);
    const time = this.#options.exchangeNow();
    this.#listener({ type: 'price', time, symbol, bidPrice, askPrice });
  }

  #receiveMarkPrice(data: unknown, text: string): void {
    const event = markPriceEventSchema.safeParse(data);
    if (!event.success || event.data.p <= 0n) {
      this.#options.onMalformed?.(text.slice(0, 1_000));
      return;
    }
    const markPrice = markPriceFromEvent(event.data);
    this.#noteNews(markPrice.symbol);
    this.#listener({ type: 'mark-price', ...markPrice });
  }

  #noteNews(symbol: string): void {
    this.#failures = 0;
    this.#lastData.set(symbol, monotonicTime(this.#options.clock));
    if (!this.#stale.delete(symbol)) return;
    this.#listener({ type: 'fresh', time: this.#options.clock.now(), symbol });
  }

  /** A candle that the stream closed: delivered at once if it is the next one, else after what is missing. */
  #close(followed: Followed, candle: ExchangeCandle): void {
    const { lastOpenTime, timeframe } = followed;
    if (lastOpenTime !== undefined && candle.openTime <= lastOpenTime) return;
    const isNext =
      lastOpenTime === undefined || candle.openTime === lastOpenTime + timeframeMs(timeframe);
    if (isNext && !followed.isFilling && followed.pending.size === 0) {
      this.#deliver(followed, candle, false);
      return;
    }
    followed.pending.set(candle.openTime, candle);
    void this.#fill(followed);
  }

  #deliver(followed: Followed, candle: ExchangeCandle, isBackfilled: boolean): void {
    followed.lastOpenTime = candle.openTime;
    followed.pending.delete(candle.openTime);
    const { symbol, timeframe } = followed;
    const time = this.#options.exchangeNow();
    this.#listener({ type: 'candle', time, symbol, timeframe, candle, isBackfilled });
    this.#awaitClose(followed);
  }

  /** Fetches every closed candle after the last delivered one, until there are no more. */
  async #fill(followed: Followed): Promise<void> {
    if (followed.isFilling || followed.lastOpenTime === undefined || this.#isStopped) return;
    followed.isFilling = true;
    const { candles: source, clock } = this.#options;
    const { symbol, timeframe } = followed;
    try {
      for (let page = 0; page < BACKFILL_PAGES_MAX; page++) {
        const startTime: number = followed.lastOpenTime + timeframeMs(timeframe);
        // Its own clock, and before the candles: by an offset of this machine a candle that still forms may seem closed.
        const endTime = await source.serverTime();
        if (this.#isStopped) return;
        if (startTime + timeframeMs(timeframe) > endTime) break;
        const candles = await source.candles({ symbol, timeframe, startTime, endTime });
        if (this.#isStopped) return;
        for (const candle of candles) {
          const isClosed = candle.openTime + timeframeMs(timeframe) <= endTime;
          if (isClosed && candle.openTime > followed.lastOpenTime)
            this.#deliver(followed, candle, true);
        }
        if (candles.length < source.pageCandlesMax) break;
      }
    } catch {
      // Nothing later is delivered before the hole is filled: the next try is made soon.
      clock.after(RETRY_MS, () => void this.#fill(followed));
      return;
    } finally {
      followed.isFilling = false;
    }
    this.#deliverPending(followed);
  }

  #deliverPending(followed: Followed): void {
    const { timeframe, lastOpenTime = 0 } = followed;
    const first = Math.min(...followed.pending.keys());
    const hasHole =
      first > lastOpenTime + timeframeMs(timeframe) && first < Number.POSITIVE_INFINITY;
    // REST may lag behind the stream: a hole is asked for twice before it is taken for an outage.
    if (hasHole && followed.holeChecks++ < HOLE_CHECKS_MAX) {
      this.#options.clock.after(RETRY_MS, () => void this.#fill(followed));
      return;
    }
    followed.holeChecks = 0;
    for (const [openTime, candle] of [...followed.pending].sort(([a], [b]) => a - b)) {
      if (openTime <= (followed.lastOpenTime ?? 0)) followed.pending.delete(openTime);
      else this.#deliver(followed, candle, false);
    }
  }

  /** Fetches a candle whose closing frame did not come in time. */
  #awaitClose(followed: Followed): void {
    const { clock, exchangeNow, graceMs = GRACE_MS } = this.#options;
    const { lastOpenTime } = followed;
    if (lastOpenTime === undefined) return;
    const dueTime = lastOpenTime + 2 * timeframeMs(followed.timeframe) + graceMs;
    clock.after(Math.max(graceMs, dueTime - exchangeNow()), () => {
      if (this.#isStopped || followed.lastOpenTime !== lastOpenTime) return;
      void this.#fill(followed).then(() => {
        if (followed.lastOpenTime === lastOpenTime) this.#awaitClose(followed);
      });
    });
  }

  /** Looks at the age of the data: a connection that lives but says nothing is dead. */
  #watch(): void {
    const { clock, staleMs = STALE_MS } = this.#options;
    clock.after(Math.max(1, Math.floor(staleMs / 4)), () => {
      if (this.#isStopped) return;
      const now = monotonicTime(clock);
      let silent = 0;
      for (const [symbol, time] of this.#lastData) {
        if (now - time < staleMs) continue;
        silent++;
        if (this.#stale.has(symbol)) continue;
        this.#stale.add(symbol);
        this.#listener({ type: 'stale', time: clock.now(), symbol });
      }
      const isDead = silent > 0 && silent === this.#lastData.size;
      const lastTry = Math.max(...this.#lastData.values());
      if (isDead && now - Math.max(lastTry, this.#lastReset) >= staleMs) {
        this.#lastReset = now;
        this.#reconnect(`no data for ${staleMs} ms`);
      }
      this.#watch();
    });
  }
}
