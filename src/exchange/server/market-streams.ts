import type { PricePoint } from '../simulated/index.js';
import { answerControlFrame, refusedStream } from './control-frames.js';
import type { FaultBox } from './faults.js';
import { FrameFaults } from './frame-faults.js';
import { klineEvent } from './kline-frames.js';
import { intervalOpenTime, type ReplayMarket } from './replay-market.js';
import type { KlineStream, ServedStream, StreamCatalogue } from './served-stream.js';
import type { SocketConnection } from './socket-connection.js';
import { jsonIn } from './time-unit.js';
import type { UnservedReport } from './unserved-report.js';

/** What the streams of a market need of it. */
export interface StreamSource {
  readonly market: ReplayMarket;
  readonly faults: FaultBox;
  /** Exchange time, ms UTC. */
  readonly now: () => number;
  readonly catalogue: StreamCatalogue;
  readonly unserved: UnservedReport;
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
  /** Streams that somebody follows, by symbol; `undefined` for those of all symbols. */
  readonly #bySymbol = new Map<string | undefined, Map<string, ServedStream>>();

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
    for (const stream of names.map(decodedName).filter((text) => /[@!]/.test(text))) {
      // What is no name of a stream is a path that a client makes up to have a connection of its own: `/ws/0`.
      if (this.#isServed(subscriber, stream)) this.#subscribe(subscriber, stream);
      else connection.send(JSON.stringify(refusedStream(stream)));
    }
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

  /** Sends what a new price changes: forming candles, then trade, best prices, statistics, books. */
  publishPrice(symbol: string, point: PricePoint): void {
    const time = this.#context.now();
    const streams = [...this.#streamsOf(symbol), ...this.#streamsOf(undefined)];
    for (const [name, { content }] of streams) {
      if (typeof content === 'object') this.#publishForming(name, symbol, content, time);
    }
    for (const [name, { content }] of streams) {
      if (typeof content !== 'function') continue;
      const data = content(symbol, point, time);
      if (data !== undefined) this.#publish(name, data);
    }
  }

  /** Sends something that happened to those who follow it. */
  publishEvent(stream: string, data: unknown): void {
    if (this.#byStream.has(stream)) this.#publish(stream, data);
  }

  /** Sends the candles that ended at an instant. */
  publishClosed(boundaryTime: number): void {
    for (const streams of this.#bySymbol.values()) {
      for (const [name, { symbol, content }] of streams) {
        if (typeof content === 'object' && symbol !== undefined) {
          this.#publishEnded(name, symbol, content, boundaryTime);
        }
      }
    }
  }

  #publishEnded(stream: string, symbol: string, kline: KlineStream, boundaryTime: number): void {
    const { market, faults } = this.#context;
    const { interval, offsetMs } = kline;
    const openOf = (time: number): number => intervalOpenTime(time + offsetMs, interval) - offsetMs;
    if (openOf(boundaryTime) !== boundaryTime) return;
    const openTime = openOf(boundaryTime - 1);
    const candle = market.candleAt(symbol, interval, openTime, boundaryTime, offsetMs);
    if (candle === undefined || candle.closeTime >= boundaryTime) return;
    if (faults.strike('closed-candle-lost', stream, boundaryTime)) return;
    const isWrong = faults.strike('closed-candle-wrong', stream, boundaryTime) !== undefined;
    const shown = isWrong ? { ...candle, close: candle.open } : candle;
    const frame = klineEvent(kline, symbol, shown, this.#context.now(), true);
    this.#publish(stream, frame);
    if (faults.strike('closed-candle-twice', stream, boundaryTime)) this.#publish(stream, frame);
  }

  #publishForming(stream: string, symbol: string, kline: KlineStream, time: number): void {
    const query = { limit: 1, offsetMs: kline.offsetMs };
    const [candle] = this.#context.market.candles(symbol, kline.interval, query, time);
    if (candle === undefined || candle.closeTime < time) return;
    this.#publish(stream, klineEvent(kline, symbol, candle, time, false));
  }

  #streamsOf(symbol: string | undefined): Iterable<[string, ServedStream]> {
    return this.#bySymbol.get(symbol) ?? [];
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
      isServed: (name) => this.#isServed(subscriber, name),
      add: (name) => this.#subscribe(subscriber, name),
      remove: (name) => this.#unsubscribe(subscriber, name),
    });
    if (answer === undefined) connection.socket.close(1008, 'Too many streams');
    else connection.send(JSON.stringify(answer));
  }

  /** Whether a stream is served; where not, it is reported, as what is accepted and stays silent is. */
  #isServed({ path }: Subscriber, stream: string): boolean {
    const { unserved, isRouted, market } = this.#context;
    const symbol = symbolIn(stream);
    if (symbol !== undefined && !market.has(symbol)) {
      // As on Binance: accepted, whatever the symbol.
      unserved.report(`symbol ${symbol} (stream ${stream} sends nothing)`);
      return true;
    }
    const served = this.#byStream.has(stream) || this.#served(stream) !== undefined;
    if (!served) unserved.report(`stream ${stream}`);
    else if (!isRouted(path, stream)) {
      unserved.report(`stream ${stream} at ${path}, where it sends nothing, as on Binance`);
    }
    return served;
  }

  #served(stream: string): ServedStream | undefined {
    const served = this.#context.catalogue(stream);
    // Only asked whether it is there.
    served?.close?.();
    return served;
  }

  #subscribe(subscriber: Subscriber, stream: string): void {
    subscriber.streams.add(stream);
    if (!this.#context.isRouted(subscriber.path, stream)) return;
    const subscribers = this.#byStream.get(stream);
    if (subscribers !== undefined) {
      subscribers.add(subscriber);
      return;
    }
    const served = this.#context.catalogue(stream);
    if (served === undefined) return;
    this.#byStream.set(stream, new Set([subscriber]));
    const own = [...this.#streamsOf(served.symbol), [stream, served] as const];
    own.sort(([a], [b]) => rankOf(a) - rankOf(b));
    this.#bySymbol.set(served.symbol, new Map(own));
  }

  #unsubscribe(subscriber: Subscriber, stream: string): void {
    subscriber.streams.delete(stream);
    const subscribers = this.#byStream.get(stream);
    subscribers?.delete(subscriber);
    if (subscribers === undefined || subscribers.size > 0) return;
    this.#byStream.delete(stream);
    for (const streams of this.#bySymbol.values()) {
      streams.get(stream)?.close?.();
      streams.delete(stream);
    }
  }

  #detach(subscriber: Subscriber): void {
    for (const stream of [...subscriber.streams]) this.#unsubscribe(subscriber, stream);
    this.#subscribers.delete(subscriber);
  }
}

/** A trade is told before what it changes. */
function rankOf(stream: string): number {
  return stream.endsWith('@trade') ? 0 : stream.endsWith('@aggTrade') ? 1 : 2;
}

/** The symbol that a stream's name begins with. */
function symbolIn(stream: string): string | undefined {
  const [name = ''] = stream.replace(/_perpetual@/, '@').split('@');
  const isSymbol = /^[^!@]+@/.test(stream) && name === name.toLowerCase();
  return isSymbol ? name.toUpperCase() : undefined;
}

function decodedName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
