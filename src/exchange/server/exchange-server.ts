import type { AddressInfo } from 'node:net';
import type { CandleSeries } from '../../candles/index.js';
import { type Decimal, decimalFromNumber, MARKETS, UserError } from '../../domain/index.js';
import type {
  Liquidity,
  SpotExchangeOptions,
  SpotState,
  UsdmExchangeOptions,
  UsdmState,
} from '../simulated/index.js';
import { spotSymbol, usdmSymbol } from '../simulated/index.js';
import { AccessControl, type ExchangeKey } from './access.js';
import type { ControlActions } from './control.js';
import { Endpoints } from './endpoints.js';
import { ExchangeClock, type Pace } from './exchange-clock.js';
import { FaultBox, type FaultRule } from './faults.js';
import { HttpFront } from './http-front.js';
import type { KeptAccounts } from './kept-accounts.js';
import { DEFAULT_LIMITS, type RateLimits, USDM_LIMITS } from './limits.js';
import { ReplayDriver } from './replay-driver.js';
import { ReplayMarket } from './replay-market.js';
import { SocketFront, type SocketKind } from './socket-front.js';
import { UnservedReport } from './unserved-report.js';
import { spotVenue, usdmVenue, type Venue, type VenueSurroundings } from './venue.js';
import { VisitorRule } from './visitor-rule.js';

/** What a local exchange replays, for whom, and how fast. */
export interface ExchangeServerOptions {
  /** Candles to replay, of one market or both; several timeframes of a symbol refine each other. */
  readonly series: readonly CandleSeries[];
  /** Exchange time at the start, ms UTC; candles before are history. */
  readonly startTime: number;
  /** Exchange time is that of this machine when the server begins to listen; `startTime` is only near it. */
  readonly startsNow?: boolean;
  readonly pace: Pace;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any free port. */
  readonly port?: number;
  readonly keys: readonly ExchangeKey[];
  /** Takes signed requests of any timestamp: for clients of real time where the exchange's runs otherwise. */
  readonly takesAnyTimestamp?: boolean;
  /** Names, besides those of this machine, by which clients may reach the server. */
  readonly allowedHosts?: readonly string[];
  /** Reports, once each, what clients ask for and do not get here. */
  readonly onUnserved?: (what: string) => void;
  /** Balances of the spot account; those that back positions are also in the USD-M wallet. */
  readonly balances: Readonly<Record<string, Decimal>>;
  readonly commission?: SpotExchangeOptions['commission'];
  readonly usdmCommission?: UsdmExchangeOptions['commission'];
  /** Funding rate of USD-M at an instant, fraction; default 0.0001. */
  readonly fundingRate?: UsdmExchangeOptions['fundingRate'];
  readonly liquidity?: Liquidity;
  readonly limits?: Partial<RateLimits>;
  /** Seed of generated ids and of faults; default 1. */
  readonly seed?: number;
  /** Accounts of an exchange of the same symbols, to go on with; balances and commission are theirs. */
  readonly kept?: KeptAccounts;
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
  /** The accounts as they are, for an exchange that goes on with them. */
  accounts(): KeptAccounts;
  /** Moves the market on (stepped pace). */
  advanceTo(time: number): void;
  close(): Promise<void>;
}

