import type { Decimal } from '../../domain/index.js';
import {
  mandatory,
  type OrderKey,
  optionalInteger,
  type Payload,
  type PricePoint,
  type RawParameters,
  Refusal,
  refusals,
  type SpotExchange,
  type UsdmExchange,
} from '../simulated/index.js';
import type { ExchangeKey } from './access.js';
import type { DepthLedgers } from './depth-ledger.js';
import type { FaultBox } from './faults.js';
import type { LimitCounter } from './limits.js';
import type { ReplayMarket } from './replay-market.js';

/** What the handlers of requests of one market work on. */
export interface MarketContext<Exchange> {
  readonly exchange: Exchange;
  readonly market: ReplayMarket;
  readonly limits: LimitCounter;
  readonly faults: FaultBox;
  /** The ids of books, where clients put them together from snapshots and changes. */
  readonly ledgers?: DepthLedgers;
  /** Exchange time, ms UTC. */
  readonly now: () => number;
  /** The clock that limits count by, ms UTC. */
  readonly limitNow: () => number;
}

/** What spot handlers work on. */
export type ExchangeContext = MarketContext<SpotExchange>;

/** What USD-M handlers work on. */
export interface UsdmContext extends MarketContext<UsdmExchange> {
  readonly listenKeys: ListenKeys;
}

/** Keys of user data streams; a key of the account has one while it is alive. */
export interface ListenKeys {
  /** Returns the living key of an API key, or a new one; either is good for another hour. */
  start(apiKey: string): string;
  /** @throws {Refusal} -1125 if there is none. */
  keepAlive(apiKey: string): string;
  stop(apiKey: string): void;
}

/** One request, checked and parsed. */
export interface ExchangeRequest {
  readonly parameters: RawParameters;
  /** `undefined` for public requests. */
  readonly key: ExchangeKey | undefined;
}

/** An endpoint, reachable by REST and, where it has a method, by the WebSocket API. */
export interface Route<Context = ExchangeContext> {
  /** `none`: public. `key`: only the key is named. `read` and `trade`: signed; trading needs the permission. */
  readonly security: 'none' | 'key' | 'read' | 'trade';
  readonly weight: number | ((parameters: RawParameters) => number);
  /** New orders that the request counts as. */
  readonly orders?: number;
  /** The weight is given back when it succeeds. */
  readonly isFreeOnSuccess?: boolean;
  readonly run: (request: ExchangeRequest, context: Context) => unknown;
}

/** Endpoints by `METHOD path`. */
export type Routes<Context> = Readonly<Record<string, Route<Context>>>;

/** Makes endpoints of one market. */
export function routeMaker<Context>() {
  return (
    security: Route['security'],
    weight: Route['weight'],
    run: Route<Context>['run'],
    extra: Pick<Route, 'orders' | 'isFreeOnSuccess'> = {},
  ): Route<Context> => ({ security, weight, run, ...extra });
}

/** Weight of an endpoint that answers for one symbol or for all. */
export const perSymbol =
  (one: number, all: number) =>
  (parameters: RawParameters): number =>
    parameters.symbol === undefined ? all : one;

/** The order limits as exchangeInfo lists them; with their counts as the API shows their use. */
export function orderRateRows(limits: LimitCounter, limitNow: number): Payload[] {
  return limits.orderCounts(limitNow).map(({ interval, intervalNum, limit, count }) => ({
    rateLimitType: 'ORDERS',
    interval,
    intervalNum,
    limit,
    count,
  }));
}

/** The weight limit as exchangeInfo lists it. */
export function weightRateRow(limits: LimitCounter): Payload {
  const limit = limits.limits.weightPerMinute;
  return { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit };
}

/** A time in ms or, where it is that large, in microseconds; returns ms. */
export function optionalTime(parameters: RawParameters, name: string): number | undefined {
  const time = optionalInteger(parameters, name);
  return time === undefined || time < 1e14 ? time : Math.floor(time / 1_000);
}

/** Rows wanted: the usual number, or what `limit` says up to the most. @throws {Refusal} -1130 below 1. */
export function limitOf(parameters: RawParameters, normal: number, max: number): number {
  const limit = optionalInteger(parameters, 'limit') ?? normal;
  if (limit < 1) throw refusals.invalidParameter('limit');
  return Math.min(limit, max);
}

/** Which order a request means. @throws {Refusal} -1102 if it does not say. */
export function orderKey(parameters: RawParameters, prefix = ''): OrderKey {
  const name = (text: string): string =>
    prefix === '' ? text : prefix + text.charAt(0).toUpperCase() + text.slice(1);
  const key = {
    orderId: optionalInteger(parameters, name('orderId')),
    clientOrderId: parameters[name('origClientOrderId')],
  };
  if (key.orderId === undefined && !key.clientOrderId) {
    throw refusals.mandatory(name('orderId'));
  }
  return key;
}

