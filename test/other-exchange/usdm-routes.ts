import { fixed } from '../exact.js';
import type { Parameters } from './parameters.js';
import { Refusal, refusals } from './refusal.js';
import type { Routes } from './route.js';
import { klines } from './spot-routes.js';
import type { UsdmAccount } from './usdm-account.js';
import { bracketRows, notionalMax, usdmInfoRow } from './usdm-info.js';
import {
  type AlgoOrder,
  algoAnswer,
  newAlgoAnswer,
  plainAnswer,
  type UsdmOrder,
  usdmTradeAnswer,
} from './usdm-order.js';
import { readAlgoTerms, readUsdmTerms } from './usdm-terms.js';

const WEEK_MS = 7 * 86_400_000;

/** What the routes of USD-M need. */
export interface UsdmContext {
  readonly account: UsdmAccount;
  readonly now: () => number;
  readonly symbols: readonly string[];
  readonly permissions: () => Record<string, unknown>;
  readonly rates: { readonly maker: string; readonly taker: string };
  /** Makes, renews and ends the listen key. */
  readonly listenKey: { make(): string; renew(): boolean; end(): void };
}

/** REST of USD-M: the derivatives documentation of 2026. */
export function usdmRoutes(context: UsdmContext): Routes {
  const { account, now, symbols, permissions, rates, listenKey } = context;
  return {
    'GET /fapi/v1/ping': { security: 'none', weight: 1, run: () => ({}) },
    'GET /fapi/v1/time': { security: 'none', weight: 1, run: () => ({ serverTime: now() }) },
    'GET /fapi/v1/exchangeInfo': {
      ...{ security: 'none', weight: 1 },
      run: () => ({
        ...{
          timezone: 'UTC',
          serverTime: now(),
          futuresType: 'U_MARGINED',
          rateLimits: rateLimits(),
        },
        exchangeFilters: [],
        assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
        symbols: symbols.map((name) => usdmInfoRow(account.market(name).listing, account.status)),
      }),
    },
    'GET /fapi/v1/klines': {
      security: 'none',
      weight: 5,
      run: (parameters) => klines(parameters, account, 1_500),
    },
    'GET /fapi/v1/premiumIndex': {
      security: 'none',
      weight: 1,
      run: (parameters) => premiumIndex(parameters, context),
    },
    'GET /fapi/v1/fundingRate': { security: 'none', weight: 1, run: () => [] },
    'GET /fapi/v1/fundingInfo': { security: 'none', weight: 1, run: () => [] },
    'GET /sapi/v1/account/apiRestrictions': { security: 'signed', weight: 1, run: permissions },
    'POST /fapi/v1/listenKey': {
      security: 'key',
      weight: 1,
      run: () => ({ listenKey: listenKey.make() }),
    },
    'PUT /fapi/v1/listenKey': {
      ...{ security: 'key', weight: 1 },
      run: () => {
        if (!listenKey.renew()) throw new Refusal(-1125, 'This listenKey does not exist.');
        return {};
      },
    },
    'DELETE /fapi/v1/listenKey': {
      ...{ security: 'key', weight: 1 },
      run: () => {
        listenKey.end();
        return {};
      },
    },
    ...orderRoutes(account),
    ...algoRoutes(account),
    ...accountRoutes(account, rates, symbols),
    ...settingRoutes(account),
  };
}

