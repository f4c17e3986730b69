import { type Decimal, formatDecimal } from '../../domain/index.js';
import {
  accountPayload,
  CANCEL_REPLACE_PARAMETERS,
  cancelPayload,
  commissionPayload,
  exchangeInfoRow,
  mandatory,
  newOrderPayload,
  type OrderKey,
  optionalInteger,
  orderListPayload,
  type Payload,
  queryPayload,
  type RawParameters,
  Refusal,
  type ResponseType,
  readClientId,
  readOCOTerms,
  readOrderTerms,
  refusals,
  type SpotExchange,
  type SpotOrder,
  testCommissionPayload,
  tradePayload,
} from '../simulated/index.js';
import type { ExchangeKey } from './access.js';
import type { FaultBox } from './faults.js';
import type { LimitCounter } from './limits.js';
import { type KlineQuery, klineRow, parseInterval, type ReplayMarket } from './replay-market.js';

/** What the handlers of requests work on. */
export interface ExchangeContext {
  readonly exchange: SpotExchange;
  readonly market: ReplayMarket;
  readonly limits: LimitCounter;
  readonly faults: FaultBox;
  /** Exchange time, ms UTC. */
  readonly now: () => number;
  /** Real time, for limits; ms UTC. */
  readonly wallNow: () => number;
}

/** One request, checked and parsed. */
export interface ExchangeRequest {
  readonly parameters: RawParameters;
  /** `undefined` for public requests. */
  readonly key: ExchangeKey | undefined;
}

/** An endpoint, reachable by REST and, where it has a method, by the WebSocket API. */
export interface Route {
  /** `none`: public. `read` and `trade`: signed; trading needs the permission. */
  readonly security: 'none' | 'read' | 'trade';
  readonly weight: number | ((parameters: RawParameters) => number);
  /** New orders that the request counts as. */
  readonly orders?: number;
  /** The weight is given back when it succeeds. */
  readonly isFreeOnSuccess?: boolean;
  readonly run: (request: ExchangeRequest, context: ExchangeContext) => unknown;
}

const KLINES_MAX = 1_000;
const ROWS_MAX = 1_000;
const HISTORY_WINDOW_MS = 86_400_000;

const route = (
  security: Route['security'],
  weight: Route['weight'],
  run: Route['run'],
  extra: Pick<Route, 'orders' | 'isFreeOnSuccess'> = {},
): Route => ({ security, weight, run, ...extra });

const perSymbol =
  (one: number, all: number) =>
  (parameters: RawParameters): number =>
    parameters.symbol === undefined ? all : one;

/** Endpoints by `METHOD path`. */
export const REST_ROUTES: Readonly<Record<string, Route>> = {
  'GET /api/v3/ping': route('none', 1, () => ({})),
  'GET /api/v3/time': route('none', 1, (_, { now }) => ({ serverTime: now() })),
  'GET /api/v3/exchangeInfo': route('none', 20, exchangeInfo),
  'GET /api/v3/klines': route('none', 2, klines),
  'GET /api/v3/uiKlines': route('none', 2, klines),
  'GET /api/v3/ticker/price': route('none', perSymbol(2, 4), tickerPrice),
  'GET /api/v3/ticker/bookTicker': route('none', perSymbol(2, 4), bookTicker),
  'GET /api/v3/ticker/24hr': route('none', perSymbol(2, 80), ticker24h),
  'GET /api/v3/avgPrice': route('none', 2, averagePrice),
  'GET /api/v3/depth': route('none', depthWeight, depth),
  'GET /api/v3/trades': route('none', 25, trades),
  'GET /api/v3/aggTrades': route('none', 4, aggregateTrades),
  'GET /api/v3/account': route('read', 20, account),
  'GET /api/v3/account/commission': route('read', 20, ({ parameters }, { exchange }) => {
    const { symbol } = exchange.rules(mandatory(parameters, 'symbol'));
    return commissionPayload(exchange.state, symbol);
  }),
  'GET /api/v3/rateLimit/order': route('read', 40, orderRate),
  'POST /api/v3/order': route('trade', 1, newOrder, { orders: 1, isFreeOnSuccess: true }),
  'POST /api/v3/order/test': route('trade', testWeight, testOrder),
  'GET /api/v3/order': route('read', 4, queryOrder),
  'DELETE /api/v3/order': route('trade', 1, cancelOrder, { isFreeOnSuccess: true }),
  'POST /api/v3/order/cancelReplace': route('trade', 1, cancelReplace, {
    orders: 1,
    isFreeOnSuccess: true,
  }),
  'GET /api/v3/openOrders': route('read', perSymbol(6, 80), openOrders),
  'DELETE /api/v3/openOrders': route('trade', 1, cancelAll, { isFreeOnSuccess: true }),
  'GET /api/v3/allOrders': route('read', 20, allOrders),
  'GET /api/v3/myTrades': route(
    'read',
    ({ orderId }) => (orderId === undefined ? 20 : 5),
    myTrades,
  ),
  'POST /api/v3/orderList/oco': route('trade', 1, newOCO, { orders: 2, isFreeOnSuccess: true }),
  'DELETE /api/v3/orderList': route('trade', 1, cancelList, { isFreeOnSuccess: true }),
  'GET /api/v3/orderList': route('read', 4, queryList),
  'GET /api/v3/openOrderList': route('read', 6, openLists),
  'GET /sapi/v1/asset/tradeFee': route('read', 1, tradeFees),
  'GET /sapi/v1/account/apiRestrictions': route('read', 1, apiRestrictions),
};

