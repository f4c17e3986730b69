import type { RequestParameters } from '../binance/signing.js';
import { type Payload, type RawParameters, Refusal, refusals } from '../simulated/index.js';
import type { AccessControl, ExchangeKey } from './access.js';
import { EventDelivery } from './event-delivery.js';
import type { FaultBox } from './faults.js';
import type { LimitCounter } from './limits.js';
import type { SocketConnection } from './socket-connection.js';
import { jsonIn } from './time-unit.js';

/** Methods of a WebSocket API that are endpoints of REST under another name. */
export type SocketMethods = Readonly<Record<string, string>>;

/** The WebSocket API of spot. */
export const SPOT_METHODS: SocketMethods = {
  ping: 'GET /api/v3/ping',
  time: 'GET /api/v3/time',
  exchangeInfo: 'GET /api/v3/exchangeInfo',
  klines: 'GET /api/v3/klines',
  uiKlines: 'GET /api/v3/uiKlines',
  avgPrice: 'GET /api/v3/avgPrice',
  depth: 'GET /api/v3/depth',
  ticker: 'GET /api/v3/ticker',
  'ticker.tradingDay': 'GET /api/v3/ticker/tradingDay',
  'trades.historical': 'GET /api/v3/historicalTrades',
  'trades.recent': 'GET /api/v3/trades',
  'trades.aggregate': 'GET /api/v3/aggTrades',
  'ticker.price': 'GET /api/v3/ticker/price',
  'ticker.book': 'GET /api/v3/ticker/bookTicker',
  'ticker.24hr': 'GET /api/v3/ticker/24hr',
  'account.status': 'GET /api/v3/account',
  'account.commission': 'GET /api/v3/account/commission',
  'account.rateLimits.orders': 'GET /api/v3/rateLimit/order',
  'order.place': 'POST /api/v3/order',
  'order.test': 'POST /api/v3/order/test',
  'order.status': 'GET /api/v3/order',
  'order.cancel': 'DELETE /api/v3/order',
  'order.cancelReplace': 'POST /api/v3/order/cancelReplace',
  'openOrders.status': 'GET /api/v3/openOrders',
  'openOrders.cancelAll': 'DELETE /api/v3/openOrders',
  'orderList.place': 'POST /api/v3/order/oco',
  'orderList.place.oco': 'POST /api/v3/orderList/oco',
  'orderList.status': 'GET /api/v3/orderList',
  'orderList.cancel': 'DELETE /api/v3/orderList',
  'openOrderLists.status': 'GET /api/v3/openOrderList',
  allOrderLists: 'GET /api/v3/allOrderList',
  myFilters: 'GET /api/v3/myFilters',
  myPreventedMatches: 'GET /api/v3/myPreventedMatches',
  myAllocations: 'GET /api/v3/myAllocations',
  allOrders: 'GET /api/v3/allOrders',
  myTrades: 'GET /api/v3/myTrades',
};
/** The WebSocket API of USD-M. */
export const USDM_METHODS: SocketMethods = {
  ping: 'GET /fapi/v1/ping',
  time: 'GET /fapi/v1/time',
  depth: 'GET /fapi/v1/depth',
  'ticker.price': 'GET /fapi/v1/ticker/price',
  'ticker.book': 'GET /fapi/v1/ticker/bookTicker',
  'account.status': 'GET /fapi/v2/account',
  'account.balance': 'GET /fapi/v2/balance',
  'account.position': 'GET /fapi/v2/positionRisk',
  'v2/account.status': 'GET /fapi/v3/account',
  'v2/account.balance': 'GET /fapi/v3/balance',
  'v2/account.position': 'GET /fapi/v3/positionRisk',
  'order.place': 'POST /fapi/v1/order',
  'order.modify': 'PUT /fapi/v1/order',
  'order.status': 'GET /fapi/v1/order',
  'order.cancel': 'DELETE /fapi/v1/order',
  'algoOrder.place': 'POST /fapi/v1/algoOrder',
  'algoOrder.cancel': 'DELETE /fapi/v1/algoOrder',
  'userDataStream.start': 'POST /fapi/v1/listenKey',
  'userDataStream.ping': 'PUT /fapi/v1/listenKey',
  'userDataStream.stop': 'DELETE /fapi/v1/listenKey',
};
/** Methods of the listenKey age of spot, gone since February 2026. */
const RETIRED = ['userDataStream.start', 'userDataStream.ping', 'userDataStream.stop'];
const SUBSCRIPTIONS_OF_A_LIFE_MAX = 65_535;

