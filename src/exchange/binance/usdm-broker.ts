import type { z } from 'zod';
import { DAY_MS } from '../../domain/index.js';
import type {
  AccountReport,
  CancelReplaceReport,
  Fill,
  FillQuery,
  InstrumentSource,
  KeyPermissions,
  OrderReport,
  OrderRequest,
  ReadingNote,
  SendPermit,
  SymbolSettings,
  UsdmBroker,
} from '../ports/index.js';
import { ExchangeError, OutcomeUnknown, RequestRefused } from '../ports/index.js';
import { allFills, PAGE_FILLS, timeWindows } from './fill-pages.js';
import type { EndpointCall } from './http-client.js';
import { InUse } from './in-use.js';
import { readKeyPermissions } from './key-permissions.js';
import { type RowsOptions, readAnswer, readRows } from './read-answer.js';
import { exchangeInfoSchema } from './schemas.js';
import type { RequestParameters } from './signing.js';
import type { EndpointCaller } from './spot-broker.js';
import { usdmAccountReport } from './usdm-account-reader.js';
import {
  algoIdOf,
  algoOrderParameters,
  algoReport,
  bracketsFromRow,
  fillFromUsdmTrade,
  isStop,
  markPriceFromAnswer,
  positionFromRow,
  usdmInstrumentRules,
  usdmOrderParameters,
  usdmOrderReport,
} from './usdm-mapper.js';
import {
  type AlgoOrderAnswer,
  accountConfigSchema,
  algoOrderSchema,
  commissionRateSchema,
  incomeSchema,
  leverageSchema,
  positionRiskSchema,
  premiumIndexSchema,
  symbolBracketsSchema,
  symbolConfigSchema,
  timeSchema,
  type UsdmOrderAnswer,
  usdmAccountSchema,
  usdmBalanceSchema,
  usdmOrderSchema,
  usdmSymbolInfoSchema,
  usdmTradeSchema,
} from './usdm-schemas.js';

export interface UsdmBrokerOptions {
  /** Transport to the host that knows about keys, where it is another one; default: the same. */
  readonly keyCaller?: EndpointCaller;
  /** Asset that backs positions; default USDT. */
  readonly marginAsset?: string;
  /** Gets word of what cannot be read, or nobody knows. */
  readonly onNote?: (note: ReadingNote) => void;
}

/** Trades of at most so long are in one answer: without an end those right after the start. None older than this are kept. */
const TRADES_SPAN_MS = 7 * DAY_MS;
const TRADES_KEPT_MS = 89 * DAY_MS;
/** Nothing to change: what was asked for is so already. */
const UNCHANGED_CODES = [-4046, -4059, -4171];
/** Orders or a position stand in the way of a change; said of settings that are right already, too. */
const IN_THE_WAY_CODES = [-4047, -4048, -4067, -4068];
/** A symbol that always is there, to ask for commission with. */
const ANY_SYMBOL = 'BTCUSDT';

/**
 * Trades Binance USD-M through any transport that can call its endpoints: HTTP, or the simulated exchange in the same
 * process. Stops go to the algo service; they are cancelled and queried there, and reported like other orders. A
 * released stop is told of with what its order filled.
 *
 * @param caller - The transport.
 * @param options - The asset of the account, and where to ask about keys.
 */