/** Paths that Binance retired: 410. */
export const RETIRED_PATHS: readonly string[] = ['/api/v3/userDataStream', '/api/v1/'];

/** The limits as exchangeInfo lists them. */
export function rateLimitRows(limits: LimitCounter): Payload[] {
  const { weightPerMinute, ordersPer10Seconds, ordersPerDay } = limits.limits;
  const row = (
    rateLimitType: string,
    interval: string,
    intervalNum: number,
    limit: number,
  ): Payload => ({ rateLimitType, interval, intervalNum, limit });
  return [
    row('REQUEST_WEIGHT', 'MINUTE', 1, weightPerMinute),
    row('ORDERS', 'SECOND', 10, ordersPer10Seconds),
    row('ORDERS', 'DAY', 1, ordersPerDay),
    row('RAW_REQUESTS', 'MINUTE', 5, 300_000),
  ];
}

function exchangeInfo({ parameters }: ExchangeRequest, context: ExchangeContext): Payload {
  const { exchange, market, limits, now } = context;
  const { symbol, symbols, symbolStatus } = parameters;
  if (symbol !== undefined && symbols !== undefined) throw refusals.combination();
  const wanted =
    symbol === undefined
      ? symbols === undefined
        ? market.symbols
        : symbolList(symbols)
      : [symbol];
  const rows = wanted
    .map((name) => exchange.rules(name))
    .filter(({ status }) => symbolStatus === undefined || status === symbolStatus)
    .map(exchangeInfoRow);
  return {
    timezone: 'UTC',
    serverTime: now(),
    rateLimits: rateLimitRows(limits),
    exchangeFilters: [],
    symbols: rows,
  };
}

function symbolList(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((entry) => typeof entry === 'string')) return list;
  } catch {
    // Not JSON: the refusal below says what is legal.
  }
  throw refusals.illegal('symbols', '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$');
}

function klines({ parameters }: ExchangeRequest, context: ExchangeContext): unknown[] {
  const { exchange, market, now } = context;
  const { symbol } = exchange.rules(mandatory(parameters, 'symbol'));
  const interval = parseInterval(mandatory(parameters, 'interval'));
  if (interval === undefined) throw refusals.invalidInterval();
  const query: KlineQuery = {
    limit: limitOf(parameters, 500, KLINES_MAX),
    startTime: optionalTime(parameters, 'startTime'),
    endTime: optionalTime(parameters, 'endTime'),
  };
  return market.candles(symbol, interval, query, now()).map(klineRow);
}

/** A time in ms or, where it is that large, in microseconds; returns ms. */
function optionalTime(parameters: RawParameters, name: string): number | undefined {
  const time = optionalInteger(parameters, name);
  return time === undefined || time < 1e14 ? time : Math.floor(time / 1_000);
}

function limitOf(parameters: RawParameters, normal: number, max: number): number {
  const limit = optionalInteger(parameters, 'limit') ?? normal;
  if (limit < 1) throw refusals.invalidParameter('limit');
  return Math.min(limit, max);
}

