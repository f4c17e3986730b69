import { type Decimal, formatDecimal, type Market, UsageError } from '../../domain/index.js';
import {
  type Liquidity,
  type Payload,
  type PricePoint,
  quotesWithoutBnbPrice,
  type RawParameters,
  readOrderTerms,
  readUsdmOrderTerms,
  SpotExchange,
  type SpotExchangeOptions,
  type SpotState,
  type SpotSymbol,
  UsdmExchange,
  type UsdmExchangeOptions,
  type UsdmSymbol,
} from '../simulated/index.js';
import type { AccessControl } from './access.js';
import type { ArchivedMarket } from './archives.js';
import { DepthLedgers } from './depth-ledger.js';
import type { FaultBox } from './faults.js';
import { fundingTimes } from './funding-schedule.js';
import type { KeptAccounts } from './kept-accounts.js';
import { LimitCounter, type RateLimits } from './limits.js';
import { MarketStreams } from './market-streams.js';
import { PrivateStreams } from './private-streams.js';
import type { ReplayMarket } from './replay-market.js';
import {
  type ExchangeRequest,
  orderRateRows,
  type Route,
  type Routes,
  weightRateRow,
} from './route.js';
import {
  type Perform,
  SocketApi,
  type SocketMethods,
  SPOT_METHODS,
  USDM_METHODS,
} from './socket-api.js';
import {
  type PingRule,
  type SocketConnection,
  SPOT_PINGS,
  USDM_PINGS,
} from './socket-connection.js';
import { SPOT_ROUTES } from './spot-routes.js';
import { isRouted, spotStreams, usdmStreams } from './stream-frames.js';
import type { UnservedReport } from './unserved-report.js';
import { USDM_ROUTES } from './usdm-routes.js';
import { WALLET_ROUTES, type WalletAsset } from './wallet-routes.js';

const HOUR_MS = 3_600_000;
const SPOT_API = '/ws-api/v3';
const USDM_API = '/ws-fapi/v1';

/** An endpoint with its market behind it. */
export interface BoundRoute extends Omit<Route, 'run'> {
  readonly run: (request: ExchangeRequest) => unknown;
}

/** What the control interface may do to a market; bodies are as clients sent them. */
export interface VenueControl {
  readonly time: number;
  snapshot(): string;
  move(symbol: string, point: PricePoint): void;
  transfer(asset: string, amount: Decimal): void;
  place(raw: RawParameters): { readonly orderId: number; readonly status: string };
  expire(symbol: string, key: { orderId?: number; clientOrderId?: string }, reason: string): void;
  changeRules(
    symbol: string,
    changes: Partial<Record<ChangeableRule, Decimal>> & { readonly status?: string },
  ): { readonly symbol: string; readonly status: string };
  /** Ends the open orders of a symbol without an event; no query finds them. Returns how many. */
  forgetOrders(symbol: string): number;
  setCommission(rates: { maker?: Decimal; taker?: Decimal; paysWithBNB?: boolean }): void;
  setMark(symbol: string, price: Decimal): void;
}

export const CHANGEABLE_RULES = [
  'tickSize',
  'stepSize',
  'minQuantity',
  'maxQuantity',
  'marketMaxQuantity',
  'minNotional',
] as const;
type ChangeableRule = (typeof CHANGEABLE_RULES)[number];

/** One market of the local exchange: its replay, its account, its endpoints and its streams. */
export interface Venue extends ArchivedMarket {
  readonly kind: Market;
  readonly limits: LimitCounter;
  readonly streams: MarketStreams;
  readonly socketApi: SocketApi;
  readonly pings: PingRule;
  readonly control: VenueControl;
  /** Finds an endpoint by `METHOD path`. */
  route(name: string): BoundRoute | undefined;
  /** Finds an endpoint that belongs to no market of its own. */
  walletRoute(name: string): BoundRoute | undefined;
  setTime(time: number): void;
  /** Sets the clock of the account, backwards too. */
  resetTime(time: number): void;
  /** Sends the user events since the last call. */
  publishUserEvents(): void;
  dropUserEvents(): void;
  /** Whether a socket of this path belongs to this market. */
  serves(path: string): boolean;
  /** Takes over a socket of a path that it serves. */
  attach(connection: SocketConnection, url: URL): void;
  /** Connections that carry user data. */
  readonly userConnections: SocketConnection[];
  readonly userSubscriptions: number;
  readonly openOrders: number;
  /** Ends what listens for user events; connections stay open. */
  terminateSubscriptions(): void;
  revokeKey(apiKey: string): void;
  /** What is due by the clock alone. */
  maintain(): void;
}

