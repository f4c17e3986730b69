import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CandleSeries } from '../../candles/index.js';
import { type Decimal, decimalFromNumber, MARKETS, UserError } from '../../domain/index.js';
import type {
  Liquidity,
  Payload,
  PricePoint,
  RawParameters,
  SpotExchangeOptions,
  SpotState,
  UsdmExchangeOptions,
  UsdmState,
} from '../simulated/index.js';
import { Refusal, spotSymbol, usdmSymbol } from '../simulated/index.js';
import { AccessControl, type ExchangeKey } from './access.js';
import { archiveFile } from './archives.js';
import { CONTROL_ROUTES, type ControlActions } from './control.js';
import { FaultBox, type FaultRule } from './faults.js';
import { DEFAULT_LIMITS, type LimitCounter, type RateLimits, USDM_LIMITS } from './limits.js';
import { ReplayMarket, type ReplayStep } from './replay-market.js';
import { orderRateRows, weightRateRow } from './route.js';
import type { Authenticate, Performed } from './socket-api.js';
import { SocketConnection } from './socket-connection.js';
import { RETIRED_PATHS } from './spot-routes.js';
import { jsonIn, parseTimeUnit, type TimeUnit } from './time-unit.js';
import {
  type BoundRoute,
  spotVenue,
  usdmVenue,
  type Venue,
  type VenueSurroundings,
} from './venue.js';

/** How the exchange's time goes: with the clock (times `speed`), only when told, or as fast as clients read. */
export type Pace =
  | { readonly kind: 'real'; readonly speed: number }
  | { readonly kind: 'stepped' }
  | { readonly kind: 'fast' };

export interface ExchangeServerOptions {
  /** Candles to replay, of one market or both; several timeframes of a symbol refine each other. */
  readonly series: readonly CandleSeries[];
  /** Exchange time at the start, ms UTC; candles before are history. */
  readonly startTime: number;
  readonly pace: Pace;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any free port. */
  readonly port?: number;
  readonly keys: readonly ExchangeKey[];
  /** Balances of the spot account; those that back positions are also in the USD-M wallet. */
  readonly balances: Readonly<Record<string, Decimal>>;
  readonly commission?: SpotExchangeOptions['commission'];
  readonly usdmCommission?: UsdmExchangeOptions['commission'];
  /** Funding rate of USD-M at an instant, fraction; default 0.0001. */
  readonly fundingRate?: UsdmExchangeOptions['fundingRate'];
  readonly liquidity?: Liquidity;
  readonly limits?: Partial<RateLimits>;
  /** Seed of made-up ids and of faults; default 1. */
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
}