function orderRoutes(account: UsdmAccount): Routes {
  const find = (parameters: Parameters): UsdmOrder | undefined => {
    const symbol = account.market(parameters.required('symbol')).listing.symbol;
    const id = parameters.optional('orderId');
    const clientId = parameters.optional('origClientOrderId');
    if (id === undefined && clientId === undefined) throw refusals.mandatory('orderId');
    return account.orders.findLast(
      (order) =>
        order.symbol === symbol &&
        (id === undefined ? order.clientOrderId === clientId : String(order.orderId) === id),
    );
  };
  return {
    'POST /fapi/v1/order': {
      ...{ security: 'signed', weight: 0, orders: 1 },
      run: (parameters) => {
        const terms = readUsdmTerms(parameters);
        const isResult = parameters.optional('newOrderRespType') === 'RESULT';
        const answer = plainAnswer(account.place(terms));
        if (isResult) return answer;
        return {
          ...answer,
          status: 'NEW',
          executedQty: '0',
          cumQty: '0',
          cumQuote: '0',
          avgPrice: '0.00',
        };
      },
    },
    'POST /fapi/v1/order/test': {
      ...{ security: 'signed', weight: 0 },
      run: (parameters) => {
        account.check(readUsdmTerms(parameters));
        return {};
      },
    },
    'GET /fapi/v1/order': {
      ...{ security: 'signed', weight: 1, lags: true },
      run: (parameters) => {
        const order = find(parameters);
        if (order === undefined) throw refusals.noSuchOrder();
        return plainAnswer(order);
      },
    },
    'DELETE /fapi/v1/order': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => plainAnswer(account.cancel(find(parameters))),
    },
    'GET /fapi/v1/openOrders': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => account.openOrders(parameters.optional('symbol')).map(plainAnswer),
    },
    'GET /fapi/v1/allOrders': {
      ...{ security: 'signed', weight: 5 },
      run: (parameters) => {
        const symbol = account.market(parameters.required('symbol')).listing.symbol;
        const from = BigInt(parameters.optional('orderId') ?? '0');
        const rows = account.orders.filter((one) => one.symbol === symbol && one.orderId >= from);
        return rows.slice(0, parameters.integer('limit') ?? 500).map(plainAnswer);
      },
    },
    'GET /fapi/v1/userTrades': {
      ...{ security: 'signed', weight: 5 },
      run: (parameters) => userTrades(parameters, account),
    },
  };
}

function algoRoutes(account: UsdmAccount): Routes {
  const find = (parameters: Parameters): AlgoOrder | undefined => {
    const id = parameters.optional('algoId');
    const clientId = parameters.optional('clientAlgoId');
    if (id === undefined && clientId === undefined) throw refusals.mandatory('algoId');
    return account.algos.findLast((algo) =>
      id === undefined ? algo.clientAlgoId === clientId : String(algo.algoId) === id,
    );
  };
  return {
    'POST /fapi/v1/algoOrder': {
      ...{ security: 'signed', weight: 0, orders: 1 },
      run: (parameters) => newAlgoAnswer(account.placeAlgo(readAlgoTerms(parameters))),
    },
    'GET /fapi/v1/algoOrder': {
      ...{ security: 'signed', weight: 1, lags: true },
      run: (parameters) => {
        const algo = find(parameters);
        if (algo === undefined) throw refusals.noSuchOrder();
        return algoAnswer(algo);
      },
    },
    'DELETE /fapi/v1/algoOrder': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        const { algoId, clientAlgoId } = account.cancelAlgo(find(parameters));
        return { algoId, clientAlgoId, code: '200', msg: 'success' };
      },
    },
    'GET /fapi/v1/openAlgoOrders': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => account.openAlgos(parameters.optional('symbol')).map(algoAnswer),
    },
    'GET /fapi/v1/allAlgoOrders': {
      ...{ security: 'signed', weight: 5 },
      run: (parameters) => {
        const symbol = account.market(parameters.required('symbol')).listing.symbol;
        return account.algos.filter((algo) => algo.symbol === symbol).map(algoAnswer);
      },
    },
    'DELETE /fapi/v1/algoOpenOrders': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        for (const algo of account.openAlgos(parameters.required('symbol')))
          account.cancelAlgo(algo);
        return { code: 200, msg: 'The operation of cancel all open order is done.' };
      },
    },
  };
}