/** What every market of one server shares. */
export interface VenueSurroundings {
  readonly market: ReplayMarket;
  readonly faults: FaultBox;
  readonly now: () => number;
  readonly limitNow: () => number;
  readonly access: AccessControl;
  readonly perform: Perform;
  readonly unserved: UnservedReport;
  readonly limits: RateLimits;
  readonly startTime: number;
  readonly seed: number;
  readonly liquidity: Liquidity | undefined;
  readonly balances: Readonly<Record<string, Decimal>>;
  /** Accounts to go on with. */
  readonly kept: KeptAccounts;
}

/** Opens the spot market. */
export function spotVenue(
  surroundings: VenueSurroundings,
  symbols: readonly SpotSymbol[],
  commission: SpotExchangeOptions['commission'],
): Venue & { readonly exchange: SpotExchange } {
  const { market, faults, now, limitNow, startTime, seed, balances, unserved } = surroundings;
  const { kept } = surroundings;
  const exchange =
    kept.spot === undefined
      ? new SpotExchange({
          symbols,
          balances,
          startTime,
          seed,
          ...(commission === undefined ? {} : { commission }),
          ...liquidityOf(surroundings),
        })
      : SpotExchange.restore(kept.spot, surroundings.liquidity);
  const limits = new LimitCounter(surroundings.limits);
  const ledgers = new DepthLedgers(now);
  const context = { exchange, market, limits, faults, ledgers, now, limitNow };
  const streams = new MarketStreams({
    ...context,
    catalogue: spotStreams(context),
    unserved,
    messagesPerSecondMax: 5,
    isRouted: () => true,
  });
  const socketApi = socketApiOf(surroundings, SPOT_METHODS, { limits, routes: SPOT_ROUTES });
  return {
    kind: 'spot',
    exchange,
    market,
    limits,
    streams,
    socketApi,
    pings: SPOT_PINGS,
    control: spotControl(exchange),
    route: boundRoutes(SPOT_ROUTES, context),
    walletRoute: boundRoutes(WALLET_ROUTES, {
      now,
      limits,
      assets: () => spotAssets(exchange.state),
    }),
    setTime: (time) => exchange.setTime(time),
    resetTime: (time) => exchange.resetTime(time),
    publishUserEvents: () => socketApi.publish(exchange.takeEvents()),
    dropUserEvents: () => void exchange.takeEvents(),
    serves: (path) => path === SPOT_API || /^\/(ws|stream)(\/|$)/.test(path),
    attach: (connection, url) => {
      if (url.pathname === SPOT_API) socketApi.attach(connection, url);
      else streams.attach(connection, url);
    },
    get userConnections() {
      return socketApi.connections;
    },
    get userSubscriptions() {
      return socketApi.subscriptionCount;
    },
    get openOrders() {
      return exchange.openOrders().length;
    },
    terminateSubscriptions: () => socketApi.terminateSubscriptions(),
    revokeKey: (apiKey) => socketApi.revoke(apiKey),
    maintain: () => {},
  };
}