/** Answers for one symbol with an object, for several with an array. */
function eachSymbol(
  parameters: RawParameters,
  context: ExchangeContext,
  one: (symbol: string) => Payload,
): Payload | Payload[] {
  const { symbol, symbols } = parameters;
  if (symbol !== undefined) return one(context.exchange.rules(symbol).symbol);
  const wanted = symbols === undefined ? context.market.symbols : symbolList(symbols);
  return wanted.map((name) => one(context.exchange.rules(name).symbol));
}

function tickerPrice({ parameters }: ExchangeRequest, context: ExchangeContext): unknown {
  return eachSymbol(parameters, context, (symbol) => ({
    symbol,
    price: formatDecimal(context.exchange.lastPrice(symbol)),
  }));
}

function bookTicker({ parameters }: ExchangeRequest, context: ExchangeContext): unknown {
  return eachSymbol(parameters, context, (symbol) => {
    const { bids, asks } = context.exchange.depth(symbol, 1);
    return {
      symbol,
      bidPrice: formatDecimal(bids[0]?.price ?? 0n),
      bidQty: formatDecimal(bids[0]?.quantity ?? 0n),
      askPrice: formatDecimal(asks[0]?.price ?? 0n),
      askQty: formatDecimal(asks[0]?.quantity ?? 0n),
    };
  });
}

function ticker24h({ parameters }: ExchangeRequest, context: ExchangeContext): unknown {
  return eachSymbol(parameters, context, (symbol) => dayTicker(symbol, context));
}

/** Returns the 24-hour statistics of a symbol. */
export function dayTicker(symbol: string, context: ExchangeContext): Payload {
  const { market, exchange } = context;
  const now = context.now();
  const day = market.candles(
    symbol,
    market.finestTimeframe(symbol),
    { startTime: now - HISTORY_WINDOW_MS, limit: 90_000 },
    now,
  );
  const sum = (of: (candle: (typeof day)[number]) => number): number =>
    day.reduce((total, candle) => total + of(candle), 0);
  const last = formatDecimal(exchange.lastPrice(symbol));
  const open = day[0]?.open ?? Number(last);
  const { bids, asks } = exchange.depth(symbol, 1);
  const volume = sum((candle) => candle.volume);
  const quoteVolume = sum((candle) => candle.quoteVolume);
  return {
    symbol,
    priceChange: (Number(last) - open).toFixed(8),
    priceChangePercent: ((Number(last) / open - 1) * 100).toFixed(3),
    weightedAvgPrice: (volume === 0 ? 0 : quoteVolume / volume).toFixed(8),
    prevClosePrice: open.toFixed(8),
    lastPrice: last,
    lastQty: '0.00000000',
    bidPrice: formatDecimal(bids[0]?.price ?? 0n),
    bidQty: formatDecimal(bids[0]?.quantity ?? 0n),
    askPrice: formatDecimal(asks[0]?.price ?? 0n),
    askQty: formatDecimal(asks[0]?.quantity ?? 0n),
    openPrice: open.toFixed(8),
    highPrice: Math.max(Number(last), ...extremes(day, 'high')).toFixed(8),
    lowPrice: Math.min(Number(last), ...extremes(day, 'low')).toFixed(8),
    volume: volume.toFixed(8),
    quoteVolume: quoteVolume.toFixed(8),
    openTime: now - HISTORY_WINDOW_MS,
    closeTime: now,
    firstId: -1,
    lastId: -1,
    count: sum((candle) => candle.count),
  };
}

function extremes(
  candles: readonly { high: number; low: number }[],
  side: 'high' | 'low',
): number[] {
  const pick = side === 'high' ? Math.max : Math.min;
  return candles.length === 0
    ? []
    : [candles.reduce((best, candle) => pick(best, candle[side]), candles[0]![side])];
}

function averagePrice(
  { parameters }: ExchangeRequest,
  { exchange, now }: ExchangeContext,
): Payload {
  const { symbol } = exchange.rules(mandatory(parameters, 'symbol'));
  return { mins: 5, price: formatDecimal(exchange.prices(symbol).average), closeTime: now() };
}