function accountRoutes(
  account: UsdmAccount,
  rates: UsdmContext['rates'],
  symbols: readonly string[],
): Routes {
  const assetRow = (asset: string): Record<string, unknown> => {
    const { wallet, unrealized, initial, maintenance, available } = account.margin(asset);
    const text = (value: bigint): string => fixed(value, 8);
    return {
      ...{ asset, walletBalance: text(wallet), unrealizedProfit: text(unrealized) },
      ...{ marginBalance: text(wallet + unrealized), maintMargin: text(maintenance) },
      ...{ initialMargin: text(initial), positionInitialMargin: text(initial) },
      ...{ openOrderInitialMargin: '0.00000000', crossWalletBalance: text(wallet) },
      ...{ crossUnPnl: text(unrealized), availableBalance: text(available) },
      ...{ maxWithdrawAmount: text(available), updateTime: 0 },
    };
  };
  return {
    'GET /fapi/v3/account': {
      ...{ security: 'signed', weight: 5 },
      run: () => ({
        assets: [...account.wallets.keys()].map(assetRow),
        positions: account.positionRows(),
      }),
    },
    'GET /fapi/v3/balance': {
      ...{ security: 'signed', weight: 5 },
      run: () =>
        [...account.wallets].map(([asset, wallet]) => ({
          ...{
            accountAlias: 'SgsR',
            asset,
            balance: fixed(wallet, 8),
            crossWalletBalance: fixed(wallet, 8),
          },
          ...{ crossUnPnl: '0', availableBalance: fixed(account.margin(asset).available, 8) },
          ...{ maxWithdrawAmount: fixed(wallet, 8), marginAvailable: true, updateTime: 0 },
        })),
    },
    'GET /fapi/v3/positionRisk': {
      ...{ security: 'signed', weight: 5 },
      run: (parameters) => account.positionRows(parameters.optional('symbol')),
    },
    'GET /fapi/v1/accountConfig': {
      ...{ security: 'signed', weight: 5 },
      run: () => ({
        ...{ feeTier: 0, canTrade: true, canDeposit: true, canWithdraw: true },
        ...{ dualSidePosition: false, updateTime: 0, multiAssetsMargin: false, tradeGroupId: -1 },
      }),
    },
    'GET /fapi/v1/commissionRate': {
      ...{ security: 'signed', weight: 20 },
      run: (parameters) => ({
        symbol: account.market(parameters.required('symbol')).listing.symbol,
        makerCommissionRate: rates.maker,
        takerCommissionRate: rates.taker,
        rpiCommissionRate: '0.00005',
      }),
    },
    'GET /fapi/v1/symbolConfig': {
      ...{ security: 'signed', weight: 5 },
      run: (parameters) => {
        const one = parameters.optional('symbol');
        const wanted = one === undefined ? symbols : [account.market(one).listing.symbol];
        return wanted.map((symbol) => ({
          ...{ symbol, marginType: account.position(symbol).marginType, isAutoAddMargin: false },
          leverage: account.position(symbol).leverage,
          maxNotionalValue: notionalMax(account.position(symbol).leverage),
        }));
      },
    },
    'GET /fapi/v1/income': {
      security: 'signed',
      weight: 30,
      run: (parameters) => incomeRows(parameters, account),
    },
  };
}