interface Session {
  readonly connection: SocketConnection;
  key: ExchangeKey | undefined;
  authorizedSince: number;
  /** API key by subscription id. */
  readonly subscriptions: Map<number, string>;
  nextSubscriptionId: number;
  /** Whether answers list the rate limits, unless a request says otherwise: `returnRateLimits` of the address. */
  readonly showsLimits: boolean;
}

/** The outcome of a request, as `perform` of the server returns it. */
export interface Performed {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs?: number | undefined;
  /** Limits of the market that was asked; `undefined` where no market has the endpoint. */
  readonly limits?: LimitCounter | undefined;
  /** The answer is not to be sent: the connection is cut instead. */
  readonly isCut: boolean;
  /** What is sent before the cut. */
  readonly lastBytes?: string | undefined;
  readonly delayMs: number;
}

/** Finds out who asks, by key alone or by signature. */
export type Authenticate = (security: 'key' | 'read' | 'trade') => ExchangeKey;

/** Runs an endpoint for a client. */
export type Perform = (
  routeName: string,
  address: string,
  parameters: RawParameters,
  authenticate: Authenticate,
) => Performed;

/** The limits of a market and what an address has used of them; those of orders only where they are counted. */
type RateLimitRows = (address: string, options: { readonly withOrders: boolean }) => Payload[];

/** The WebSocket API: requests, sessions and user data subscriptions. */
export class SocketApi {
  readonly #now: () => number;
  readonly #access: AccessControl;
  readonly #perform: Perform;
  readonly #methods: SocketMethods;
  readonly #rateLimits: RateLimitRows;
  readonly #isOrder: (routeName: string) => boolean;
  readonly #sessions = new Set<Session>();
  readonly #delivery: EventDelivery;

  constructor(
    context: { readonly now: () => number; readonly faults: FaultBox },
    options: {
      readonly access: AccessControl;
      readonly perform: Perform;
      readonly methods: SocketMethods;
      readonly rateLimits: RateLimitRows;
      /** Whether an endpoint places orders, and so counts by their limits, too. */
      readonly isOrder: (routeName: string) => boolean;
    },
  ) {
    this.#now = context.now;
    this.#access = options.access;
    this.#perform = options.perform;
    this.#methods = options.methods;
    this.#rateLimits = options.rateLimits;
    this.#isOrder = options.isOrder;
    this.#delivery = new EventDelivery(context, (event) => this.#deliver(event));
  }