/** A running local exchange. */
export interface ExchangeServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`; sockets are at the same place under `ws:`. */
  readonly url: string;
  readonly faults: FaultBox;
  /** The spot account. @throws {RangeError} If there is no spot market. */
  readonly state: Readonly<SpotState>;
  /** The USD-M account. @throws {RangeError} If there is no USD-M market. */
  readonly usdmState: Readonly<UsdmState>;
  /** Exchange time, ms UTC. */
  now(): number;
  /** Moves the market on (stepped pace). */
  advanceTo(time: number): void;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 1_000_000;
const MAINTENANCE_MS = 1_000;
const REAL_TICK_MS = 100;
/** At this speed and below prices are spread, so that no feed looks dead. */
const SPREAD_SPEED_MAX = 10;
const SPREAD_MS = 1_000;
const FAST_STEPS = 250;
const FAST_BUFFERED_BYTES_MAX = 256 * 1024;
const HTML = '<html><body><h1>Service temporarily unavailable</h1></body></html>';

/**
 * Starts a Binance on this machine.
 *
 * @param options - Market, clock, account and address.
 * @throws {UserError} If the port is taken or the address is not ours.
 */
export async function startExchangeServer(options: ExchangeServerOptions): Promise<ExchangeServer> {
  const running = new RunningExchange(options);
  await running.listen(options.host ?? '127.0.0.1', options.port ?? 0);
  return running;
}

class RunningExchange implements ExchangeServer, ControlActions {
  readonly faults: FaultBox;
  readonly #pace: Pace;
  readonly #access: AccessControl;
  readonly #venues: readonly Venue[];
  readonly #spot: ReturnType<typeof spotVenue> | undefined;
  readonly #usdm: ReturnType<typeof usdmVenue> | undefined;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: BODY_BYTES_MAX });
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #dirty = new Map<Venue, Map<string, PricePoint>>();
  #anchor: { exchange: number; wall: number };
  #time: number;
  #skewMs = 0;
  #isClosing = false;
  host = '';
  port = 0;

  constructor(options: ExchangeServerOptions) {
    const { startTime, pace, seed = 1 } = options;
    this.#pace = pace;
    this.#time = startTime;
    this.#anchor = { exchange: startTime, wall: Date.now() };
    this.#access = new AccessControl(options.keys);
    this.faults = new FaultBox(seed);
    for (const rule of options.faults ?? []) this.faults.arm(rule);
    this.#spot = this.#openSpot(options);
    this.#usdm = this.#openUsdm(options);
    this.#venues = [this.#spot, this.#usdm].filter((venue) => venue !== undefined);
    if (this.#venues.length === 0) throw new RangeError('An exchange needs candles of some market');
    for (const venue of this.#venues) {
      this.#dirty.set(venue, new Map());
      for (const symbol of venue.market.symbols) setInitialPrice(venue, symbol, startTime);
    }
    // What a candle under way has traded before the start is past already.
    this.advanceTo(startTime - 1);
    for (const venue of this.#venues) venue.dropUserEvents();
    this.#http = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#receive(request, response);
    });
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
  }

  get url(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `http://${host}:${this.port}`;
  }

  get state(): Readonly<SpotState> {
    if (this.#spot === undefined) throw new RangeError('This exchange has no spot market');
    return this.#spot.exchange.state;
  }

  get usdmState(): Readonly<UsdmState> {
    if (this.#usdm === undefined) throw new RangeError('This exchange has no USD-M market');
    return this.#usdm.exchange.state;
  }

  venue(name: unknown): Venue {
    const venue =
      name === undefined ? this.#venues[0] : this.#venues.find(({ kind }) => kind === name);
    if (venue === undefined) {
      throw new UserError(
        `This exchange has no market "${String(name)}"; there are ${MARKETS.join(', ')}`,
      );
    }
    return venue;
  }

  now(): number {
    return this.#time + this.#skewMs;
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) => {
        reject(listenError(error, host, port));
      });
      this.#http.listen(port, host, resolve);
    });
    const address = this.#http.address() as AddressInfo;
    this.host = host;
    this.port = address.port;
    this.#every(MAINTENANCE_MS, () => this.#maintain());
    if (this.#pace.kind === 'real') this.#every(REAL_TICK_MS, () => this.#follow());
    if (this.#pace.kind === 'fast') this.#runFast();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.dropSockets('all');
    this.#sockets.close();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
  }

  advanceTo(time: number): void {
    for (let next = this.#next(time); next !== undefined; next = this.#next(time)) {
      this.#take(next.venue, next.step);
    }
    this.#flush();
    this.#time = Math.max(this.#time, time);
    for (const venue of this.#venues) venue.setTime(this.#time);
    // Funding and the end of orders need no price.
    this.publishUserEvents();
  }

  setSkew(ms: number): void {
    this.#skewMs = ms;
  }

  dropSockets(kind: 'market' | 'user' | 'all'): number {
    const connections = this.#connections(kind);
    for (const { socket } of connections) socket.terminate();
    return connections.length;
  }

  silenceSockets(kind: 'market' | 'user' | 'all', durationMs: number): number {
    const connections = this.#connections(kind);
    for (const connection of connections) connection.silentUntil = Date.now() + durationMs;
    return connections.length;
  }

  shutdownSockets(): void {
    for (const { streams, socketApi } of this.#venues) {
      streams.announceShutdown();
      socketApi.announceShutdown();
    }
    for (const { socket } of this.#connections('all')) socket.close(1001, 'Server shutdown');
  }

  terminateSubscriptions(): void {
    for (const venue of this.#venues) venue.terminateSubscriptions();
  }

  revokeKey(apiKey: string): void {
    this.#access.revoke(apiKey);
    for (const venue of this.#venues) venue.revokeKey(apiKey);
  }

  publishUserEvents(): void {
    for (const venue of this.#venues) venue.publishUserEvents();
  }

  status(): Record<string, unknown> {
    const venues = this.#venues;
    return {
      time: this.now(),
      pace: this.#pace,
      markets: venues.map(({ kind }) => kind),
      symbols: [...new Set(venues.flatMap(({ market }) => market.symbols))],
      endTime: Math.max(...venues.map(({ market }) => market.endTime)),
      isAtEnd: venues.every(({ market }) => market.nextTime() === undefined),
      streams: venues.flatMap(({ streams }) => streams.streams),
      userSubscriptions: venues.reduce((sum, venue) => sum + venue.userSubscriptions, 0),
      openOrders: venues.reduce((sum, venue) => sum + venue.openOrders, 0),
    };
  }

  #openSpot(options: ExchangeServerOptions): ReturnType<typeof spotVenue> | undefined {
    const series = options.series.filter(({ market }) => market === 'spot');
    if (series.length === 0) return undefined;
    const symbols = symbolsOf(series, spotSymbol);
    const surroundings = this.#surroundings(options, series, symbols, DEFAULT_LIMITS);
    return spotVenue(surroundings, symbols, options.commission);
  }

  #openUsdm(options: ExchangeServerOptions): ReturnType<typeof usdmVenue> | undefined {
    const series = options.series.filter(({ market }) => market === 'usdm');
    if (series.length === 0) return undefined;
    const symbols = symbolsOf(series, usdmSymbol);
    const { usdmCommission: commission, fundingRate } = options;
    return usdmVenue(this.#surroundings(options, series, symbols, USDM_LIMITS), symbols, {
      ...(commission === undefined ? {} : { commission }),
      ...(fundingRate === undefined ? {} : { fundingRate }),
    });
  }

  #surroundings(
    options: ExchangeServerOptions,
    series: readonly CandleSeries[],
    symbols: readonly { readonly symbol: string; readonly tickSize: Decimal }[],
    limits: RateLimits,
  ): VenueSurroundings {
    const { startTime, pace, seed = 1, liquidity, balances } = options;
    const tickSizes = new Map(symbols.map(({ symbol, tickSize }) => [symbol, tickSize]));
    const spreads = pace.kind === 'real' && pace.speed <= SPREAD_SPEED_MAX;
    return {
      market: new ReplayMarket(
        series.map((candles) => ({ candles, tickSize: tickSizes.get(candles.symbol)! })),
        { startTime, updateMs: spreads ? SPREAD_MS : undefined },
      ),
      faults: this.faults,
      now: () => this.now(),
      limitNow: () => this.#limitNow(),
      access: this.#access,
      perform: (...request) => this.#perform(...request),
      limits: { ...limits, ...options.limits },
      startTime,
      seed,
      liquidity,
      balances,
    };
  }

  /** The next step of any market, in time order; spot first where both are due. */
  #next(untilTime: number): { venue: Venue; step: ReplayStep } | undefined {
    let earliest = this.#venues[0]!;
    if (this.#venues.length > 1) {
      const timeOf = ({ market }: Venue): number => market.nextTime() ?? Number.POSITIVE_INFINITY;
      for (const venue of this.#venues) if (timeOf(venue) < timeOf(earliest)) earliest = venue;
    }
    const step = earliest.market.next(untilTime);
    return step === undefined ? undefined : { venue: earliest, step };
  }

  #take(venue: Venue, step: ReplayStep): void {
    if (step.kind === 'boundary') {
      this.#time = Math.max(this.#time, step.time);
      venue.setTime(this.#time);
      venue.publishUserEvents();
      venue.streams.publishClosed(step.time);
      this.#flush();
      return;
    }
    const { symbol, point } = step;
    this.#time = Math.max(this.#time, point.time);
    venue.control.move(symbol, point);
    venue.publishUserEvents();
    // At the end of a candle its last frame comes before the first one of the next candle.
    this.#dirty.get(venue)!.set(symbol, point);
    if (point.time < venue.market.nextBoundary) this.#flush();
  }

  #flush(): void {
    for (const [venue, points] of this.#dirty) {
      for (const [symbol, point] of points) venue.streams.publishPrice(symbol, point);
      points.clear();
    }
  }

  /**
   * The clock that limits count by: a client that lives in the exchange's faster time waits in it, too. Where
   * time stands still between steps, or runs as fast as it is read, limits count by the real one.
   */
  #limitNow(): number {
    return this.#pace.kind === 'real' && this.#pace.speed !== 1 ? this.now() : Date.now();
  }

  /** Moves the market to where the clock says it is. */
  #follow(): void {
    if (this.#pace.kind !== 'real') return;
    const elapsed = (Date.now() - this.#anchor.wall) * this.#pace.speed;
    this.advanceTo(this.#anchor.exchange + Math.floor(elapsed));
  }

  #runFast(): void {
    if (this.#isClosing) return;
    const isBehind = this.#connections('all').some(
      ({ socket }) => socket.bufferedAmount > FAST_BUFFERED_BYTES_MAX,
    );
    const hasNext = this.#venues.some(({ market }) => market.nextTime() !== undefined);
    const hasSubscribers = this.#venues.some(({ streams }) => streams.hasSubscribers);
    if (hasSubscribers && !isBehind && hasNext) {
      for (let i = 0; i < FAST_STEPS; i++) {
        const next = this.#next(Number.MAX_SAFE_INTEGER);
        if (next === undefined) break;
        this.#take(next.venue, next.step);
      }
      setImmediate(() => this.#runFast());
    } else {
      setTimeout(() => this.#runFast(), 1).unref();
    }
  }

  #maintain(): void {
    for (const venue of this.#venues) venue.maintain();
    if (this.#areSocketsDown('')) this.dropSockets('all');
    for (const connection of this.#connections('all')) {
      connection.maintain(this.now(), Date.now());
    }
  }

  #connections(kind: 'market' | 'user' | 'all'): SocketConnection[] {
    return [
      ...(kind === 'user' ? [] : this.#venues.flatMap(({ streams }) => streams.connections)),
      ...(kind === 'market' ? [] : this.#venues.flatMap((venue) => venue.userConnections)),
    ];
  }

  #every(ms: number, action: () => void): void {
    const timer = setInterval(action, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://exchange');
    const venue = this.#venueOfSocket(url.pathname);
    if (venue === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      this.#follow();
      webSocket.on('error', () => webSocket.terminate());
      const address = request.socket.remoteAddress ?? '';
      const times = { now: this.now(), wallNow: Date.now() };
      const timeUnit = parseTimeUnit(url.searchParams.get('timeUnit'));
      const { pings } = venue;
      const connection = new SocketConnection(webSocket, { address, timeUnit, pings }, times);
      const isRefused = this.faults.strike('connection-refused', url.pathname, this.now());
      if (isRefused || this.#areSocketsDown(url.pathname)) webSocket.terminate();
      const silence = this.faults.strike('half-open', url.pathname, this.now());
      if (silence !== undefined) {
        connection.silentUntil =
          silence.value === undefined ? Number.POSITIVE_INFINITY : Date.now() + silence.value;
      }
      venue.attach(connection, url);
    });
  }

  /** Which market a socket belongs to; a path that both know is one of spot. */
  #venueOfSocket(path: string): Venue | undefined {
    return this.#venues.find(({ serves }) => serves(path));
  }

  #areSocketsDown(path: string): boolean {
    const time = this.now();
    const isDown = (name: FaultRule['name']): boolean =>
      this.faults.strike(name, path, time) !== undefined;
    return !this.faults.isEmpty && (isDown('maintenance') || isDown('sockets-down'));
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET') {
      this.#answer(request, response, '');
      return;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > BODY_BYTES_MAX) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => this.#answer(request, response, Buffer.concat(chunks).toString()));
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    this.#follow();
    const target = request.url ?? '/';
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? '' : target.slice(mark + 1);
    if (path.startsWith('/control')) this.#control(request, response, { path, query, body });
    else if (path.startsWith('/data/')) this.#archive(response, path);
    else this.#rest(request, response, { path, query, body });
  }

  #rest(request: IncomingMessage, response: ServerResponse, { path, query, body }: Target): void {
    if (RETIRED_PATHS.some((retired) => path.startsWith(retired))) {
      respond(response, 410, { code: -1020, msg: 'This operation is not supported.' });
      return;
    }
    const parameters = { ...parseQuery(body), ...parseQuery(query) };
    const address = request.socket.remoteAddress ?? '';
    const apiKey = request.headers['x-mbx-apikey'] as string | undefined;
    const performed = this.#perform(`${request.method} ${path}`, address, parameters, (security) =>
      security === 'key'
        ? this.#access.key(apiKey)
        : this.#access.checkRest(apiKey, query, body, parameters, this.now()),
    );
    if (performed.isCut) {
      const { lastBytes } = performed;
      if (lastBytes === undefined) request.socket.destroy();
      else request.socket.end(lastBytes, 'latin1');
      return;
    }
    const isOrder = request.method !== 'GET' && performed.status === 200;
    const limits = this.#routeOf(`${request.method} ${path}`)?.venue.limits;
    const headers =
      limits === undefined ? {} : limitHeaders(limits, address, isOrder, this.#limitNow());
    if (performed.retryAfterMs !== undefined) {
      headers['Retry-After'] = String(Math.ceil(performed.retryAfterMs / 1_000));
    }
    const timeUnit = parseTimeUnit(request.headers['x-mbx-time-unit']);
    const { status, body: answer } = performed;
    const send = (): void => respond(response, status, answer, { headers, timeUnit });
    if (performed.delayMs === 0) send();
    else setTimeout(send, performed.delayMs).unref();
  }

  /** Runs an endpoint: limits, faults, access, then the handler. */
  #perform(
    routeName: string,
    address: string,
    parameters: RawParameters,
    authenticate: Authenticate,
  ): Performed & { readonly retryAfterMs?: number } {
    const found = this.#routeOf(routeName);
    const time = this.now();
    const target = `${routeName} ${parameters.symbol ?? ''} ${parameters.newClientOrderId ?? ''}`;
    if (found === undefined) return this.#failed(404, HTML);
    const { route, venue } = found;
    const { limits } = venue;
    const broken = this.faults.isEmpty
      ? undefined
      : this.#faultBefore(limits, target, address, time);
    if (broken !== undefined) return broken;
    const weight = typeof route.weight === 'number' ? route.weight : route.weight(parameters);
    const counted = this.#limitNow();
    const allowed = limits.request(address, weight, counted);
    if (allowed.kind !== 'pass') return this.#limited(limits, allowed, counted);
    const tooMany = limits.orders(route.orders ?? 0, counted);
    if (tooMany !== undefined) {
      const msg = `Too many new orders; current limit is ${tooMany.text}.`;
      return {
        ...this.#failed(429, { code: -1015, msg }),
        retryAfterMs: tooMany.retryAfterMs,
      };
    }
    const performed = this.#execute(found, parameters, authenticate);
    if (performed.status === 200 && route.isFreeOnSuccess) limits.refund(address, weight, counted);
    venue.publishUserEvents();
    return this.faults.isEmpty ? performed : this.#faultAfter(performed, target, time);
  }

  #routeOf(name: string): FoundRoute | undefined {
    for (const venue of this.#venues) {
      const route = venue.route(name);
      if (route !== undefined) return { venue, route };
    }
    return undefined;
  }

  #execute(
    { route, venue }: FoundRoute,
    parameters: RawParameters,
    authenticate: Authenticate,
  ): Performed & { readonly retryAfterMs?: number } {
    try {
      const key = route.security === 'none' ? undefined : authenticate(route.security);
      if (route.security === 'trade' && key?.canTrade !== true) {
        throw new Refusal(-2015, 'Invalid API-key, IP, or permissions for action.', {
          status: 401,
        });
      }
      const body = route.run({ parameters, key });
      return {
        ...this.#failed(200, body),
        rateLimits: rateLimitsOf(venue.limits, this.#limitNow()),
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, data, status } = error;
      return this.#failed(status, { code, msg: message, ...(data === undefined ? {} : { data }) });
    }
  }

  #failed(status: number, body: unknown): Performed {
    return { status, body, rateLimits: [], isCut: false, delayMs: 0 };
  }

  #limited(
    limits: LimitCounter,
    decision: { kind: 'limited' | 'banned'; retryAfterMs: number; until: number },
    counted: number,
  ): Performed & { readonly retryAfterMs: number } {
    const { weightPerMinute } = limits.limits;
    const until = decision.until - counted + this.now();
    const [status, msg] =
      decision.kind === 'banned'
        ? [
            418,
            `Way too much request weight used; IP banned until ${until}. Please use WebSocket Streams for live updates to avoid bans.`,
          ]
        : [
            429,
            `Too much request weight used; current limit is ${weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
          ];
    return {
      ...this.#failed(status, { code: -1003, msg }),
      retryAfterMs: decision.retryAfterMs,
    };
  }

  #faultBefore(
    limits: LimitCounter,
    target: string,
    address: string,
    time: number,
  ): (Performed & { readonly retryAfterMs?: number }) | undefined {
    const strikes = (name: FaultRule['name']): FaultRule | undefined =>
      this.faults.strike(name, target, time);
    if (strikes('request-lost') ?? strikes('rest-down')) {
      return { ...this.#failed(0, ''), isCut: true };
    }
    if (strikes('not-http')) {
      return { ...this.#failed(0, ''), isCut: true, lastBytes: NOT_HTTP };
    }
    if (strikes('maintenance')) return this.#failed(503, MAINTENANCE);
    if (strikes('unknown-not-executed')) return this.#failed(504, UNKNOWN_OUTCOME);
    if (strikes('overloaded')) return this.#failed(503, OVERLOADED);
    if (strikes('unavailable')) return this.#failed(503, HTML);
    if (strikes('html-answer')) return this.#failed(200, HTML);
    if (strikes('waf')) return this.#failed(403, HTML);
    if (strikes('region-blocked')) return this.#failed(451, REGION_BLOCKED);
    const limited = strikes('rate-limited');
    const counted = this.#limitNow();
    if (limited !== undefined) {
      const retryAfterMs = (limited.value ?? 1) * 1_000;
      const until = counted + retryAfterMs;
      return this.#limited(limits, { kind: 'limited', retryAfterMs, until }, counted);
    }
    const banned = strikes('banned');
    if (banned === undefined) return undefined;
    const retryAfterMs = (banned.value ?? 120) * 1_000;
    const until = counted + retryAfterMs;
    limits.ban(address, until, counted);
    return this.#limited(limits, { kind: 'banned', retryAfterMs, until }, counted);
  }

  #faultAfter(
    performed: Performed & { readonly retryAfterMs?: number },
    target: string,
    time: number,
  ): Performed & { readonly retryAfterMs?: number } {
    if (this.faults.strike('reply-lost', target, time)) return { ...performed, isCut: true };
    if (this.faults.strike('unknown-executed', target, time)) {
      return this.#failed(504, UNKNOWN_OUTCOME);
    }
    if (this.faults.strike('bad-json', target, time)) {
      const text = JSON.stringify(performed.body);
      return { ...performed, body: text.slice(0, text.length / 2) };
    }
    const delay = this.faults.strike('reply-delayed', target, time);
    return delay === undefined ? performed : { ...performed, delayMs: delay.value ?? 30_000 };
  }

  #control(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query, body }: Target,
  ): void {
    const handler = CONTROL_ROUTES[`${request.method} ${path}`];
    try {
      if (handler === undefined) throw new UserError('No such control; GET /control lists them');
      const parsed = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>;
      respond(response, 200, handler({ ...parseQuery(query), ...parsed }, this));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      respond(response, handler === undefined ? 404 : 400, { error: message });
    }
  }

  #archive(response: ServerResponse, path: string): void {
    const time = this.now();
    const file = archiveFile(
      (kind) => this.#venues.find((venue) => venue.kind === kind),
      path,
      time,
    );
    if (file === undefined) {
      respond(response, 404, '<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    const bytes = Buffer.from(file.bytes);
    const half = bytes.length >> 1;
    if (!file.isChecksum && this.faults.strike('archive-bit-flip', path, time)) {
      bytes[half] = bytes[half]! ^ 1;
    }
    response.writeHead(200, {
      'Content-Length': bytes.length,
      'Content-Type': 'application/octet-stream',
    });
    if (!file.isChecksum && this.faults.strike('archive-truncated', path, time)) {
      response.write(bytes.subarray(0, half), () => response.destroy());
      return;
    }
    const slow = file.isChecksum ? undefined : this.faults.strike('archive-slow', path, time);
    if (slow === undefined) {
      response.end(bytes);
      return;
    }
    response.write(bytes.subarray(0, half));
    setTimeout(() => response.end(bytes.subarray(half)), slow.value ?? 5_000).unref();
  }
}

interface FoundRoute {
  readonly venue: Venue;
  readonly route: BoundRoute;
}

/** What a request asks for. */
interface Target {
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

function setInitialPrice({ market, control }: Venue, symbol: string, time: number): void {
  const price = decimalFromNumber(market.initialPrice(symbol));
  control.move(symbol, { time, price, quantity: 0n, isJump: true });
}

function symbolsOf<Rules>(
  series: readonly CandleSeries[],
  rulesOf: (symbol: string, referencePrice: number) => Rules,
): Rules[] {
  return [...new Set(series.map(({ symbol }) => symbol))].map((symbol) => {
    const own = series.find((entry) => entry.symbol === symbol)!;
    return rulesOf(symbol, own.close[0] ?? 1);
  });
}

function limitHeaders(
  limits: LimitCounter,
  address: string,
  isOrder: boolean,
  now: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    'X-MBX-USED-WEIGHT-1M': String(limits.usedWeight(address, now)),
  };
  if (!isOrder) return headers;
  for (const { header, count } of limits.orderCounts(now)) {
    headers[`X-MBX-ORDER-COUNT-${header}`] = String(count);
  }
  return headers;
}

function rateLimitsOf(limits: LimitCounter, now: number): Payload[] {
  const weight = { ...weightRateRow(limits), count: limits.usedWeight('', now) };
  return [...orderRateRows(limits, now), weight];
}

const UNKNOWN_OUTCOME = {
  code: -1007,
  msg: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
};
/** The first bytes of a TLS alert. */
const NOT_HTTP = '\u0015\u0003\u0001\u0000\u0002\u0002\u0028';
const MAINTENANCE = { code: 0, msg: 'Service Unavailable.' };
const OVERLOADED = {
  code: -1008,
  msg: 'Server is currently overloaded with other requests. Please try again in a few minutes.',
};
const REGION_BLOCKED = {
  code: 0,
  msg: 'Service unavailable from a restricted location according to the terms of use.',
};

function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  {
    headers = {},
    timeUnit = 'ms',
  }: { readonly headers?: Record<string, string>; readonly timeUnit?: TimeUnit } = {},
): void {
  const isText = typeof body === 'string';
  const text = isText ? body : jsonIn(timeUnit, body);
  response.writeHead(status, {
    'Content-Type': isText ? 'text/html' : 'application/json;charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function parseQuery(text: string): Record<string, string> {
  return text === '' ? {} : Object.fromEntries(new URLSearchParams(text));
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new UserError(
      `Port ${port} on ${host} is already in use; stop the other program or choose another one with --port`,
    );
  }
  if (error.code === 'EACCES') {
    return new UserError(`Port ${port} needs more rights; choose one above 1023 with --port`);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new UserError(`Address ${host} does not belong to this machine; use 127.0.0.1`);
  }
  return error;
}
