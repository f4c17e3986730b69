import type { Payload, PricePoint } from '../simulated/index.js';
import { answerControlFrame } from './control-frames.js';
import type { FaultBox } from './faults.js';
import { FrameFaults } from './frame-faults.js';
import {
  intervalOpenTime,
  type KlineInterval,
  parseInterval,
  type ReplayCandle,
  type ReplayMarket,
} from './replay-market.js';
import type { SocketConnection } from './socket-connection.js';
import { type FrameMakers, LIST_STREAMS } from './stream-frames.js';
import { jsonIn } from './time-unit.js';

/** What the streams of a market need of it. */
export interface StreamSource {
  readonly market: ReplayMarket;
  readonly faults: FaultBox;
  /** Exchange time, ms UTC. */
  readonly now: () => number;
  readonly frames: FrameMakers;
  /** Messages that a client may send. */
  readonly messagesPerSecondMax: number;
  /** Whether a connection of this path receives a stream; else it stays silent. */
  readonly isRouted: (path: string, stream: string) => boolean;
}

interface Subscriber {
  readonly path: string;
  readonly connection: SocketConnection;
  readonly streams: Set<string>;
  isCombined: boolean;
}

/** The market streams: subscriptions by stream name, frames when the market moves. */
export class MarketStreams {
  readonly #context: StreamSource;
  readonly #frameFaults: FrameFaults;
  readonly #subscribers = new Set<Subscriber>();
  readonly #byStream = new Map<string, Set<Subscriber>>();
  /** Intervals that somebody follows, by symbol. */
  readonly #intervals = new Map<string, Set<KlineInterval>>();

  constructor(context: StreamSource) {
    this.#context = context;
    this.#frameFaults = new FrameFaults(context.faults);
  }

  /** Whether somebody listens. */
  get hasSubscribers(): boolean {
    return this.#byStream.size > 0;
  }