function settingRoutes(account: UsdmAccount): Routes {
  return {
    'GET /fapi/v1/positionSide/dual': {
      security: 'signed',
      weight: 30,
      run: () => ({ dualSidePosition: false }),
    },
    'GET /fapi/v1/multiAssetsMargin': {
      security: 'signed',
      weight: 30,
      run: () => ({ multiAssetsMargin: false }),
    },
    'POST /fapi/v1/positionSide/dual': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        if (!parameters.flag('dualSidePosition'))
          throw new Refusal(-4059, 'No need to change position side.');
        throw new Refusal(-1000, 'This exchange knows the one-way mode only.');
      },
    },
    'POST /fapi/v1/marginType': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        const symbol = account.market(parameters.required('symbol')).listing.symbol;
        const type = parameters.word('marginType', ['CROSSED', 'ISOLATED']);
        const position = account.position(symbol);
        if (type === position.marginType)
          throw new Refusal(-4046, 'No need to change margin type.');
        position.marginType = type;
        return { code: 200, msg: 'success' };
      },
    },
    'POST /fapi/v1/leverage': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        const symbol = account.market(parameters.required('symbol')).listing.symbol;
        const leverage = parameters.integer('leverage') ?? 0;
        if (leverage < 1 || leverage > 125)
          throw new Refusal(-4028, `Leverage ${leverage} is not valid`);
        account.position(symbol).leverage = leverage;
        return { leverage, maxNotionalValue: notionalMax(leverage), symbol };
      },
    },
    'GET /fapi/v1/leverageBracket': {
      ...{ security: 'signed', weight: 1 },
      run: (parameters) => {
        const symbol = account.market(parameters.required('symbol')).listing.symbol;
        return [{ symbol, notionalCoef: 1, brackets: bracketRows() }];
      },
    },
  };
}

function premiumIndex(
  parameters: Parameters,
  { account, now }: UsdmContext,
): Record<string, unknown> {
  const symbol = account.market(parameters.required('symbol')).listing.symbol;
  const mark = fixed(account.mark(symbol), 8);
  return {
    ...{ symbol, markPrice: mark, indexPrice: mark, estimatedSettlePrice: mark },
    ...{ lastFundingRate: fixed(account.fundingRate, 8), interestRate: '0.00010000' },
    ...{ nextFundingTime: account.nextFunding, time: now() },
  };
}

/** At most a week at once: without an end the week after the start. */
function userTrades(parameters: Parameters, account: UsdmAccount): unknown[] {
  const symbol = account.market(parameters.required('symbol')).listing.symbol;
  const orderId = parameters.optional('orderId');
  const fromId = parameters.integer('fromId');
  const startTime = parameters.integer('startTime');
  if (fromId !== undefined && startTime !== undefined) throw refusals.combination();
  const endTime =
    parameters.integer('endTime') ?? (startTime === undefined ? undefined : startTime + WEEK_MS);
  if (startTime !== undefined && endTime !== undefined && endTime - startTime > WEEK_MS) {
    throw new Refusal(-1127, 'Lookup interval is too big.');
  }
  const limit = parameters.integer('limit') ?? 500;
  const rows = account.orders
    .filter(
      (order) =>
        order.symbol === symbol && (orderId ?? String(order.orderId)) === String(order.orderId),
    )
    .flatMap((order) => order.fills.map((fill) => [order, fill] as const))
    .sort(([, a], [, b]) => a.id - b.id)
    .filter(
      ([, { id, time }]) =>
        id >= (fromId ?? 0) && time >= (startTime ?? 0) && time <= (endTime ?? Infinity),
    );
  const isFromStart = fromId !== undefined || startTime !== undefined;
  const page = isFromStart ? rows.slice(0, limit) : rows.slice(-limit);
  return page.map(([order, fill]) => usdmTradeAnswer(order, fill));
}

function incomeRows(parameters: Parameters, account: UsdmAccount): unknown[] {
  const symbol = parameters.optional('symbol');
  const type = parameters.optional('incomeType');
  const startTime = parameters.integer('startTime') ?? 0;
  const endTime = parameters.integer('endTime') ?? Number.MAX_SAFE_INTEGER;
  return account.incomes
    .filter(
      (row) => (symbol ?? row.symbol) === row.symbol && (type ?? row.incomeType) === row.incomeType,
    )
    .filter(({ time }) => time >= startTime && time <= endTime)
    .slice(0, parameters.integer('limit') ?? 100)
    .map((row) => ({ ...row, income: fixed(row.income, 8), info: row.tradeId || row.incomeType }));
}

function rateLimits(): object[] {
  return [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2_400 },
    { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1_200 },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
  ];
}
