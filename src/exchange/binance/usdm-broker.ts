import type { z } from 'zod';
import { DAY_MS } from '../../domain/index.js';
import type {
  AccountReport,
  CancelReplaceReport,
  Fill,
  FillQuery,
  InstrumentRules,
  InstrumentSource,
  KeyPermissions,
  OrderReport,
  OrderRequest,
  SendPermit,
  SymbolSettings,
  UsdmBroker,
} from '../ports/index.js';
import { ExchangeError, OutcomeUnknown, RequestRefused } from '../ports/index.js';
import { allFills, PAGE_FILLS, timeWindows } from './fill-pages.js';
import type { EndpointCall } from './http-client.js';
import { readKeyPermissions } from './key-permissions.js';
import { readAnswer } from './read-answer.js';
import type { RequestParameters } from './signing.js';
import type { EndpointCaller } from './spot-broker.js';
import {
  algoIdOf,
  algoOrderParameters,
  algoReport,
  bracketsFromAnswer,
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
  algoOrdersSchema,
  commissionRateSchema,
  incomeSchema,
  leverageBracketSchema,
  leverageSchema,
  positionRiskSchema,
  premiumIndexSchema,
  symbolConfigSchema,
  timeSchema,
  usdmAccountSchema,
  usdmBalancesSchema,
  usdmExchangeInfoSchema,
  usdmOrderSchema,
  usdmOrdersSchema,
  usdmTradesSchema,
} from './usdm-schemas.js';

export interface UsdmBrokerOptions {
  /** Transport to the host that knows about keys, where it is another one; default: the same. */
  readonly keyCaller?: EndpointCaller;
  /** Asset that backs positions; default USDT. */
  readonly marginAsset?: string;
}

