import { formatDecimal } from '../../domain/index.js';
import {
  accountPayload,
  CANCEL_REPLACE_PARAMETERS,
  cancelPayload,
  commissionPayload,
  exchangeInfoRow,
  fromOldOCO,
  mandatory,
  newOrderPayload,
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
  testCommissionPayload,
  tradePayload,
} from '../simulated/index.js';
import {
  aggregateTrades,
  bookTicker,
  depthSnapshot,
  eachSymbol,
  historicalTrades,
  klineHandler,
  symbolList,
  trades,
} from './market-routes.js';
import {
  apiRestrictions,
  type ExchangeContext,
  type ExchangeRequest,
  historyFromId,
  limitOf,
  orderKey,
  orderRateRows,
  perSymbol,
  type Routes,
  raceWithFill,
  refuseWhileLagging,
  routeMaker,
  symbolOf,
  weightRateRow,
} from './route.js';

import { dayTicker, rollingTicker, tradingDayTicker, windowTickerWeight } from './window-ticker.js';

const HISTORY_SPAN_MS = 86_400_000;

const route = routeMaker<ExchangeContext>();
const klines = klineHandler({ rowsMax: 1_000, isStrict: false, subject: 'symbol' });

/** Endpoints of spot by `METHOD path`. */
export const SPOT_ROUTES: Routes<ExchangeContext> = {
  'GET /api/v3/ping': route('none', 1, () => ({})),
  'GET /api/v3/time': route('none', 1, (_, { now }) => ({ serverTime: now() })),
  'GET /api/v3/exchangeInfo': route('none', 20, exchangeInfo),
  'GET /api/v3/klines': route('none', 2, klines),
  'GET /api/v3/uiKlines': route('none', 2, klines),
  'GET /api/v3/ticker/price': route('none', perSymbol(2, 4), eachSymbol(lastPrice)),
  'GET /api/v3/ticker/bookTicker': route('none', perSymbol(2, 4), eachSymbol(bookTicker)),
  'GET /api/v3/ticker/24hr': route('none', perSymbol(2, 80), eachSymbol(dayTicker)),
  'GET /api/v3/ticker': route('none', windowTickerWeight, rollingTicker),
  'GET /api/v3/ticker/tradingDay': route('none', windowTickerWeight, tradingDayTicker),
  'GET /api/v3/avgPrice': route('none', 2, averagePrice),
  'GET /api/v3/depth': route('none', depthWeight, depth),
  'GET /api/v3/trades': route('none', 25, trades),
  'GET /api/v3/historicalTrades': route('none', 25, historicalTrades),
  'GET /api/v3/aggTrades': route('none', 4, aggregateTrades),
  'GET /api/v3/account': route('read', 20, account),
  'GET /api/v3/account/commission': route('read', 20, ({ parameters }, { exchange }) => {
    const symbol = symbolOf(parameters, exchange);
    return commissionPayload(exchange.state, symbol);
  }),
  'GET /api/v3/rateLimit/order': route('read', 40, (_, { limits, limitNow }) =>
    orderRateRows(limits, limitNow()),
  ),
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
  // The way of 2025 and before, which many clients still go.
  'POST /api/v3/order/oco': route('trade', 1, oldOCO, { orders: 2, isFreeOnSuccess: true }),
  'DELETE /api/v3/orderList': route('trade', 1, cancelList, { isFreeOnSuccess: true }),
  'GET /api/v3/orderList': route('read', 4, queryList),
  'GET /api/v3/openOrderList': route('read', 6, openLists),
  'GET /api/v3/allOrderList': route('read', 20, allLists),
  'GET /api/v3/myFilters': route('read', 40, ({ parameters }, { exchange }) => ({
    exchangeFilters: [],
    symbolFilters: exchangeInfoRow(exchange.rules(symbolOf(parameters, exchange))).filters,
    assetFilters: [],
  })),
  // Nothing is prevented or allocated here.
  'GET /api/v3/myPreventedMatches': route('read', 20, () => []),
  'GET /api/v3/myAllocations': route('read', 20, () => []),
  'GET /sapi/v1/asset/tradeFee': route('read', 1, tradeFees),
  'GET /sapi/v1/account/apiRestrictions': route('read', 1, apiRestrictions),
};

/** Paths that Binance retired: 410. */
export const RETIRED_PATHS: readonly string[] = ['/api/v3/userDataStream', '/api/v1/'];

/** The limits as exchangeInfo lists them. */
function rateLimitRows(limits: ExchangeContext['limits'], limitNow: number): Payload[] {
  return [
    weightRateRow(limits),
    ...orderRateRows(limits, limitNow).map(({ count: _, ...row }) => row),
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
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
    rateLimits: rateLimitRows(limits, context.limitNow()),
    exchangeFilters: [],
    symbols: rows,
  };
}

