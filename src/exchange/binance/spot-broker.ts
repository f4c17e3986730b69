import type {
  AccountReport,
  Broker,
  CancelReplaceReport,
  Fill,
  FillQuery,
  InstrumentRules,
  InstrumentSource,
  KeyPermissions,
  OCORequest,
  OrderReport,
  OrderRequest,
  SendPermit,
} from '../ports/index.js';
import { OutcomeUnknown, RequestRefused } from '../ports/index.js';
import { refusalReason } from './errors.js';
import { allFills, PAGE_FILLS } from './fill-pages.js';
import type { EndpointCall } from './http-client.js';
import { readKeyPermissions } from './key-permissions.js';
import {
  fillFromTrade,
  ocoParameters,
  orderParameters,
  orderReport,
  spotInstrumentRules,
} from './mapper.js';
import { readAnswer } from './read-answer.js';
import {
  accountSchema,
  cancelReplaceFailureSchema,
  cancelReplaceSchema,
  cancelSchema,
  errorBodySchema,
  exchangeInfoSchema,
  orderListSchema,
  orderSchema,
  ordersSchema,
  tradesSchema,
} from './schemas.js';
import type { RequestParameters } from './signing.js';

/** Calls an endpoint and returns its parsed answer; throws an `ExchangeError` otherwise. */
export interface EndpointCaller {
  call(call: EndpointCall): Promise<unknown>;
}

/**
 * Trades Binance spot through any transport that can call its endpoints: HTTP, or the simulated exchange in the same
 * process.
 *
 * @param caller - The transport.
 */
export function spotBroker(caller: EndpointCaller): Broker & InstrumentSource {
  const signed = async (
    method: EndpointCall['method'],
    path: string,
    weight: number,
    parameters: RequestParameters = {},
    permit?: SendPermit,
  ): Promise<unknown> => {
    const isOrder = method !== 'GET';
    const call = { method, path, weight, parameters, isSigned: true, isOrder } as const;
    return caller.call({ ...call, ...(permit !== undefined && { permit }) });
  };
  const findOrder = async (key: RequestParameters): Promise<OrderReport | undefined> => {
    try {
      const answer = await signed('GET', '/api/v3/order', 4, key);
      return orderReport(readAnswer(orderSchema, answer, 'order', false));
    } catch (error) {
      const isUnknown = error instanceof RequestRefused && error.reason === 'order-not-found';
      if (isUnknown) return undefined;
      throw error;
    }
  };
  const broker: Broker & InstrumentSource = {
    market: 'spot',
    place: async (order, permit) => {
      const answer = await signed('POST', '/api/v3/order', 1, orderParameters(order), permit);
      return orderReport(readAnswer(orderSchema, answer, 'order', true));
    },
    test: async (order) => {
      const call = { method: 'POST', path: '/api/v3/order/test', weight: 1 } as const;
      await caller.call({ ...call, parameters: orderParameters(order), isSigned: true });
    },
    placeOCO: async (request: OCORequest, permit) => {
      const path = '/api/v3/orderList/oco';
      const answer = await signed('POST', path, 1, ocoParameters(request), permit);
      return readAnswer(orderListSchema, answer, 'orderList/oco', true).orderReports.map(
        orderReport,
      );
    },
    cancel: async (symbol, clientOrderId, permit) => {
      const parameters = { symbol, origClientOrderId: clientOrderId };
      const answer = await signed('DELETE', '/api/v3/order', 1, parameters, permit);
      const canceled = readAnswer(cancelSchema, answer, 'order', true);
      const reports = 'orderReports' in canceled ? canceled.orderReports : [canceled];
      const own = reports.map(orderReport).find((report) => report.clientOrderId === clientOrderId);
      if (own !== undefined) return own;
      throw new OutcomeUnknown(`The answer to the cancel of ${clientOrderId} names other orders`);
    },
    cancelReplace: (symbol, clientOrderId, order, permit) =>
      cancelReplace(caller, symbol, clientOrderId, order, permit),
    query: (symbol, clientOrderId) => findOrder({ symbol, origClientOrderId: clientOrderId }),
    queryById: (symbol, orderId) => findOrder({ symbol, orderId }),
    openOrders: async (symbol) => {
      const answer = await signed('GET', '/api/v3/openOrders', 6, { symbol });
      return readAnswer(ordersSchema, answer, 'openOrders', false).map(orderReport);
    },
    fills: async (query: FillQuery) => {
      const { symbol, orderId, startTime } = query;
      const weight = orderId === undefined ? 20 : 5;
      const page = async (from: number | undefined): Promise<readonly Fill[]> => {
        const parameters = { symbol, orderId, startTime: from, limit: PAGE_FILLS };
        const answer = await signed('GET', '/api/v3/myTrades', weight, parameters);
        return readAnswer(tradesSchema, answer, 'myTrades', false).map(fillFromTrade);
      };
      return startTime === undefined ? page(undefined) : allFills(startTime, page);
    },
    account: async (): Promise<AccountReport> => {
      const parameters = { omitZeroBalances: 'true' };
      const answer = await signed('GET', '/api/v3/account', 20, parameters);
      const account = readAnswer(accountSchema, answer, 'account', false);
      return {
        ...(account.uid !== undefined && { uid: account.uid }),
        balances: account.balances,
        positions: [],
        canTrade: account.canTrade,
        makerRate: account.commissionRates.maker,
        takerRate: account.commissionRates.taker,
      };
    },
    keyPermissions: async (): Promise<KeyPermissions> => {
      const answer = await signed('GET', '/sapi/v1/account/apiRestrictions', 1);
      return readKeyPermissions(answer);
    },
    instrumentRules: async (symbols) => {
      const parameters = { symbols: JSON.stringify(symbols) };
      const path = '/api/v3/exchangeInfo';
      const answer = await caller.call({ method: 'GET', path, weight: 20, parameters });
      const rows = readAnswer(exchangeInfoSchema, answer, 'exchangeInfo', false).symbols;
      return new Map<string, InstrumentRules>(
        rows.map((row) => [row.symbol, spotInstrumentRules(row)]),
      );
    },
  };
  return broker;
}

