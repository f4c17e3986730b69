import { exact, fixed } from '../exact.js';
import { klineRow } from './market.js';
import type { Parameters } from './parameters.js';
import { Refusal, refusals } from './refusal.js';
import type { Routes } from './route.js';
import type { OrderKey, SpotAccount } from './spot-account.js';
import { spotInfoRow } from './spot-filters.js';
import {
  cancelAnswer,
  listAnswer,
  newOrderAnswer,
  orderAnswer,
  type SpotOrder,
  tradeAnswer,
} from './spot-order.js';
import { clientId, readOCOTerms, readSpotTerms } from './spot-terms.js';

const DAY_MS = 86_400_000;

/** What the routes of spot need. */
export interface SpotContext {
  readonly account: SpotAccount;
  readonly now: () => number;
  readonly symbols: readonly string[];
  readonly uid: () => number;
  readonly permissions: () => Record<string, unknown>;
  readonly rates: { readonly maker: string; readonly taker: string };
}

/** REST of spot: rest-api.md of July 2026. */
export function spotRoutes({
  account,
  now,
  symbols,
  uid,
  permissions,
  rates,
}: SpotContext): Routes {
  const found = (parameters: Parameters): SpotOrder => {
    const order = account.find(parameters.required('symbol'), orderKey(parameters));
    if (order === undefined) throw refusals.noSuchOrder();
    return order;
  };
  return {
    'GET /api/v3/ping': { security: 'none', weight: 1, run: () => ({}) },
    'GET /api/v3/time': { security: 'none', weight: 1, run: () => ({ serverTime: now() }) },
    'GET /api/v3/exchangeInfo': {
      ...{ security: 'none', weight: 20 },
      run: (parameters) => {
        const list = parameters.optional('symbols');
        const one = parameters.optional('symbol');
        const wanted =
          list === undefined
            ? one === undefined
              ? symbols
              : [one]
            : (JSON.parse(list) as string[]);
        return {
          ...{ timezone: 'UTC', serverTime: now(), rateLimits: rateLimits(), exchangeFilters: [] },
          symbols: wanted.map((name) => spotInfoRow(account.market(name).listing, account.status)),
        };
      },
    },
    'GET /api/v3/klines': {
      security: 'none',
      weight: 2,
      run: (parameters) => klines(parameters, account, 1_000),
    },
    'GET /api/v3/ticker/price': {
      ...{ security: 'none', weight: 2 },
      run: (parameters) => {
        const symbol = parameters.required('symbol');
        return { symbol, price: fixed(account.market(symbol).price, 8) };
      },
    },
    'GET /api/v3/ticker/bookTicker': {
      ...{ security: 'none', weight: 2 },
      run: (parameters) => {
        const symbol = parameters.required('symbol');
        const { bid, ask } = account.market(symbol);
        return {
          symbol,
          bidPrice: fixed(bid, 8),
          bidQty: '1.00000000',
          askPrice: fixed(ask, 8),
          askQty: '1.00000000',
        };
      },
    },
    'GET /sapi/v1/account/apiRestrictions': { security: 'signed', weight: 1, run: permissions },
    'GET /api/v3/account': {
      ...{ security: 'signed', weight: 20 },
      run: (parameters) => ({
        ...{ makerCommission: 10, takerCommission: 10, buyerCommission: 0, sellerCommission: 0 },
        commissionRates: { ...rates, buyer: '0.00000000', seller: '0.00000000' },
        ...{ canTrade: true, canWithdraw: true, canDeposit: true, brokered: false },
        ...{ requireSelfTradePrevention: false, preventSor: false, updateTime: now() },
        accountType: 'SPOT',
        balances: account.balances.rows(parameters.flag('omitZeroBalances')),
        permissions: ['SPOT'],
        uid: uid(),
      }),
    },
    'GET /api/v3/account/commission': {
      ...{ security: 'signed', weight: 20 },
      run: (parameters) => ({
        symbol: account.market(parameters.required('symbol')).listing.symbol,
        standardCommission: { ...rates, buyer: '0.00000000', seller: '0.00000000' },
        taxCommission: {
          maker: '0.00000000',
          taker: '0.00000000',
          buyer: '0.00000000',
          seller: '0.00000000',
        },
        specialCommission: {
          maker: '0.00000000',
          taker: '0.00000000',
          buyer: '0.00000000',
          seller: '0.00000000',
        },
        discount: {
          enabledForAccount: true,
          enabledForSymbol: true,
          discountAsset: 'BNB',
          discount: '0.75000000',
        },
      }),
    },
    ...orderRoutes(account, found),
    'GET /api/v3/openOrders': {
      ...{ security: 'signed', weight: 6 },
      run: (parameters) => account.openOrders(known(parameters, account)).map(orderAnswer),
    },
    'GET /api/v3/allOrders': {
      ...{ security: 'signed', weight: 20 },
      run: (parameters) => {
        const symbol = account.market(parameters.required('symbol')).listing.symbol;
        const rows = account.orders.filter((order) => order.symbol === symbol);
        const from = parameters.integer('orderId');
        const limit = parameters.integer('limit') ?? 500;
        const page =
          from === undefined ? rows.slice(-limit) : rows.filter(({ orderId }) => orderId >= from);
        return page.slice(0, limit).map(orderAnswer);
      },
    },
    'GET /api/v3/myTrades': {
      ...{ security: 'signed', weight: ({ orderId }) => (orderId === undefined ? 20 : 5) },
      run: (parameters) => myTrades(parameters, account),
    },
  };
}