/** Opens the USD-M market. */
export function usdmVenue(
  surroundings: VenueSurroundings,
  symbols: readonly UsdmSymbol[],
  options: Pick<UsdmExchangeOptions, 'commission' | 'fundingRate'>,
): Venue & { readonly exchange: UsdmExchange } {
  const { market, faults, now, limitNow, startTime, seed, balances, unserved } = surroundings;
  const { kept } = surroundings;
  const around = {
    ...liquidityOf(surroundings),
    ...(options.fundingRate === undefined ? {} : { fundingRate: options.fundingRate }),
  };
  const exchange =
    kept.usdm === undefined
      ? new UsdmExchange({
          ...options,
          ...around,
          symbols,
          balances: marginBalances(symbols, balances),
          startTime,
          seed,
        })
      : UsdmExchange.restore(kept.usdm, around);
  const limits = new LimitCounter(surroundings.limits);
  const privateStreams = new PrivateStreams({ faults, now }, { seed });
  const listenKeys = privateStreams;
  const ledgers = new DepthLedgers(now);
  const context = { exchange, market, limits, faults, ledgers, now, limitNow, listenKeys };
  const streams = new MarketStreams({
    ...context,
    catalogue: usdmStreams(context),
    unserved,
    messagesPerSecondMax: 10,
    isRouted,
  });
  const socketApi = socketApiOf(surroundings, USDM_METHODS, { limits, routes: USDM_ROUTES });
  return {
    kind: 'usdm',
    exchange,
    market,
    funding: (symbol, { startTime, endTime }) => {
      const intervalHours = exchange.rules(symbol).fundingIntervalHours;
      const first = Math.max(startTime, market.startTime);
      const last = Math.min(endTime - 1, market.endTime);
      const times = fundingTimes(intervalHours * HOUR_MS, first, last);
      const rates = times.map((time) => ({ time, rate: exchange.fundingRateAt(symbol, time) }));
      return { intervalHours, rates };
    },
    limits,
    streams,
    socketApi,
    pings: USDM_PINGS,
    control: usdmControl(exchange),
    route: boundRoutes(USDM_ROUTES, context),
    walletRoute: boundRoutes(WALLET_ROUTES, { now, limits, assets: () => usdmAssets(exchange) }),
    setTime: (time) => exchange.setTime(time),
    resetTime: (time) => exchange.resetTime(time),
    publishUserEvents: () => {
      const events = exchange.takeEvents();
      privateStreams.publish(events);
      for (const event of events) publishForcedOrder(streams, event);
    },
    dropUserEvents: () => void exchange.takeEvents(),
    serves: (path) =>
      path === USDM_API || /^(\/(public|market|private))?\/(ws|stream)(\/|$)/.test(path),
    attach: (connection, url) => {
      if (url.pathname === USDM_API) socketApi.attach(connection, url);
      else if (url.pathname.startsWith('/private/')) privateStreams.attach(connection, url);
      else streams.attach(connection, url);
    },
    get userConnections() {
      return [...privateStreams.connections, ...socketApi.connections];
    },
    get userSubscriptions() {
      return privateStreams.subscriptionCount;
    },
    get openOrders() {
      return exchange.openOrders().length + exchange.openAlgos().length;
    },
    terminateSubscriptions: () => privateStreams.expire(),
    revokeKey: (apiKey) => {
      privateStreams.expire(apiKey);
      socketApi.revoke(apiKey);
    },
    maintain: () => privateStreams.expireDue(),
  };
}

/** Everybody sees when the exchange closes a position by force. */
function publishForcedOrder(streams: MarketStreams, { e, E, o }: Payload): void {
  if (e !== 'ORDER_TRADE_UPDATE') return;
  const order = o as Payload;
  const isFill = order.x === 'TRADE' || order.x === 'CALCULATED';
  if (!String(order.c).startsWith('autoclose-') || !isFill) return;
  const names = ['s', 'S', 'o', 'f', 'q', 'p', 'ap', 'X', 'l', 'z', 'T'];
  const shown = Object.fromEntries(names.map((name) => [name, order[name]]));
  const frame = { e: 'forceOrder', E, o: shown };
  streams.publishEvent(`${String(order.s).toLowerCase()}@forceOrder`, frame);
  streams.publishEvent('!forceOrder@arr', frame);
}

function boundRoutes<Context>(
  routes: Routes<Context>,
  context: Context,
): (name: string) => BoundRoute | undefined {
  const bound = new Map(
    Object.entries(routes).map(([name, route]) => [
      name,
      { ...route, run: (request: ExchangeRequest) => route.run(request, context) },
    ]),
  );
  return (name) => bound.get(name);
}

