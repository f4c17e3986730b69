import { decimal } from '../../domain/index.js';
import type {
  AccountReport,
  Broker,
  CancelReplaceReport,
  Fill,
  FillQuery,
  InstrumentSource,
  KeyPermissions,
  OCORequest,
  OrderReport,
  OrderRequest,
  SendPermit,
} from '../ports/index.js';
import { OutcomeUnknown, type ReadingNote, RequestRefused } from '../ports/index.js';
import { refusalReason } from './errors.js';
import { allFills, PAGE_FILLS } from './fill-pages.js';
import type { EndpointCall } from './http-client.js';
import { InUse } from './in-use.js';
import { readKeyPermissions } from './key-permissions.js';
import {
  fillFromTrade,
  ocoParameters,
  orderParameters,
  orderReport,
  spotInstrumentRules,
} from './mapper.js';
import { type RowsOptions, readAnswer, readRows } from './read-answer.js';
import {
  accountSchema,
  type BinanceOrder,
  balanceSchema,
  cancelReplaceFailureSchema,
  cancelReplaceSchema,
  cancelSchema,
  errorBodySchema,
  exchangeInfoSchema,
  orderListSchema,
  orderSchema,
  symbolInfoSchema,
  tradeSchema,
} from './schemas.js';
import type { RequestParameters } from './signing.js';

/** Calls an endpoint and returns its parsed answer; throws an `ExchangeError` otherwise. */
export interface EndpointCaller {
  call(call: EndpointCall): Promise<unknown>;
}

export interface SpotBrokerOptions {
  /** Gets word of what cannot be read, or nobody knows. */
  readonly onNote?: (note: ReadingNote) => void;
}

/** Commission that is assumed where an account does not name its own; fraction. */
const USUAL_RATE = decimal('0.001');

/**
 * Trades Binance spot through any transport that can call its endpoints: HTTP, or the simulated exchange in the same
 * process.
 *
 * @param caller - The transport.
 * @param options - Who gets word of what cannot be read.
 */
export function spotBroker(
  caller: EndpointCaller,
  options: SpotBrokerOptions = {},
): Broker & InstrumentSource {
  const { onNote } = options;
  const inUse = new InUse(onNote);
  const reported = (order: BinanceOrder): OrderReport => orderReport(order, onNote);
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
      return reported(readAnswer(orderSchema, answer, 'order', false));
    } catch (error) {
      const isUnknown = error instanceof RequestRefused && error.reason === 'order-not-found';
      if (isUnknown) return undefined;
      throw error;
    }
  };
  /** Lists of one symbol: what is not of it is left out. */
  const ownRows = (what: string, symbol: string): RowsOptions => ({
    what,
    nameOf: (row) => row.symbol,
    isNeeded: (name) => name === symbol,
    onNote,
  });
  const broker: Broker & InstrumentSource = {
    market: 'spot',
    place: async (order, permit) => {
      const answer = await signed('POST', '/api/v3/order', 1, orderParameters(order), permit);
      return reported(readAnswer(orderSchema, answer, 'order', true));
    },
    test: async (order) => {
      const call = { method: 'POST', path: '/api/v3/order/test', weight: 1 } as const;
      await caller.call({ ...call, parameters: orderParameters(order), isSigned: true });
    },
    placeOCO: async (request: OCORequest, permit) => {
      const path = '/api/v3/orderList/oco';
      const answer = await signed('POST', path, 1, ocoParameters(request), permit);
      return readAnswer(orderListSchema, answer, 'orderList/oco', true).orderReports.map(reported);
    },
    cancel: async (symbol, clientOrderId, permit) => {
      const parameters = { symbol, origClientOrderId: clientOrderId };
      const answer = await signed('DELETE', '/api/v3/order', 1, parameters, permit);
      const canceled = readAnswer(cancelSchema, answer, 'order', true);
      const reports = 'orderReports' in canceled ? canceled.orderReports : [canceled];
      const own = reports.map(reported).find((report) => report.clientOrderId === clientOrderId);
      if (own !== undefined) return own;
      throw new OutcomeUnknown(`The answer to the cancel of ${clientOrderId} names other orders`);
    },
    cancelReplace: (symbol, clientOrderId, order, permit) =>
      cancelReplace(caller, [symbol, clientOrderId], order, { permit, reported }),
    query: (symbol, clientOrderId) => findOrder({ symbol, origClientOrderId: clientOrderId }),
    queryById: (symbol, orderId) => findOrder({ symbol, orderId }),
    openOrders: async (symbol) => {
      const answer = await signed('GET', '/api/v3/openOrders', 6, { symbol });
      const rows = readRows(orderSchema, answer, ownRows('openOrders', symbol));
      return rows.filter((row) => row.symbol === symbol).map(reported);
    },
    fills: async (query: FillQuery) => {
      const { symbol, orderId, startTime } = query;
      const weight = orderId === undefined ? 20 : 5;
      const page = async (from: number | undefined): Promise<readonly Fill[]> => {
        const parameters = { symbol, orderId, startTime: from, limit: PAGE_FILLS };
        const answer = await signed('GET', '/api/v3/myTrades', weight, parameters);
        // None may be left out: a page that is not full is the last one.
        const rows = { ...ownRows('myTrades', symbol), isNeeded: () => true };
        return readRows(tradeSchema, answer, rows).map(fillFromTrade);
      };
      return startTime === undefined ? page(undefined) : allFills(startTime, page);
    },
    account: async (): Promise<AccountReport> => {
      const parameters = { omitZeroBalances: 'true' };
      const answer = await signed('GET', '/api/v3/account', 20, parameters);
      const account = readAnswer(accountSchema, answer, 'account', false);
      const { maker, taker } = account.commissionRates ?? {};
      if (taker === undefined) {
        const text = 'the commission of the account cannot be read: 0.1 % is assumed';
        onNote?.({ kind: 'commission', text });
      }
      return {
        ...(account.uid !== undefined && { uid: account.uid }),
        balances: readRows(balanceSchema, account.balances, {
          what: 'account',
          nameOf: (row) => row.asset,
          isNeeded: (asset) => inUse.hasAsset(asset),
          onNote,
        }),
        positions: [],
        canTrade: account.canTrade ?? true,
        makerRate: maker ?? USUAL_RATE,
        takerRate: taker ?? USUAL_RATE,
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
      return inUse.rulesOf(symbols, rows, (row) =>
        spotInstrumentRules(symbolInfoSchema.parse(row)),
      );
    },
  };
  return broker;
}

async function cancelReplace(
  caller: EndpointCaller,
  [symbol, clientOrderId]: readonly [string, string],
  order: OrderRequest,
  {
    permit,
    reported,
  }: {
    readonly permit: SendPermit | undefined;
    readonly reported: (order: BinanceOrder) => OrderReport;
  },
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
      canceled: reported(both.cancelResponse),
      placed: reported(both.newOrderResponse),
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