/** How a history is cut. */
export interface HistoryRule {
  /** Longest span between two times, ms. */
  readonly spanMsMax: number;
  /** A start without an end asks for one such span; default: for all that came since. */
  readonly isSpanImplied?: boolean;
}

const ROWS_MAX = 1_000;
/** Usual length of the fault `query-lag`. */
const QUERY_LAG_MS = 3_000;

interface Timed {
  readonly time: number;
}

/**
 * Returns rows within the times asked for: the oldest from a start on, else the newest.
 *
 * @throws {Refusal} -1127 if the span is too long.
 */
export function historyRows<Row extends Timed>(
  rows: readonly Row[],
  parameters: RawParameters,
  rule: HistoryRule,
): Row[] {
  return cutHistory(rows, parameters, { ...rule, isFromId: false });
}

/**
 * Returns rows within the times and from the id asked for: the oldest from there on, else the newest.
 *
 * @param rows - Oldest first.
 * @param parameters - As sent.
 * @param rule - Also the parameter that names the first id, and where the id of a row is.
 * @throws {Refusal} -1127 if the span is too long.
 */
export function historyFromId<Id extends string, Row extends Timed & Readonly<Record<Id, number>>>(
  rows: readonly Row[],
  parameters: RawParameters,
  rule: HistoryRule & { readonly from: string; readonly id: Id },
): Row[] {
  const fromId = optionalInteger(parameters, rule.from);
  const isFromId = fromId !== undefined;
  const wanted = isFromId ? rows.filter((row) => row[rule.id] >= fromId) : rows;
  return cutHistory(wanted, parameters, { ...rule, isFromId });
}

function cutHistory<Row extends Timed>(
  rows: readonly Row[],
  parameters: RawParameters,
  { spanMsMax, isSpanImplied = false, isFromId }: HistoryRule & { readonly isFromId: boolean },
): Row[] {
  const startTime = optionalTime(parameters, 'startTime');
  const givenEnd = optionalTime(parameters, 'endTime');
  const impliedEnd = isSpanImplied && startTime !== undefined ? startTime + spanMsMax : undefined;
  const endTime = givenEnd ?? impliedEnd;
  const limit = limitOf(parameters, 500, ROWS_MAX);
  if (startTime !== undefined && endTime !== undefined && endTime - startTime > spanMsMax) {
    const span = spanMsMax / 3_600_000;
    throw new Refusal(-1127, `More than ${span} hours between startTime and endTime.`);
  }
  const inside = rows.filter(
    ({ time }) =>
      time >= (startTime ?? Number.NEGATIVE_INFINITY) &&
      time <= (endTime ?? Number.POSITIVE_INFINITY),
  );
  return startTime === undefined && !isFromId ? inside.slice(-limit) : inside.slice(0, limit);
}

/** The fault of replicas that lag behind: a new order is not found yet. @throws {Refusal} -2013. */
export function refuseWhileLagging(
  { clientOrderId, time }: { readonly clientOrderId: string; readonly time: number },
  { faults, now }: Pick<MarketContext<unknown>, 'faults' | 'now'>,
): void {
  const lag = faults.strike('query-lag', clientOrderId, now());
  if (lag !== undefined && now() - time < (lag.value ?? QUERY_LAG_MS))
    throw refusals.orderNotFound();
}

interface RacedExchange {
  readonly time: number;
  openOrders(symbol: string): readonly RacedOrder[];
  move(symbol: string, point: PricePoint): void;
}

interface RacedOrder extends OrderKey {
  readonly price: Decimal;
  readonly stopPrice?: Decimal;
}

/** The fault of a cancel that comes too late: the market touches the order before. */
export function raceWithFill(exchange: RacedExchange, symbol: string, key: OrderKey): void {
  const order = exchange
    .openOrders(symbol)
    .find(({ orderId, clientOrderId }) =>
      key.orderId === undefined ? clientOrderId === key.clientOrderId : orderId === key.orderId,
    );
  if (order === undefined) return;
  const price = order.stopPrice || order.price;
  exchange.move(symbol, { time: exchange.time, price, quantity: 0n, isJump: true });
}

/** What the key in use may do, as `GET /sapi/v1/account/apiRestrictions` tells it for all markets. */
export function apiRestrictions(
  { key }: ExchangeRequest,
  { now }: { readonly now: () => number },
): Payload {
  return {
    ipRestrict: key?.isIpRestricted ?? false,
    createTime: now(),
    enableReading: true,
    enableWithdrawals: key?.canWithdraw ?? false,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: key?.canTrade ?? false,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: key?.canTrade ?? false,
    enablePortfolioMarginTrading: false,
  };
}

/** The symbol that a request must name. @throws {Refusal} -1102 or -1121. */
export function symbolOf(
  parameters: RawParameters,
  exchange: { rules(symbol: string): { readonly symbol: string } },
): string {
  return exchange.rules(mandatory(parameters, 'symbol')).symbol;
}