function socketApiOf(
  { now, limitNow, faults, access, perform }: VenueSurroundings,
  methods: SocketMethods,
  { limits, routes }: { readonly limits: LimitCounter; readonly routes: Routes<never> },
): SocketApi {
  return new SocketApi(
    { now, faults },
    {
      access,
      perform,
      methods,
      rateLimits: (address, { withOrders }) => {
        const counted = limitNow();
        const weight = { ...weightRateRow(limits), count: limits.usedWeight(address, counted) };
        return [...(withOrders ? orderRateRows(limits, counted) : []), weight];
      },
      isOrder: (routeName) => (routes[routeName]?.orders ?? 0) > 0,
    },
  );
}

function liquidityOf({ liquidity }: VenueSurroundings): { liquidity?: Liquidity } {
  return liquidity === undefined ? {} : { liquidity };
}

/** Coins of the symbols and of the account; a futures wallet holds none of what spot does. */
function spotAssets({ symbols, balances }: Readonly<SpotState>): WalletAsset[] {
  const traded = Object.values(symbols).flatMap(({ baseAsset, quoteAsset }) => [
    baseAsset,
    quoteAsset,
  ]);
  return [...new Set([...traded, ...Object.keys(balances)])].sort().map((asset) => ({
    asset,
    free: formatDecimal(balances[asset]?.free ?? 0n),
    locked: formatDecimal(balances[asset]?.locked ?? 0n),
  }));
}

function usdmAssets({ state: { symbols } }: UsdmExchange): WalletAsset[] {
  const traded = Object.values(symbols).flatMap(({ baseAsset, quoteAsset }) => [
    baseAsset,
    quoteAsset,
  ]);
  const zero = formatDecimal(0n);
  return [...new Set(traded)].sort().map((asset) => ({ asset, free: zero, locked: zero }));
}

/** Only what backs positions belongs into a futures wallet. */
function marginBalances(
  symbols: readonly UsdmSymbol[],
  balances: Readonly<Record<string, Decimal>>,
): Record<string, Decimal> {
  const assets = new Set(symbols.map(({ marginAsset }) => marginAsset));
  return Object.fromEntries(Object.entries(balances).filter(([asset]) => assets.has(asset)));
}

function spotControl(exchange: SpotExchange): VenueControl {
  return {
    get time() {
      return exchange.time;
    },
    snapshot: () => exchange.snapshot(),
    move: (symbol, point) => exchange.move(symbol, point),
    transfer: (asset, amount) => exchange.transfer(asset, amount),
    place: (raw) => exchange.place(readOrderTerms(raw)),
    expire: (symbol, key, reason) => void exchange.expire(symbol, key, reason),
    forgetOrders: (symbol) => exchange.forgetOrders(symbol),
    changeRules: (symbol, changes) => {
      const rules = { ...exchange.rules(symbol), ...changes } as SpotSymbol;
      exchange.setRules(rules);
      return rules;
    },
    setCommission: (rates) => {
      const [missing] = rates.paysWithBNB ? quotesWithoutBnbPrice(exchange.state) : [];
      if (missing !== undefined) {
        throw new UsageError(`commission: BNB has no price; also replay BNB${missing}`);
      }
      exchange.setCommission(rates);
    },
    setMark: () => {
      throw new UsageError('mark: spot has no mark price');
    },
  };
}

function usdmControl(exchange: UsdmExchange): VenueControl {
  return {
    get time() {
      return exchange.time;
    },
    snapshot: () => exchange.snapshot(),
    move: (symbol, point) => exchange.move(symbol, point),
    transfer: (asset, amount) => exchange.transfer(asset, amount),
    place: (raw) => exchange.place(readUsdmOrderTerms(raw)),
    expire: (symbol, key) => void exchange.expire(symbol, key),
    forgetOrders: (symbol) => exchange.forgetOrders(symbol),
    changeRules: (symbol, changes) => {
      const rules = { ...exchange.rules(symbol), ...changes } as UsdmSymbol;
      exchange.setRules(rules);
      return rules;
    },
    setCommission: ({ maker, taker }) =>
      exchange.setCommission({
        ...(maker === undefined ? {} : { maker }),
        ...(taker === undefined ? {} : { taker }),
      }),
    setMark: (symbol, price) => exchange.setMark(symbol, price),
  };
}