export function usdmBroker(
  caller: EndpointCaller,
  options: UsdmBrokerOptions = {},
): UsdmBroker & InstrumentSource {
  const { keyCaller = caller, marginAsset = 'USDT', onNote } = options;
  const inUse = new InUse(onNote);
  let knownRates: z.infer<typeof commissionRateSchema> | undefined;

  const reported = (order: UsdmOrderAnswer): OrderReport => usdmOrderReport(order, onNote);
  const list = async <T>(
    schema: z.ZodType<T>,
    [path, weight]: readonly [string, number],
    parameters: RequestParameters,
    isNeeded: RowsOptions['isNeeded'],
  ): Promise<T[]> => {
    const call = { method: 'GET', path: `/fapi/${path}`, weight, parameters } as const;
    // One symbol is documented as an object in places, and seen as a list.
    const rows = [await caller.call({ ...call, isSigned: true, isOrder: false })].flat();
    return readRows(schema, rows, { what: path, nameOf: (row) => row.symbol, isNeeded, onNote });
  };
  const signed = async <T>(
    schema: z.ZodType<T>,
    [method, path, weight]: readonly [EndpointCall['method'], string, number],
    parameters: RequestParameters = {},
    permit?: SendPermit,
  ): Promise<T> => {
    const isOrder = method !== 'GET';
    const call = { method, path: `/fapi/${path}`, weight, parameters, isSigned: true, isOrder };
    const answer = await caller.call({ ...call, ...(permit !== undefined && { permit }) });
    return readAnswer(schema, answer, path, isOrder);
  };
  /** It never changes: once told, it is not asked for again. What has no name to tell is as good an account. */
  let alias: Promise<string | undefined> | undefined;
  const accountAlias = async (): Promise<string | undefined> => {
    alias ??= list(usdmBalanceSchema, ['v3/balance', 5], {}, () => false).then(
      (balances) => balances.find((row) => row.accountAlias !== undefined)?.accountAlias,
      () => undefined,
    );
    const known = await alias;
    if (known === undefined) alias = undefined;
    return known;
  };
  const serverTime = async (): Promise<number> => {
    const call = { method: 'GET', path: '/fapi/v1/time', weight: 1 } as const;
    return readAnswer(timeSchema, await caller.call(call), 'time', false).serverTime;
  };
  const plainOrder = async (key: RequestParameters): Promise<OrderReport | undefined> => {
    const order = await found(signed(usdmOrderSchema, ['GET', 'v1/order', 1], key));
    return order && reported(order);
  };
  const algo = (clientAlgoId: string): Promise<AlgoOrderAnswer | undefined> =>
    found(signed(algoOrderSchema, ['GET', 'v1/algoOrder', 1], { clientAlgoId }));

  /** A stop together with the order that it became. */
  const stopReport = async (
    stop: AlgoOrderAnswer,
    plain: OrderReport | undefined,
  ): Promise<OrderReport> => {
    const { symbol, actualOrderId } = stop;
    if (actualOrderId === '') return algoReport(stop, undefined, onNote);
    const released =
      plain?.orderId === actualOrderId
        ? plain
        : await plainOrder({ symbol, orderId: actualOrderId });
    return algoReport(stop, released, onNote);
  };

  const cancelPlain = async (
    symbol: string,
    clientOrderId: string,
    permit: SendPermit | undefined,
  ): Promise<OrderReport> => {
    const key = { symbol, origClientOrderId: clientOrderId };
    return reported(await signed(usdmOrderSchema, ['DELETE', 'v1/order', 1], key, permit));
  };
  const cancelStop = async (
    clientOrderId: string,
    permit: SendPermit | undefined,
  ): Promise<OrderReport> => {
    const path = '/fapi/v1/algoOrder';
    const parameters = { clientAlgoId: clientOrderId };
    await caller.call({
      method: 'DELETE',
      path,
      weight: 1,
      parameters,
      isSigned: true,
      isOrder: true,
      ...(permit !== undefined && { permit }),
    });
    // The answer says no more than that it is done.
    try {
      const canceled = await algo(clientOrderId);
      if (canceled !== undefined) return algoReport(canceled, undefined, onNote);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
    }
    throw new OutcomeUnknown(`${clientOrderId} was cancelled, but could not be read afterwards`);
  };
  const settings = async (symbol: string): Promise<SymbolSettings> => {
    const isNeeded = (name: unknown): boolean => name === symbol;
    const rows = await list(symbolConfigSchema, ['v1/symbolConfig', 5], { symbol }, isNeeded);
    const row = rows.find((entry) => entry.symbol === symbol);
    if (row === undefined) throw new RequestRefused('unknown-symbol', `No settings of ${symbol}`);
    return {
      symbol,
      leverage: row.leverage,
      marginType: row.marginType === 'ISOLATED' ? 'isolated' : 'cross',
      ...(row.maxNotionalValue !== undefined && { notionalMax: row.maxNotionalValue }),
    };
  };

  const broker: UsdmBroker & InstrumentSource = {
    market: 'usdm',
    place: async (order, permit) => {
      refuseUnknownForms(order);
      if (isStop(order)) {
        const call = ['POST', 'v1/algoOrder', 0] as const;
        const placed = await signed(algoOrderSchema, call, algoOrderParameters(order), permit);
        return algoReport(placed, undefined, onNote);
      }
      const call = ['POST', 'v1/order', 0] as const;
      return reported(await signed(usdmOrderSchema, call, usdmOrderParameters(order), permit));
    },
    test: async (order) => {
      refuseUnknownForms(order);
      if (isStop(order)) throw new RequestRefused('other', 'USD-M has no test of stop orders');
      const call = { method: 'POST', path: '/fapi/v1/order/test', weight: 0 } as const;
      await caller.call({ ...call, parameters: usdmOrderParameters(order), isSigned: true });
    },
    placeOCO: () =>
      Promise.reject(
        new RequestRefused('other', 'USD-M has no OCO; place two reduce-only orders instead'),
      ),
    cancel: async (symbol, clientOrderId, permit) => {
      try {
        return await cancelPlain(symbol, clientOrderId, permit);
      } catch (error) {
        if (!isRefused(error, 'nothing-to-cancel')) throw error;
      }
      return cancelStop(clientOrderId, permit);
    },
    cancelReplace: async (symbol, clientOrderId, order, permit): Promise<CancelReplaceReport> => {
      const canceled = await broker
        .cancel(symbol, clientOrderId, permit)
        .catch((error: unknown) => {
          throw halfRefused('replace-cancel-failed', error);
        });
      const placed = await broker.place(order, permit).catch((error: unknown) => {
        throw halfRefused('replace-order-failed', error);
      });
      return { canceled, placed };
    },
    query: async (symbol, clientOrderId) => {
      const [plain, stop] = await Promise.all([
        plainOrder({ symbol, origClientOrderId: clientOrderId }),
        algo(clientOrderId),
      ]);
      return stop === undefined || stop.symbol !== symbol ? plain : stopReport(stop, plain);
    },
    queryById: (symbol, orderId) => plainOrder({ symbol, orderId }),
    openOrders: async (symbol) => {
      const isOwn = (name: unknown): boolean => name === symbol;
      const [orders, stops] = await Promise.all([
        list(usdmOrderSchema, ['v1/openOrders', 1], { symbol }, isOwn),
        list(algoOrderSchema, ['v1/openAlgoOrders', 1], { symbol }, isOwn),
      ]);
      // A released stop is there as the order that it became.
      const released = new Map(
        stops.filter((stop) => stop.actualOrderId !== '').map((stop) => [stop.actualOrderId, stop]),
      );
      return [
        ...orders.map((order) => {
          const report = reported(order);
          const stop = released.get(order.orderId);
          return stop === undefined ? report : algoReport(stop, report, onNote);
        }),
        ...stops
          .filter((stop) => stop.actualOrderId === '')
          .map((stop) => algoReport(stop, undefined, onNote)),
      ].filter((report) => report.symbol === symbol);
    },
    fills: async ({ symbol, orderId, startTime }: FillQuery) => {
      let wanted = orderId;
      const algoId = orderId === undefined ? undefined : algoIdOf(orderId);
      if (algoId !== undefined) {
        const stop = await found(signed(algoOrderSchema, ['GET', 'v1/algoOrder', 1], { algoId }));
        if (stop === undefined || stop.actualOrderId === '') return [];
        wanted = stop.actualOrderId;
      }
      const page = async (times: RequestParameters): Promise<readonly Fill[]> => {
        const parameters = { symbol, orderId: wanted, ...times, limit: PAGE_FILLS };
        // None may be left out: a page that is not full is the last one.
        const rows = await list(usdmTradeSchema, ['v1/userTrades', 5], parameters, () => true);
        return rows.map(fillFromUsdmTrade);
      };
      if (startTime === undefined) return page({});
      const now = await serverTime();
      const first = Math.max(startTime, now - TRADES_KEPT_MS);
      const fills: Fill[] = [];
      for (const { startTime: start, endTime } of timeWindows(first, now, TRADES_SPAN_MS))
        fills.push(...(await allFills(start, (from) => page({ startTime: from, endTime }))));
      return fills;
    },
    account: async (): Promise<AccountReport> => {
      const [account, config, rates, positions, uid] = await Promise.all([
        signed(usdmAccountSchema, ['GET', 'v3/account', 5]),
        signed(accountConfigSchema, ['GET', 'v1/accountConfig', 5]),
        commission(),
        broker.positions(),
        accountAlias(),
      ]);
      const report = usdmAccountReport({ account, config, rates, positions, marginAsset, onNote });
      return { ...(uid !== undefined && { uid }), ...report };
    },
    keyPermissions: async (): Promise<KeyPermissions> => {
      const path = '/sapi/v1/account/apiRestrictions';
      const answer = await keyCaller.call({ method: 'GET', path, weight: 1, isSigned: true });
      return readKeyPermissions(answer);
    },
    instrumentRules: async (symbols) => {
      const path = '/fapi/v1/exchangeInfo';
      const answer = await caller.call({ method: 'GET', path, weight: 1 });
      const rows = readAnswer(exchangeInfoSchema, answer, 'exchangeInfo', false).symbols;
      return inUse.rulesOf(symbols, rows, (row) =>
        usdmInstrumentRules(usdmSymbolInfoSchema.parse(row)),
      );
    },
    positions: async (symbol) => {
      const isNeeded = (name: unknown): boolean =>
        symbol === undefined ? inUse.hasSymbol(name) : name === symbol;
      const rows = await list(positionRiskSchema, ['v3/positionRisk', 5], { symbol }, isNeeded);
      return rows
        .filter((row) => symbol === undefined || row.symbol === symbol)
        .map(positionFromRow)
        .filter(({ quantity }) => quantity !== 0n);
    },
    symbolSettings: settings,
    setLeverage: async (symbol, leverage) => {
      await signed(leverageSchema, ['POST', 'v1/leverage', 1], { symbol, leverage });
      return settings(symbol);
    },
    setMarginType: (symbol, marginType) => {
      const parameters = { symbol, marginType: marginType === 'cross' ? 'CROSSED' : 'ISOLATED' };
      const isSet = async (): Promise<boolean> =>
        (await settings(symbol)).marginType === marginType;
      return change('/fapi/v1/marginType', parameters, isSet);
    },
    setOneWayMode: () => {
      const isSet = async (): Promise<boolean> => {
        const config = await signed(accountConfigSchema, ['GET', 'v1/accountConfig', 5]);
        return config.dualSidePosition === false;
      };
      return change('/fapi/v1/positionSide/dual', { dualSidePosition: 'false' }, isSet);
    },
    leverageBrackets: async (symbol) => {
      const isNeeded = (name: unknown): boolean => name === symbol;
      const call = ['v1/leverageBracket', 1] as const;
      const rows = await list(symbolBracketsSchema, call, { symbol }, isNeeded);
      return rows.filter((row) => row.symbol === symbol).flatMap(bracketsFromRow);
    },
    markPrice: async (symbol) => {
      const path = '/fapi/v1/premiumIndex';
      const answer = await caller.call({ method: 'GET', path, weight: 1, parameters: { symbol } });
      return markPriceFromAnswer(readAnswer(premiumIndexSchema, answer, 'premiumIndex', false));
    },
    fundingPayments: async (symbol, startTime) => {
      const parameters = { symbol, incomeType: 'FUNDING_FEE', startTime, limit: 1_000 };
      const isNeeded = (name: unknown): boolean => name === symbol;
      const rows = await list(incomeSchema, ['v1/income', 30], parameters, isNeeded);
      return rows
        .filter((row) => row.symbol === symbol)
        .map(({ asset, income, time }) => ({ symbol, asset, amount: income, time }));
    },
  };

  /** Commission by symbol; what could be read before stays where it cannot be had now. */
  async function commission(): Promise<typeof knownRates> {
    const parameters = { symbol: inUse.lastSymbol ?? ANY_SYMBOL };
    const call = {
      method: 'GET',
      path: '/fapi/v1/commissionRate',
      weight: 20,
      parameters,
    } as const;
    try {
      const answer = await caller.call({ ...call, isSigned: true, isOrder: false });
      const read = commissionRateSchema.safeParse(answer);
      if (read.success) knownRates = read.data;
    } catch (error) {
      if (!(error instanceof ExchangeError) || knownRates === undefined) throw error;
    }
    return knownRates;
  }

  /** Changes a setting; one that is so already is no error, whatever the exchange says stands in its way. */
  async function change(
    path: string,
    parameters: RequestParameters,
    isSet: () => Promise<boolean>,
  ): Promise<void> {
    const call = { method: 'POST', path, weight: 1, isSigned: true, isOrder: true } as const;
    try {
      await caller.call({ ...call, parameters });
    } catch (error) {
      const code = error instanceof RequestRefused ? (error.code ?? 0) : 0;
      if (UNCHANGED_CODES.includes(code)) return;
      if (!IN_THE_WAY_CODES.includes(code) || !(await isSet())) throw error;
    }
  }
  return broker;
}

function refuseUnknownForms(order: OrderRequest): void {
  if (order.quantity === undefined) {
    throw new RequestRefused('malformed', 'USD-M orders need a quantity of base');
  }
}

/** What was asked for, or `undefined` if the exchange knows none. */
async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefused(error, 'order-not-found')) return undefined;
    throw error;
  }
}

function isRefused(error: unknown, reason: RequestRefused['reason']): boolean {
  return error instanceof RequestRefused && error.reason === reason;
}

function halfRefused(reason: RequestRefused['reason'], error: unknown): unknown {
  if (!(error instanceof RequestRefused)) return error;
  const { code, message } = error;
  return new RequestRefused(reason, message, {
    ...(code === undefined ? {} : { code }),
    cause: error,
  });
}