  get connections(): SocketConnection[] {
    return [...this.#subscribers].map(({ connection }) => connection);
  }

  /** Every stream with a subscriber. */
  get streams(): string[] {
    return [...this.#byStream.keys()];
  }

  /**
   * Takes over a socket.
   *
   * @param connection - The socket.
   * @param url - Path and query: `/ws/<stream>…` or `/stream?streams=<stream>/…`, on USD-M after `/public` or `/market`.
   */
  attach(connection: SocketConnection, url: URL): void {
    const path = url.pathname.replace(/^\/(public|market)(?=\/)/, '');
    const isCombined = path.startsWith('/stream');
    const names = isCombined
      ? (url.searchParams.get('streams') ?? '').split('/')
      : path.replace(/^\/ws\/?/, '').split('/');
    const subscriber: Subscriber = {
      path: url.pathname,
      connection,
      streams: new Set(),
      isCombined,
    };
    this.#subscribers.add(subscriber);
    for (const name of names)
      if (name !== '') this.#subscribe(subscriber, decodeURIComponent(name));
    const { socket } = connection;
    socket.on('message', (data: Buffer) => this.#receive(subscriber, data.toString()));
    socket.on('close', () => this.#detach(subscriber));
  }

  /** Tells everyone that the server goes away. */
  announceShutdown(): void {
    const event = { e: 'serverShutdown', E: this.#context.now() };
    for (const { connection, isCombined } of this.#subscribers) {
      connection.send(
        JSON.stringify(isCombined ? { stream: '!serverShutdown', data: event } : event),
      );
    }
  }

  /** Sends what a new price changes: forming candles, trade, best prices, statistics. */
  publishPrice(symbol: string, point: PricePoint): void {
    const name = symbol.toLowerCase();
    const time = this.#context.now();
    for (const interval of this.#intervals.get(symbol) ?? []) {
      this.#publishForming(symbol, interval, time);
    }
    const { frames } = this.#context;
    for (const [kind, frame] of Object.entries(frames)) {
      const stream = `${name}@${kind}`;
      if (!this.#byStream.has(stream)) continue;
      const data = frame(symbol, point, time);
      if (data !== undefined) this.#publish(stream, data);
    }
    for (const [stream, kind] of Object.entries(LIST_STREAMS)) {
      if (!this.#byStream.has(stream)) continue;
      const data = frames[kind]?.(symbol, point, time);
      if (data !== undefined) this.#publish(stream, stream.endsWith('Ticker') ? data : [data]);
    }
  }

  /** Sends the candles that ended at an instant. */
  publishClosed(boundaryTime: number): void {
    const { market, faults } = this.#context;
    for (const [symbol, intervals] of this.#intervals) {
      for (const interval of intervals) {
        if (intervalOpenTime(boundaryTime, interval) !== boundaryTime) continue;
        const openTime = intervalOpenTime(boundaryTime - 1, interval);
        const candle = market.candleAt(symbol, interval, openTime, boundaryTime);
        if (candle === undefined || candle.closeTime >= boundaryTime) continue;
        const stream = `${symbol.toLowerCase()}@kline_${interval}`;
        if (faults.strike('closed-candle-lost', stream, boundaryTime)) continue;
        const isWrong = faults.strike('closed-candle-wrong', stream, boundaryTime) !== undefined;
        const shown = isWrong ? { ...candle, close: candle.open } : candle;
        const frame = klineEvent(symbol, interval, shown, boundaryTime, true);
        this.#publish(stream, frame);
        if (faults.strike('closed-candle-twice', stream, boundaryTime))
          this.#publish(stream, frame);
      }
    }
  }

  #publishForming(symbol: string, interval: KlineInterval, time: number): void {
    const [candle] = this.#context.market.candles(symbol, interval, { limit: 1 }, time);
    if (candle === undefined || candle.closeTime < time) return;
    const stream = `${symbol.toLowerCase()}@kline_${interval}`;
    this.#publish(stream, klineEvent(symbol, interval, candle, time, false));
  }

  #publish(stream: string, data: unknown): void {
    const subscribers = this.#byStream.get(stream);
    if (subscribers === undefined) return;
    const { faults } = this.#context;
    const time = this.#context.now();
    if (!faults.isEmpty && faults.strike('stream-silent', stream, time)) return;
    if (faults.isEmpty) {
      this.#send(stream, data, subscribers);
      return;
    }
    const { frames, after } = this.#frameFaults.spoil(stream, data, time);
    for (const frame of frames) this.#send(stream, frame, subscribers);
    for (const follow of after) {
      const message = follow(jsonIn('ms', frames.at(-1)));
      for (const { connection } of subscribers) connection.send(message);
    }
  }

  #send(stream: string, data: unknown, subscribers: Iterable<Subscriber>): void {
    const text = jsonIn('ms', data);
    for (const { connection, isCombined } of subscribers) {
      const own = connection.timeUnit === 'ms' ? text : jsonIn('us', data);
      connection.send(isCombined ? `{"stream":${JSON.stringify(stream)},"data":${own}}` : own);
    }
  }

  #receive(subscriber: Subscriber, text: string): void {
    const { connection } = subscriber;
    if (!connection.countMessage(this.#context.messagesPerSecondMax)) {
      connection.socket.close(1008, 'Too many requests');
      return;
    }
    const answer = answerControlFrame(text, {
      names: subscriber.streams,
      get isCombined() {
        return subscriber.isCombined;
      },
      set isCombined(value) {
        subscriber.isCombined = value;
      },
      add: (name) => this.#subscribe(subscriber, name),
      remove: (name) => this.#unsubscribe(subscriber, name),
    });
    if (answer === undefined) connection.socket.close(1008, 'Too many streams');
    else connection.send(JSON.stringify(answer));
  }

  #subscribe(subscriber: Subscriber, stream: string): void {
    subscriber.streams.add(stream);
    if (!this.#context.isRouted(subscriber.path, stream)) return;
    const subscribers = this.#byStream.get(stream) ?? new Set();
    subscribers.add(subscriber);
    this.#byStream.set(stream, subscribers);
    const kline = klineStream(stream);
    if (kline === undefined || !this.#context.market.has(kline.symbol)) return;
    const intervals = this.#intervals.get(kline.symbol) ?? new Set();
    intervals.add(kline.interval);
    this.#intervals.set(kline.symbol, intervals);
  }

  #unsubscribe(subscriber: Subscriber, stream: string): void {
    subscriber.streams.delete(stream);
    const subscribers = this.#byStream.get(stream);
    subscribers?.delete(subscriber);
    if (subscribers === undefined || subscribers.size > 0) return;
    this.#byStream.delete(stream);
    const kline = klineStream(stream);
    if (kline !== undefined) this.#intervals.get(kline.symbol)?.delete(kline.interval);
  }

  #detach(subscriber: Subscriber): void {
    for (const stream of [...subscriber.streams]) this.#unsubscribe(subscriber, stream);
    this.#subscribers.delete(subscriber);
  }
}

function klineStream(stream: string): { symbol: string; interval: KlineInterval } | undefined {
  const [name = '', type = ''] = stream.split('@');
  if (!type.startsWith('kline_') || name !== name.toLowerCase()) return undefined;
  const interval = parseInterval(type.slice('kline_'.length));
  return interval === undefined ? undefined : { symbol: name.toUpperCase(), interval };
}

function klineEvent(
  symbol: string,
  interval: KlineInterval,
  candle: ReplayCandle,
  time: number,
  isClosed: boolean,
): Payload {
  const hasTrades = candle.count > 0;
  return {
    e: 'kline',
    E: time,
    s: symbol,
    k: {
      t: candle.openTime,
      T: candle.closeTime,
      s: symbol,
      i: interval,
      f: hasTrades ? candle.openTime : -1,
      L: hasTrades ? candle.openTime + candle.count - 1 : -1,
      o: candle.open.toFixed(8),
      c: candle.close.toFixed(8),
      h: candle.high.toFixed(8),
      l: candle.low.toFixed(8),
      v: candle.volume.toFixed(8),
      n: candle.count,
      x: isClosed,
      q: candle.quoteVolume.toFixed(8),
      V: (candle.volume / 2).toFixed(8),
      Q: (candle.quoteVolume / 2).toFixed(8),
      B: '0',
    },
  };
}

/** Breaks the numbers of a frame the way broken feeds do. */