  get connections(): SocketConnection[] {
    return [...this.#sessions].map(({ connection }) => connection);
  }

  get subscriptionCount(): number {
    return [...this.#sessions].reduce((sum, { subscriptions }) => sum + subscriptions.size, 0);
  }

  /**
   * Takes over a socket.
   *
   * @param connection - The socket.
   * @param url - Where it came to; `returnRateLimits=false` leaves the limits out of all answers.
   */
  attach(connection: SocketConnection, url: URL): void {
    const session: Session = {
      connection,
      key: undefined,
      authorizedSince: 0,
      subscriptions: new Map(),
      nextSubscriptionId: 0,
      showsLimits: url.searchParams.get('returnRateLimits') !== 'false',
    };
    this.#sessions.add(session);
    const { socket } = connection;
    socket.on('message', (data: Buffer) => this.#receive(session, data.toString()));
    socket.on('close', () => this.#sessions.delete(session));
  }

  /** Delivers user events to every subscription, through the faults. */
  publish(events: readonly Payload[]): void {
    this.#delivery.publish(events);
  }

  /** Ends the subscriptions of a key, or of all; the connections stay open. */
  terminateSubscriptions(apiKey?: string): void {
    const event = { e: 'eventStreamTerminated', E: this.#now() };
    for (const { connection, subscriptions } of this.#sessions) {
      for (const [subscriptionId, owner] of [...subscriptions]) {
        if (apiKey !== undefined && owner !== apiKey) continue;
        connection.send(jsonIn(connection.timeUnit, { subscriptionId, event }));
        subscriptions.delete(subscriptionId);
      }
    }
  }

  /** Tells the sessions of a key that it is no good any more. */
  revoke(apiKey: string): void {
    const { code, message } = refusals.key();
    for (const session of this.#sessions) {
      if (session.key?.apiKey !== apiKey) continue;
      session.key = undefined;
      const error = { code, msg: message };
      session.connection.send(JSON.stringify({ id: null, status: 401, error }));
    }
    this.terminateSubscriptions(apiKey);
  }

  /** Tells everyone that the server goes away. */
  announceShutdown(): void {
    const event = { e: 'serverShutdown', E: this.#now() };
    for (const { connection } of this.#sessions) {
      connection.send(jsonIn(connection.timeUnit, { event }));
    }
  }

  #deliver(event: Payload): void {
    const text = jsonIn('ms', event);
    for (const { connection, subscriptions } of this.#sessions) {
      const own = connection.timeUnit === 'ms' ? text : jsonIn('us', event);
      for (const id of subscriptions.keys()) {
        connection.send(`{"subscriptionId":${id},"event":${own}}`);
      }
    }
  }

  #receive(session: Session, text: string): void {
    let message: { id?: unknown; method?: unknown; params?: unknown };
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      const limits = this.#limitsOf(session, undefined, {});
      this.#answer(session, null, failure(new Refusal(-1135, 'Invalid JSON Request')), limits());
      return;
    }
    const { id = null, method } = message ?? {};
    const parameters = (message?.params ?? {}) as RequestParameters;
    const limits = this.#limitsOf(session, method, parameters);
    try {
      if (typeof method !== 'string') throw new Refusal(-1135, "Invalid 'method' in JSON request");
      this.#answer(session, id, this.#run(session, method, parameters), limits());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#answer(session, id, failure(error), limits());
    }
  }

  /** The rows about limits that an answer carries; `undefined` where the client wants none. */
  #limitsOf(
    { showsLimits, connection }: Session,
    method: unknown,
    { returnRateLimits }: RequestParameters,
  ): () => Payload[] | undefined {
    const isWanted =
      returnRateLimits === undefined ? showsLimits : String(returnRateLimits) === 'true';
    if (!isWanted) return () => undefined;
    const isOrder = this.#isOrder(this.#methods[String(method)] ?? '');
    return () => this.#rateLimits(connection.address, { withOrders: isOrder });
  }

  #run(session: Session, method: string, parameters: RequestParameters): Performed {
    const routeName = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined;
    if (routeName !== undefined) {
      // What concerns the answer alone is no parameter of the endpoint, though it is signed with them.
      const { returnRateLimits: _, ...own } = parameters;
      const raw = Object.fromEntries(
        Object.entries(own).map(([name, value]) => [
          name,
          typeof value === 'object' ? JSON.stringify(value) : String(value),
        ]),
      );
      return this.#perform(routeName, session.connection.address, raw, (security) =>
        this.#authenticate(session, security, parameters),
      );
    }
    if (RETIRED.includes(method)) {
      throw new Refusal(-1020, 'This operation is not supported.', { status: 410 });
    }
    return success(this.#session(session, method, parameters));
  }

  #session(session: Session, method: string, parameters: RequestParameters): unknown {
    switch (method) {
      case 'session.logon': {
        const key = this.#access.checkSocket(parameters, this.#now());
        if (key.publicKeyPem === undefined) {
          throw new Refusal(-4056, 'HMAC_SHA256 API key is not supported.');
        }
        session.key = key;
        session.authorizedSince = this.#now();
        return this.#sessionStatus(session);
      }
      case 'session.status':
        return this.#sessionStatus(session);
      case 'session.logout':
        session.key = undefined;
        return this.#sessionStatus(session);
      case 'session.subscriptions':
        return [...session.subscriptions.keys()].map((subscriptionId) => ({ subscriptionId }));
      case 'userDataStream.subscribe': {
        this.#refuseWithListenKeys();
        if (session.key === undefined) {
          throw new Refusal(-1022, 'Signature for this request is not valid.');
        }
        return this.#subscribe(session, session.key);
      }
      case 'userDataStream.subscribe.signature':
        this.#refuseWithListenKeys();
        return this.#subscribe(session, this.#access.checkSocket(parameters, this.#now()));
      case 'userDataStream.unsubscribe': {
        const { subscriptionId } = parameters;
        if (subscriptionId === undefined) session.subscriptions.clear();
        else if (!session.subscriptions.delete(Number(subscriptionId))) {
          throw new Refusal(-2036, 'User Data Stream subscription not active.');
        }
        return {};
      }
      default:
        throw new Refusal(-1135, 'Unknown method.');
    }
  }