function lastPrice(symbol: string, { exchange }: ExchangeContext): Payload {
  return { symbol, price: formatDecimal(exchange.lastPrice(symbol)) };
}

function averagePrice(
  { parameters }: ExchangeRequest,
  { exchange, now }: ExchangeContext,
): Payload {
  const symbol = symbolOf(parameters, exchange);
  return { mins: 5, price: formatDecimal(exchange.prices(symbol).average), closeTime: now() };
}

function depthWeight({ limit }: RawParameters): number {
  const rows = Number(limit ?? 100);
  return rows <= 100 ? 5 : rows <= 500 ? 25 : rows <= 1000 ? 50 : 250;
}

function depth(request: ExchangeRequest, context: ExchangeContext): Payload {
  const levels = limitOf(request.parameters, 100, 5_000);
  return { ...depthSnapshot(request, context, levels) };
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

function newOrder({ parameters }: ExchangeRequest, context: ExchangeContext): Payload {
  const { exchange, faults, limits } = context;
  const terms = readOrderTerms(parameters);
  const response = responseType(parameters, terms.type);
  const target = `${terms.type} ${terms.symbol}`;
  if (terms.stopPrice > 0n && faults.strike('stop-refused', target, context.now())) {
    throw refusals.wouldTrigger();
  }
  const order = exchange.place(terms);
  if (order.executedQuantity > 0n) limits.orderFilled(context.limitNow());
  return newOrderPayload(order, exchange.trades(order.symbol, order.orderId), response);
}

function responseType({ newOrderRespType }: RawParameters, orderType: string): ResponseType {
  if (newOrderRespType === '') throw refusals.empty('newOrderRespType');
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

function queryOrder({ parameters }: ExchangeRequest, context: ExchangeContext): Payload {
  const order = context.exchange.find(mandatory(parameters, 'symbol'), orderKey(parameters));
  refuseWhileLagging(order, context);
  return queryPayload(order);
}

function cancelOrder({ parameters }: ExchangeRequest, context: ExchangeContext): Payload {
  const { exchange, faults } = context;
  const symbol = mandatory(parameters, 'symbol');
  const key = orderKey(parameters);
  if (faults.strike('cancel-races-fill', symbol, context.now()))
    raceWithFill(exchange, symbol, key);
  const order = exchange.cancel(symbol, key, readClientId(parameters, 'newClientOrderId'));
  if (order.orderListId < 0) return cancelPayload(order);
  const list = exchange.orderLists().find((entry) => entry.orderListId === order.orderListId)!;
  const legs = exchange.legs(list);
  return orderListPayload(list, legs, legs.map(cancelPayload));
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
  const rows = exchange.orders(symbolOf(parameters, exchange));
  const rule = { from: 'orderId', id: 'orderId', spanMsMax: HISTORY_SPAN_MS } as const;
  return historyFromId(rows, parameters, rule).map(queryPayload);
}

function myTrades({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  const orderId = optionalInteger(parameters, 'orderId');
  const rows = exchange.trades(symbolOf(parameters, exchange), orderId);
  const rule = { from: 'fromId', id: 'tradeId', spanMsMax: HISTORY_SPAN_MS } as const;
  return historyFromId(rows, parameters, rule).map(tradePayload);
}

function newOCO({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload {
  const terms = readOCOTerms(parameters);
  const response =
    parameters.newOrderRespType === undefined ? 'RESULT' : responseType(parameters, 'LIMIT');
  const { list, legs } = exchange.placeOCO(terms);
  const reports = legs.map((leg) => newOrderPayload(leg, [], response));
  return orderListPayload(list, legs, reports);
}

function oldOCO(request: ExchangeRequest, context: ExchangeContext): Payload {
  return newOCO({ ...request, parameters: fromOldOCO(request.parameters) }, context);
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

function allLists({ parameters }: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  const rows = exchange
    .orderLists()
    .map((list) => ({ list, orderListId: list.orderListId, time: list.transactionTime }));
  const rule = { from: 'fromId', id: 'orderListId', spanMsMax: HISTORY_SPAN_MS } as const;
  return historyFromId(rows, parameters, rule).map(({ list }) =>
    orderListPayload(list, exchange.legs(list)),
  );
}

function openLists(_: ExchangeRequest, { exchange }: ExchangeContext): Payload[] {
  return exchange
    .orderLists()
    .filter(({ status }) => status === 'EXECUTING')
    .map((list) => orderListPayload(list, exchange.legs(list)));
}