function depthWeight({ limit }: RawParameters): number {
  const rows = Number(limit ?? 100);
  return rows <= 100 ? 5 : rows <= 500 ? 25 : rows <= 1000 ? 50 : 250;
}

function depth({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload {
  const { symbol } = exchange.rules(mandatory(parameters, 'symbol'));
  const { bids, asks } = exchange.depth(symbol, limitOf(parameters, 100, 5_000));
  const rows = (side: readonly { price: Decimal; quantity: Decimal }[]): string[][] =>
    side.map(({ price, quantity }) => [formatDecimal(price), formatDecimal(quantity)]);
  return { lastUpdateId: exchange.time, bids: rows(bids), asks: rows(asks) };
}

function trades({ parameters }: ExchangeRequest, { exchange, market }: ExchangeContext): Payload[] {
  const { symbol } = exchange.rules(mandatory(parameters, 'symbol'));
  const limit = limitOf(parameters, 500, ROWS_MAX);
  return market.recentTrades(symbol, limit).map(({ id, price, quantity, time }) => ({
    id,
    price: formatDecimal(price),
    qty: formatDecimal(quantity),
    quoteQty: ((Number(price) / 1e8) * (Number(quantity) / 1e8)).toFixed(8),
    time,
    isBuyerMaker: false,
    isBestMatch: true,
  }));
}

/** Every trade stands alone here: its aggregate has its own id. */
function aggregateTrades(
  { parameters }: ExchangeRequest,
  { exchange, market }: ExchangeContext,
): Payload[] {
  const { symbol } = exchange.rules(mandatory(parameters, 'symbol'));
  const fromId = optionalInteger(parameters, 'fromId');
  const rows = market.recentTrades(symbol).filter(({ id }) => fromId === undefined || id >= fromId);
  return window(rows, parameters, fromId !== undefined, ({ time }) => time).map(
    ({ id, price, quantity, time }) => ({
      a: id,
      p: formatDecimal(price),
      q: formatDecimal(quantity),
      f: id,
      l: id,
      T: time,
      m: false,
      M: true,
    }),
  );
}

function tradeFees({ parameters }: ExchangeRequest, context: ExchangeContext): Payload[] {
  const { exchange, market } = context;
  const wanted = parameters.symbol === undefined ? market.symbols : [parameters.symbol];
  const { maker, taker } = exchange.state.commission;
  return wanted.map((name) => ({
    symbol: exchange.rules(name).symbol,
    makerCommission: formatDecimal(maker),
    takerCommission: formatDecimal(taker),
  }));
}

function account({ parameters, key }: ExchangeRequest, { exchange }: ExchangeContext): Payload {
  return accountPayload(exchange.state, {
    omitsZeroBalances: parameters.omitZeroBalances === 'true',
    canTrade: key?.canTrade ?? false,
  });
}

function orderRate(_: ExchangeRequest, { limits, wallNow }: ExchangeContext): Payload[] {
  return orderRateRows(limits, wallNow());
}

/** The order counts as the API lists them. */
export function orderRateRows(limits: LimitCounter, wallNow: number): Payload[] {
  const { per10Seconds, perDay } = limits.orderCounts(wallNow);
  const counts = [per10Seconds, perDay];
  return rateLimitRows(limits)
    .filter(({ rateLimitType }) => rateLimitType === 'ORDERS')
    .map((row, i) => ({ ...row, count: counts[i] }));
}

function newOrder({ parameters }: ExchangeRequest, context: ExchangeContext): Payload {
  const { exchange, faults, limits } = context;
  const terms = readOrderTerms(parameters);
  const response = responseType(parameters, terms.type);
  const target = `${terms.type} ${terms.symbol}`;
  if (terms.stopPrice > 0n && faults.strike('stop-refused', target, context.now())) {
    throw refusals.wouldTrigger();
  }
  const order = exchange.place(terms);
  if (order.executedQuantity > 0n) limits.orderFilled(context.wallNow());
  return newOrderPayload(order, exchange.trades(order.symbol, order.orderId), response);
}

function responseType({ newOrderRespType }: RawParameters, orderType: string): ResponseType {
  if (newOrderRespType === undefined) {
    return orderType === 'MARKET' || orderType === 'LIMIT' ? 'FULL' : 'ACK';
  }
  if (['ACK', 'RESULT', 'FULL'].includes(newOrderRespType)) return newOrderRespType as ResponseType;
  throw refusals.invalidParameter('newOrderRespType');
}

function testWeight({ computeCommissionRates }: RawParameters): number {
  return computeCommissionRates === 'true' ? 20 : 1;
}

function testOrder({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload {
  exchange.check(readOrderTerms(parameters));
  return parameters.computeCommissionRates === 'true' ? testCommissionPayload(exchange.state) : {};
}

function orderKey(parameters: RawParameters, prefix = ''): OrderKey {
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

function queryOrder({ parameters }: ExchangeRequest, context: ExchangeContext): Payload {
  const { exchange, faults } = context;
  const order = exchange.find(mandatory(parameters, 'symbol'), orderKey(parameters));
  const lag = faults.strike('query-lag', order.clientOrderId, context.now());
  if (lag !== undefined && context.now() - order.time < (lag.value ?? 3_000)) {
    throw refusals.orderNotFound();
  }
  return queryPayload(order);
}

function cancelOrder({ parameters }: ExchangeRequest, context: ExchangeContext): Payload {
  const { exchange, faults } = context;
  const symbol = mandatory(parameters, 'symbol');
  const key = orderKey(parameters);
  if (faults.strike('cancel-races-fill', symbol, context.now())) fillBefore(exchange, symbol, key);
  const order = exchange.cancel(symbol, key, readClientId(parameters, 'newClientOrderId'));
  if (order.orderListId < 0) return cancelPayload(order);
  const list = exchange.orderLists().find((entry) => entry.orderListId === order.orderListId)!;
  const legs = exchange.legs(list);
  return orderListPayload(list, legs, legs.map(cancelPayload));
}

/** Lets the market touch an order: what a client that cancels sees as a race. */
function fillBefore(exchange: SpotExchange, symbol: string, key: OrderKey): void {
  const order = exchange
    .openOrders(symbol)
    .find(({ orderId, clientOrderId }) =>
      key.orderId === undefined ? clientOrderId === key.clientOrderId : orderId === key.orderId,
    );
  if (order === undefined) return;
  const price = order.stopPrice > 0n ? order.stopPrice : order.price;
  exchange.move(symbol, { time: exchange.time, price, quantity: 0n, isJump: true });
}

function cancelReplace({ parameters }: ExchangeRequest, context: ExchangeContext): unknown {
  const { exchange, faults } = context;
  const mode = mandatory(parameters, 'cancelReplaceMode');
  if (mode !== 'STOP_ON_FAILURE' && mode !== 'ALLOW_FAILURE') {
    throw refusals.invalidParameter('cancelReplaceMode');
  }
  const key = orderKey(parameters, 'cancel');
  const terms = readOrderTerms(parameters, CANCEL_REPLACE_PARAMETERS);
  const response = responseType(parameters, terms.type);
  const cancelId = readClientId(parameters, 'cancelNewClientOrderId');
  const isHalved = faults.strike('replace-half', terms.symbol, context.now()) !== undefined;
  const { canceled, placed } = isHalved
    ? { canceled: exchange.cancel(terms.symbol, key, cancelId), placed: refusals.wouldMatch() }
    : exchange.cancelReplace(key, terms, mode, cancelId);
  const refused = (result: Refusal): Payload => ({ code: result.code, msg: result.message });
  const data = {
    cancelResult: canceled instanceof Refusal ? 'FAILURE' : 'SUCCESS',
    newOrderResult:
      placed === undefined ? 'NOT_ATTEMPTED' : placed instanceof Refusal ? 'FAILURE' : 'SUCCESS',
    cancelResponse: canceled instanceof Refusal ? refused(canceled) : cancelPayload(canceled),
    newOrderResponse:
      placed === undefined
        ? null
        : placed instanceof Refusal
          ? refused(placed)
          : newOrderPayload(placed, exchange.trades(placed.symbol, placed.orderId), response),
  };
  if (data.cancelResult === 'SUCCESS' && data.newOrderResult === 'SUCCESS') return data;
  if (data.cancelResult === 'SUCCESS' || data.newOrderResult === 'SUCCESS') {
    throw new Refusal(-2021, 'Order cancel-replace partially failed.', { status: 409, data });
  }
  throw new Refusal(-2022, 'Order cancel-replace failed.', { data });
}

function openOrders({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  const { symbol } = parameters;
  if (symbol !== undefined) exchange.rules(symbol);
  return exchange.openOrders(symbol).map(queryPayload);
}

function cancelAll({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  const orders = exchange.cancelAll(mandatory(parameters, 'symbol'));
  const lists = new Set(orders.map(({ orderListId }) => orderListId).filter((id) => id >= 0));
  return [
    ...orders.filter(({ orderListId }) => orderListId < 0).map(cancelPayload),
    ...exchange
      .orderLists()
      .filter(({ orderListId }) => lists.has(orderListId))
      .map((list) => {
        const legs = exchange.legs(list);
        return orderListPayload(list, legs, legs.map(cancelPayload));
      }),
  ];
}

function allOrders({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  const rows = exchange.orders(exchange.rules(mandatory(parameters, 'symbol')).symbol);
  const fromId = optionalInteger(parameters, 'orderId');
  return window(
    rows.filter(({ orderId }) => fromId === undefined || orderId >= fromId),
    parameters,
    fromId !== undefined,
    (order: SpotOrder) => order.time,
  ).map(queryPayload);
}

function myTrades({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  const { symbol } = exchange.rules(mandatory(parameters, 'symbol'));
  const rows = exchange.trades(symbol, optionalInteger(parameters, 'orderId'));
  const fromId = optionalInteger(parameters, 'fromId');
  return window(
    rows.filter(({ tradeId }) => fromId === undefined || tradeId >= fromId),
    parameters,
    fromId !== undefined,
    (trade) => trade.time,
  ).map(tradePayload);
}

/** Rows within the times asked for: the oldest from a start or an id on, else the newest. */
function window<T>(
  rows: readonly T[],
  parameters: RawParameters,
  isFromId: boolean,
  timeOf: (row: T) => number,
): T[] {
  const startTime = optionalTime(parameters, 'startTime');
  const endTime = optionalTime(parameters, 'endTime');
  const limit = limitOf(parameters, 500, ROWS_MAX);
  if (startTime !== undefined && endTime !== undefined && endTime - startTime > HISTORY_WINDOW_MS) {
    throw new Refusal(-1127, 'More than 24 hours between startTime and endTime.');
  }
  const inside = rows.filter(
    (row) =>
      timeOf(row) >= (startTime ?? Number.NEGATIVE_INFINITY) &&
      timeOf(row) <= (endTime ?? Number.POSITIVE_INFINITY),
  );
  return startTime === undefined && !isFromId ? inside.slice(-limit) : inside.slice(0, limit);
}

function newOCO({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload {
  const terms = readOCOTerms(parameters);
  const response = (parameters.newOrderRespType ?? 'RESULT') as ResponseType;
  const { list, legs } = exchange.placeOCO(terms);
  const reports = legs.map((leg) => newOrderPayload(leg, [], response));
  return orderListPayload(list, legs, reports);
}

function cancelList({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload {
  const { list, legs } = exchange.cancelList(mandatory(parameters, 'symbol'), {
    orderListId: optionalInteger(parameters, 'orderListId'),
    listClientOrderId: parameters.listClientOrderId,
  });
  return orderListPayload(list, legs, legs.map(cancelPayload));
}

function queryList({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload {
  const id = optionalInteger(parameters, 'orderListId');
  const list = exchange
    .orderLists()
    .find((entry) =>
      id === undefined
        ? entry.listClientOrderId === parameters.origClientOrderId
        : entry.orderListId === id,
    );
  if (list === undefined) throw new Refusal(-2018, 'Order list does not exist.');
  return orderListPayload(list, exchange.legs(list));
}

function openLists(_: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  return exchange
    .orderLists()
    .filter(({ status }) => status === 'EXECUTING')
    .map((list) => orderListPayload(list, exchange.legs(list)));
}

function apiRestrictions({ key }: ExchangeRequest, { now }: ExchangeContext): Payload {
  return {
    ipRestrict: key?.isIpRestricted ?? false,
    createTime: now(),
    enableReading: true,
    enableWithdrawals: key?.canWithdraw ?? false,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: false,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: key?.canTrade ?? false,
    enablePortfolioMarginTrading: false,
  };
}