  /** Where there are listen keys, user data does not come over this connection. */
  #refuseWithListenKeys(): void {
    if ('userDataStream.start' in this.#methods) throw new Refusal(-1135, 'Unknown method.');
  }

  #subscribe(session: Session, key: ExchangeKey): Payload {
    if ([...session.subscriptions.values()].includes(key.apiKey)) {
      throw new Refusal(-2035, 'User Data Stream subscription already active.');
    }
    if (session.nextSubscriptionId >= SUBSCRIPTIONS_OF_A_LIFE_MAX) {
      throw new Refusal(-2042, 'User Data Stream subscription limit reached.');
    }
    const subscriptionId = session.nextSubscriptionId++;
    session.subscriptions.set(subscriptionId, key.apiKey);
    return { subscriptionId };
  }

  /** A session that is logged on needs only a timestamp; others sign every request. */
  #authenticate(
    session: Session,
    security: Parameters<Authenticate>[0],
    parameters: RequestParameters,
  ): ExchangeKey {
    if (security === 'key') {
      return session.key ?? this.#access.key(String(parameters.apiKey ?? ''));
    }
    if (session.key !== undefined && parameters.signature === undefined) {
      this.#access.checkTiming(
        Object.fromEntries(Object.entries(parameters).map(([k, v]) => [k, String(v)])),
        this.#now(),
      );
      return session.key;
    }
    return this.#access.checkSocket(parameters, this.#now());
  }

  #sessionStatus(session: Session): Payload {
    return {
      apiKey: session.key?.apiKey ?? null,
      authorizedSince: session.key === undefined ? null : session.authorizedSince,
      connectedSince: session.connection.connectedTime,
      returnRateLimits: session.showsLimits,
      serverTime: this.#now(),
      userDataStream: session.subscriptions.size > 0,
    };
  }

  #answer(
    session: Session,
    id: unknown,
    performed: Performed,
    rateLimits: Payload[] | undefined,
  ): void {
    const { connection } = session;
    if (performed.isCut) {
      connection.socket.terminate();
      return;
    }
    const { status, body } = performed;
    const key = status === 200 ? 'result' : 'error';
    const limits = rateLimits === undefined ? {} : { rateLimits };
    const text = jsonIn(connection.timeUnit, { id, status, [key]: body, ...limits });
    if (performed.delayMs === 0) connection.send(text);
    else setTimeout(() => connection.send(text), performed.delayMs).unref();
  }
}

function success(body: unknown): Performed {
  return { status: 200, body, isCut: false, delayMs: 0 };
}

function failure(refusal: Refusal): Performed {
  const body = { code: refusal.code, msg: refusal.message };
  return { ...success(body), status: refusal.status };
}