async function cancelReplace(
  caller: EndpointCaller,
  symbol: string,
  clientOrderId: string,
  order: OrderRequest,
  permit: SendPermit | undefined,
): Promise<CancelReplaceReport> {
  try {
    const answer = await caller.call({
      method: 'POST',
      path: '/api/v3/order/cancelReplace',
      weight: 1,
      isSigned: true,
      isOrder: true,
      ...(permit !== undefined && { permit }),
      parameters: {
        ...orderParameters(order),
        symbol,
        cancelReplaceMode: 'STOP_ON_FAILURE',
        cancelOrigClientOrderId: clientOrderId,
      },
    });
    const both = readAnswer(cancelReplaceSchema, answer, 'order/cancelReplace', true);
    return {
      canceled: orderReport(both.cancelResponse),
      placed: orderReport(both.newOrderResponse),
    };
  } catch (error) {
    throw cancelReplaceError(error);
  }
}

/** -2021 and -2022 say which half failed in their data. */
function cancelReplaceError(error: unknown): unknown {
  if (!(error instanceof RequestRefused) || (error.code !== -2021 && error.code !== -2022)) {
    return error;
  }
  const failure = cancelReplaceFailureSchema.safeParse(error.cause);
  if (!failure.success) return new OutcomeUnknown(error.message, { code: error.code });
  const { cancelResult, newOrderResult, cancelResponse, newOrderResponse } = failure.data.data;
  if (newOrderResult === 'SUCCESS') {
    // Never asked for with STOP_ON_FAILURE: both orders may be open now.
    return new OutcomeUnknown(error.message, { code: error.code });
  }
  const isCanceled = cancelResult === 'SUCCESS';
  const why = errorBodySchema.safeParse(isCanceled ? newOrderResponse : cancelResponse);
  const detail = why.success
    ? `${why.data.msg} (${why.data.code}, ${refusalReason(why.data.code, why.data.msg)})`
    : error.message;
  return new RequestRefused(isCanceled ? 'replace-order-failed' : 'replace-cancel-failed', detail, {
    ...(why.success ? { code: why.data.code } : {}),
    cause: error,
  });
}