function orderRoutes(account: SpotAccount, found: (parameters: Parameters) => SpotOrder): Routes {
  return {
    'POST /api/v3/order': {
      ...{ security: 'signed', weight: 1, orders: 1 },
      run: (parameters) => {
        const terms = readSpotTerms(parameters);
        const form = responseForm(parameters, terms.type);
        parameters.refuseUnread();
        return newOrderAnswer(account.place(terms), form);
      },
    },
    'POST /api/v3/order/test': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        const terms = readSpotTerms(parameters);
        responseForm(parameters, terms.type);
        parameters.optional('computeCommissionRates');
        parameters.refuseUnread();
        account.check(terms);
        return {};
      },
    },
    'GET /api/v3/order': {
      security: 'signed',
      weight: 4,
      lags: true,
      run: (parameters) => orderAnswer(found(parameters)),
    },
    'DELETE /api/v3/order': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        const symbol = parameters.required('symbol');
        const id = clientId(parameters, 'newClientOrderId');
        return canceled(account, account.cancel(symbol, orderKey(parameters), id));
      },
    },
    'DELETE /api/v3/openOrders': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        const symbol = parameters.required('symbol');
        const open = account.openOrders(symbol);
        if (open.length === 0) throw refusals.unknownOrder();
        return open.flatMap((order) =>
          account.openOrders(symbol).includes(order)
            ? [canceled(account, account.cancel(symbol, { orderId: order.orderId }, 'all'))]
            : [],
        );
      },
    },
    'POST /api/v3/order/cancelReplace': {
      ...{ security: 'signed', weight: 1, orders: 1 },
      run: (parameters) => cancelReplace(parameters, account),
    },
    'POST /api/v3/orderList/oco': {
      ...{ security: 'signed', weight: 1, orders: 2 },
      run: (parameters) => {
        const { listClientId, legs } = readOCOTerms(parameters);
        const form = responseForm(parameters, 'OCO');
        parameters.refuseUnread();
        const list = account.placeOCO(listClientId, legs);
        return {
          ...listAnswer(list),
          orderReports: list.orders.map((order) => newOrderAnswer(order, form)),
        };
      },
    },
    'GET /api/v3/openOrderList': {
      ...{ security: 'signed', weight: 6 },
      run: () => account.lists.filter(({ isDone }) => !isDone).map(listAnswer),
    },
  };
}

/** One kind of order is answered alone, an order of a list with the whole list. */
function canceled(account: SpotAccount, order: SpotOrder): Record<string, unknown> {
  const list = account.listOf(order);
  if (list === undefined) return cancelAnswer(order);
  return { ...listAnswer(list), orderReports: list.orders.map(cancelAnswer) };
}