const MAINTENANCE_MS = 1_000;
const REAL_TICK_MS = 100;
/** At this speed and below prices are spread, so that no feed looks dead. */
const SPREAD_SPEED_MAX = 10;
const SPREAD_MS = 1_000;
const FAST_BUFFERED_BYTES_MAX = 256 * 1024;

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
  readonly #clock: ExchangeClock;
  readonly #access: AccessControl;
  readonly #venues: Venue[] = [];
  readonly #endpoints: Endpoints;
  readonly #spot: ReturnType<typeof spotVenue> | undefined;
  readonly #usdm: ReturnType<typeof usdmVenue> | undefined;
  readonly #driver: ReplayDriver;
  readonly #http: HttpFront;
  readonly #sockets: SocketFront;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #startTime: number;
  readonly #startsNow: boolean;
  readonly #unserved: UnservedReport;
  host = '';
  port = 0;

  constructor(options: ExchangeServerOptions) {
    const { startTime, pace, seed = 1 } = options;
    this.#startTime = startTime;
    this.#startsNow = options.startsNow === true;
    this.#clock = new ExchangeClock(pace, startTime);
    this.#access = new AccessControl(options.keys, {
      speed: pace.kind === 'real' ? pace.speed : 1,
      takesAnyTimestamp: options.takesAnyTimestamp === true,
    });
    this.#unserved = new UnservedReport(options.onUnserved);
    this.faults = new FaultBox(seed);
    for (const rule of options.faults ?? []) this.faults.arm(rule);
    this.#endpoints = new Endpoints(this.#venues, {
      faults: this.faults,
      clock: this.#clock,
      unserved: this.#unserved,
    });
    this.#spot = this.#openSpot(options);
    this.#usdm = this.#openUsdm(options);
    this.#venues.push(...[this.#spot, this.#usdm].filter((venue) => venue !== undefined));
    if (this.#venues.length === 0)
      throw new RangeError('An exchange needs candles of at least one market');
    this.#driver = new ReplayDriver(this.#venues, this.#clock);
    const { kept = {} } = options;
    for (const venue of this.#venues.filter(({ kind }) => kept[kind] === undefined)) {
      for (const symbol of venue.market.symbols) setInitialPrice(venue, symbol, startTime);
    }
    // What a candle under way has traded before the start is past already.
    this.#driver.warmUp(startTime - 1, { reaches: ({ kind }) => kept[kind] === undefined });
    for (const venue of this.#venues) venue.dropUserEvents();
    const around = {
      venues: this.#venues,
      endpoints: this.#endpoints,
      access: this.#access,
      faults: this.faults,
      clock: this.#clock,
      control: this,
      follow: () => this.#driver.follow(),
      visitors: new VisitorRule(options.allowedHosts),
    };
    this.#http = new HttpFront(around);
    this.#sockets = new SocketFront(this.#http.server, around);
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
        `This exchange has no market "${String(name)}"; available: ${MARKETS.join(', ')}`,
      );
    }
    return venue;
  }

  now(): number {
    return this.#clock.now();
  }

  accounts(): KeptAccounts {
    const snapshots = this.#venues.map(({ kind, control }) => [kind, control.snapshot()]);
    return Object.fromEntries(snapshots) as KeptAccounts;
  }

  async listen(host: string, port: number): Promise<void> {
    const { server } = this.#http;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(listenError(error, host, port));
      });
      server.listen(port, host, resolve);
    });
    const address = server.address() as AddressInfo;
    this.host = host;
    this.port = address.port;
    this.#clock.begin(this.#startsNow ? Date.now() : this.#startTime);
    this.#driver.follow();
    this.#every(MAINTENANCE_MS, () => {
      for (const venue of this.#venues) venue.maintain();
      this.#sockets.maintain();
    });
    const { pace } = this.#clock;
    if (pace.kind === 'real') this.#every(REAL_TICK_MS, () => this.#driver.follow());
    if (pace.kind === 'fast') this.#driver.runFast(() => this.#isReadSlowly());
  }

  async close(): Promise<void> {
    const { server } = this.#http;
    this.#driver.stop();
    for (const timer of this.#timers) clearInterval(timer);
    this.#sockets.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  advanceTo(time: number): void {
    this.#driver.advanceTo(time);
  }

  setSkew(ms: number): void {
    this.#clock.skewMs = ms;
    // The whole exchange has one clock: what it stamps from now on is off by as much as what it says the time is.
    for (const venue of this.#venues) venue.resetTime(this.#clock.now());
  }

  dropSockets(kind: SocketKind): number {
    return this.#sockets.drop(kind);
  }

  silenceSockets(kind: SocketKind, durationMs: number): number {
    return this.#sockets.silence(kind, durationMs);
  }

  shutdownSockets(): void {
    this.#sockets.shutDown();
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
      pace: this.#clock.pace,
      markets: venues.map(({ kind }) => kind),
      symbols: [...new Set(venues.flatMap(({ market }) => market.symbols))],
      endTime: Math.max(...venues.map(({ market }) => market.endTime)),
      isAtEnd: this.#driver.isAtEnd,
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
    const { startTime, pace, seed = 1, liquidity, balances, kept = {} } = options;
    const tickSizes = new Map(symbols.map(({ symbol, tickSize }) => [symbol, tickSize]));
    const spreads = pace.kind === 'real' && pace.speed <= SPREAD_SPEED_MAX;
    return {
      market: new ReplayMarket(
        series.map((candles) => ({ candles, tickSize: tickSizes.get(candles.symbol)! })),
        { startTime, updateMs: spreads ? SPREAD_MS : undefined },
      ),
      faults: this.faults,
      now: () => this.#clock.now(),
      limitNow: () => this.#clock.limitNow(),
      access: this.#access,
      perform: (...request) => this.#endpoints.perform(...request),
      unserved: this.#unserved,
      limits: { ...limits, ...options.limits },
      startTime,
      seed,
      liquidity,
      balances,
      kept,
    };
  }

  /** Whether a connection has more waiting than it reads. */
  #isReadSlowly(): boolean {
    return this.#sockets
      .connections('all')
      .some(({ socket }) => socket.bufferedAmount > FAST_BUFFERED_BYTES_MAX);
  }

  #every(ms: number, action: () => void): void {
    const timer = setInterval(action, ms);
    timer.unref();
    this.#timers.add(timer);
  }
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

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new UserError(
      `Port ${port} on ${host} is already in use; stop the other program or choose another one with --port`,
    );
  }
  if (error.code === 'EACCES') {
    return new UserError(`Port ${port} needs more privileges; choose one above 1023 with --port`);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new UserError(`Address ${host} does not belong to this machine; use 127.0.0.1`);
  }
  return error;
}