/** Trades of at most so long are in one answer: without an end those right after the start. None older than this are kept. */
const TRADES_SPAN_MS = 7 * DAY_MS;
const TRADES_KEPT_MS = 89 * DAY_MS;
/** Nothing to change: what was asked for is so already. */
const UNCHANGED_CODES = [-4046, -4059];

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
  const { keyCaller = caller, marginAsset = 'USDT' } = options;
  // Commission is asked for by symbol.
  let knownSymbol = 'BTCUSDT';

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
    alias ??= signed(usdmBalancesSchema, ['GET', 'v3/balance', 5]).then(
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
    return order && usdmOrderReport(order);
  };
  const algo = (clientAlgoId: string): Promise<AlgoOrderAnswer | undefined> =>
    found(signed(algoOrderSchema, ['GET', 'v1/algoOrder', 1], { clientAlgoId }));

  /** A stop together with the order that it became. */
  const stopReport = async (
    stop: AlgoOrderAnswer,
    plain: OrderReport | undefined,
  ): Promise<OrderReport> => {
    const { symbol, actualOrderId } = stop;
    if (actualOrderId === '') return algoReport(stop, undefined);
    const released =
      plain?.orderId === actualOrderId
        ? plain
        : await plainOrder({ symbol, orderId: actualOrderId });
    return algoReport(stop, released);
  };

  const cancelPlain = async (
    symbol: string,
    clientOrderId: string,
    permit: SendPermit | undefined,
  ): Promise<OrderReport> => {
    const key = { symbol, origClientOrderId: clientOrderId };
    return usdmOrderReport(await signed(usdmOrderSchema, ['DELETE', 'v1/order', 1], key, permit));
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
      if (canceled !== undefined) return algoReport(canceled, undefined);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
    }
    throw new OutcomeUnknown(`${clientOrderId} was cancelled, but could not be read afterwards`);
  };
  const settings = async (symbol: string): Promise<SymbolSettings> => {
    const rows = await signed(symbolConfigSchema, ['GET', 'v1/symbolConfig', 5], { symbol });
    const row = rows.find((entry) => entry.symbol === symbol);
    if (row === undefined) throw new RequestRefused('unknown-symbol', `No settings of ${symbol}`);
    return {
      symbol,
      leverage: row.leverage,
      marginType: row.marginType === 'ISOLATED' ? 'isolated' : 'cross',
      notionalMax: row.maxNotionalValue,
    };
  };

  const broker: UsdmBroker & InstrumentSource = {
    market: 'usdm',
    place: async (order, permit) => {
      refuseUnknownForms(order);
      if (isStop(order)) {
        const call = ['POST', 'v1/algoOrder', 0] as const;
        const placed = await signed(algoOrderSchema, call, algoOrderParameters(order), permit);
        return algoReport(placed, undefined);
      }
      const call = ['POST', 'v1/order', 0] as const;
      return usdmOrderReport(
        await signed(usdmOrderSchema, call, usdmOrderParameters(order), permit),
      );
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
      const [orders, stops] = await Promise.all([
        signed(usdmOrdersSchema, ['GET', 'v1/openOrders', 1], { symbol }),
        signed(algoOrdersSchema, ['GET', 'v1/openAlgoOrders', 1], { symbol }),
      ]);
      // A released stop is there as the order that it became.
      const released = new Map(
        stops.filter((stop) => stop.actualOrderId !== '').map((stop) => [stop.actualOrderId, stop]),
      );
      return [
        ...orders.map((order) => {
          const report = usdmOrderReport(order);
          const stop = released.get(order.orderId);
          return stop === undefined ? report : algoReport(stop, report);
        }),
        ...stops
          .filter((stop) => stop.actualOrderId === '')
          .map((stop) => algoReport(stop, undefined)),
      ];
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
        const rows = await signed(usdmTradesSchema, ['GET', 'v1/userTrades', 5], parameters);
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
        signed(commissionRateSchema, ['GET', 'v1/commissionRate', 20], { symbol: knownSymbol }),
        broker.positions(),
        accountAlias(),
      ]);
      const margin = account.assets.find(({ asset }) => asset === marginAsset);
      return {
        ...(uid !== undefined && { uid }),
        balances: account.assets
          .filter(({ walletBalance }) => walletBalance !== 0n)
          .map(({ asset, walletBalance }) => ({ asset, free: walletBalance, locked: 0n })),
        positions,
        canTrade: config.canTrade,
        makerRate: rates.makerCommissionRate,
        takerRate: rates.takerCommissionRate,
        margin: {
          asset: marginAsset,
          walletBalance: margin?.walletBalance ?? 0n,
          marginBalance: margin?.marginBalance ?? 0n,
          availableBalance: margin?.availableBalance ?? 0n,
          initialMargin: margin?.initialMargin ?? 0n,
          maintenanceMargin: margin?.maintMargin ?? 0n,
          unrealizedPnl: margin?.unrealizedProfit ?? 0n,
        },
      };
    },
    keyPermissions: async (): Promise<KeyPermissions> => {
      const path = '/sapi/v1/account/apiRestrictions';
      const answer = await keyCaller.call({ method: 'GET', path, weight: 1, isSigned: true });
      return readKeyPermissions(answer);
    },
    instrumentRules: async (symbols) => {
      const path = '/fapi/v1/exchangeInfo';
      const answer = await caller.call({ method: 'GET', path, weight: 1 });
      const rows = readAnswer(usdmExchangeInfoSchema, answer, 'exchangeInfo', false).symbols;
      return new Map<string, InstrumentRules>(
        symbols.map((symbol) => {
          const row = rows.find((entry) => entry.symbol === symbol);
          if (row === undefined) throw new RequestRefused('unknown-symbol', `${symbol}: unknown`);
          knownSymbol = symbol;
          return [symbol, usdmInstrumentRules(row)];
        }),
      );
    },
    positions: async (symbol) => {
      const rows = await signed(positionRiskSchema, ['GET', 'v3/positionRisk', 5], { symbol });
      return rows.map(positionFromRow).filter(({ quantity }) => quantity !== 0n);
    },
    symbolSettings: settings,
    setLeverage: async (symbol, leverage) => {
      await signed(leverageSchema, ['POST', 'v1/leverage', 1], { symbol, leverage });
      return settings(symbol);
    },
    setMarginType: (symbol, marginType) =>
      change('/fapi/v1/marginType', {
        symbol,
        marginType: marginType === 'cross' ? 'CROSSED' : 'ISOLATED',
      }),
    setOneWayMode: () => change('/fapi/v1/positionSide/dual', { dualSidePosition: 'false' }),
    leverageBrackets: async (symbol) =>
      bracketsFromAnswer(
        await signed(leverageBracketSchema, ['GET', 'v1/leverageBracket', 1], { symbol }),
        symbol,
      ),
    markPrice: async (symbol) => {
      const path = '/fapi/v1/premiumIndex';
      const answer = await caller.call({ method: 'GET', path, weight: 1, parameters: { symbol } });
      return markPriceFromAnswer(readAnswer(premiumIndexSchema, answer, 'premiumIndex', false));
    },
    fundingPayments: async (symbol, startTime) => {
      const parameters = { symbol, incomeType: 'FUNDING_FEE', startTime, limit: 1_000 };
      const rows = await signed(incomeSchema, ['GET', 'v1/income', 30], parameters);
      return rows.map(({ asset, income, time }) => ({ symbol, asset, amount: income, time }));
    },
  };

  /** Changes a setting; one that is so already is no error. */
  async function change(path: string, parameters: RequestParameters): Promise<void> {
    const call = { method: 'POST', path, weight: 1, isSigned: true, isOrder: true } as const;
    try {
      await caller.call({ ...call, parameters });
    } catch (error) {
      const isSame = error instanceof RequestRefused && UNCHANGED_CODES.includes(error.code ?? 0);
      if (!isSame) throw error;
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