/** `STOP_ON_FAILURE` and `ALLOW_FAILURE`; filters are checked before anything is cancelled. */
function cancelReplace(parameters: Parameters, account: SpotAccount): unknown {
  const mode = parameters.word('cancelReplaceMode', ['STOP_ON_FAILURE', 'ALLOW_FAILURE']);
  const terms = readSpotTerms(parameters);
  const form = responseForm(parameters, terms.type);
  const key = {
    orderId: parameters.integer('cancelOrderId'),
    clientId: parameters.optional('cancelOrigClientOrderId'),
  };
  const cancelId = clientId(parameters, 'cancelNewClientOrderId');
  parameters.refuseUnread();
  account.check(terms, account.find(terms.symbol, key));
  const attempt = (action: () => unknown): [unknown, boolean] => {
    try {
      return [action(), true];
    } catch (error) {
      if (error instanceof Refusal) return [error.body, false];
      throw error;
    }
  };
  const [cancelResponse, isCanceled] = attempt(() =>
    canceled(account, account.cancel(terms.symbol, key, cancelId)),
  );
  const isAttempted = isCanceled || mode === 'ALLOW_FAILURE';
  const [newOrderResponse, isPlaced] = isAttempted
    ? attempt(() => newOrderAnswer(account.place(terms), form))
    : [null, false];
  const word = (isDone: boolean): string => (isDone ? 'SUCCESS' : 'FAILURE');
  const data = {
    cancelResult: word(isCanceled),
    newOrderResult: isAttempted ? word(isPlaced) : 'NOT_ATTEMPTED',
    ...{ cancelResponse, newOrderResponse },
  };
  if (isCanceled && isPlaced) return data;
  if (isCanceled || isPlaced) {
    throw new Refusal(-2021, 'Order cancel-replace partially failed.', 409, data);
  }
  throw new Refusal(-2022, 'Order cancel-replace failed.', 400, data);
}

/** Only the documented combinations of its parameters. */
function myTrades(parameters: Parameters, account: SpotAccount): unknown[] {
  const symbol = account.market(parameters.required('symbol')).listing.symbol;
  const [orderId, fromId] = [parameters.integer('orderId'), parameters.integer('fromId')];
  const [startTime, endTime] = [parameters.integer('startTime'), parameters.integer('endTime')];
  const limit = parameters.integer('limit') ?? 500;
  const hasTimes = startTime !== undefined || endTime !== undefined;
  if (hasTimes && (orderId !== undefined || fromId !== undefined)) throw refusals.combination();
  if (startTime !== undefined && endTime !== undefined && endTime - startTime > DAY_MS) {
    throw new Refusal(-1127, 'More than 24 hours between startTime and endTime.');
  }
  const rows = account.orders
    .filter((order) => order.symbol === symbol && (orderId ?? order.orderId) === order.orderId)
    .flatMap((order) => order.fills.map((fill) => [order, fill] as const))
    .sort(([, a], [, b]) => a.id - b.id)
    .filter(
      ([, { id, time }]) =>
        id >= (fromId ?? 0) && time >= (startTime ?? 0) && time <= (endTime ?? Infinity),
    );
  const isFromStart = fromId !== undefined || startTime !== undefined;
  const page = isFromStart ? rows.slice(0, limit) : rows.slice(-limit);
  return page.map(([order, fill]) => tradeAnswer(order, fill));
}

/** Rows of a minute: the newest ones without a start, the oldest from a start. */
export function klines(
  parameters: Parameters,
  account: Pick<SpotAccount, 'market'>,
  limitMax: number,
): unknown[] {
  const { candles } = account.market(parameters.required('symbol'));
  if (parameters.required('interval') !== '1m') throw refusals.interval();
  const limit = parameters.integer('limit') ?? 500;
  if (limit > limitMax) throw refusals.badValue('limit');
  const [startTime, endTime] = [parameters.integer('startTime'), parameters.integer('endTime')];
  const rows = candles.filter(
    ({ openTime }) =>
      openTime >= (startTime ?? 0) && openTime <= (endTime ?? Number.MAX_SAFE_INTEGER),
  );
  return (startTime === undefined ? rows.slice(-limit) : rows.slice(0, limit)).map(klineRow);
}

function orderKey(parameters: Parameters): OrderKey {
  const orderId = parameters.integer('orderId');
  const id = parameters.optional('origClientOrderId');
  if (orderId === undefined && id === undefined) {
    throw new Refusal(
      -1102,
      "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
    );
  }
  return { orderId, clientId: id };
}

function responseForm(parameters: Parameters, type: string): string {
  const normal = type === 'MARKET' || type === 'LIMIT' ? 'FULL' : type === 'OCO' ? 'RESULT' : 'ACK';
  const form = parameters.optional('newOrderRespType') ?? normal;
  if (!['ACK', 'RESULT', 'FULL'].includes(form)) throw refusals.badValue('newOrderRespType');
  return form;
}

function known(parameters: Parameters, account: SpotAccount): string | undefined {
  const symbol = parameters.optional('symbol');
  return symbol === undefined ? undefined : account.market(symbol).listing.symbol;
}

function rateLimits(): object[] {
  return [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000 },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
    { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 200_000 },
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
  ];
}

/** Rates as texts of eight decimals. */
export function rateTexts(maker: string, taker: string): { maker: string; taker: string } {
  return { maker: fixed(exact(maker), 8), taker: fixed(exact(taker), 8) };
}
