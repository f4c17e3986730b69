import { formatDecimal, trimDecimal } from '../../domain/index.js';
import {
  type AlgoOrder,
  algoCancelPayload,
  algoOrderPayload,
  balancePayload,
  changedUsdmOrderPayload,
  incomePayload,
  leverageBracketPayload,
  mandatory,
  newAlgoOrderPayload,
  newUsdmOrderPayload,
  notionalMaxAt,
  type OrderKey,
  optionalInteger,
  type Payload,
  type RawParameters,
  Refusal,
  readAlgoOrderTerms,
  readUsdmChange,
  readUsdmOrderTerms,
  refusals,
  type UsdmExchange,
  usdmAccountPayload,
  usdmExchangeInfoRow,
  usdmOrderPayload,
  usdmRefusals,
  usdmTradePayload,
} from '../simulated/index.js';
import { fundingTimes } from './funding-schedule.js';
import {
  bookTicker,
  depthSnapshot,
  eachSymbol,
  historicalTrades,
  klineHandler,
  trades,
  usdmAggregateTrades,
} from './market-routes.js';
import {
  apiRestrictions,
  type ExchangeRequest,
  historyFromId,
  historyRows,
  limitOf,
  optionalTime,
  orderKey,
  orderRateRows,
  perSymbol,
  type Routes,
  raceWithFill,
  refuseWhileLagging,
  routeMaker,
  symbolOf,
  type UsdmContext,
  weightRateRow,
} from './route.js';
import { usdmDayTicker } from './window-ticker.js';

const HOUR_MS = 3_600_000;
const HISTORY_RULE = { spanMsMax: 7 * 24 * HOUR_MS, isSpanImplied: true };
const DEPTHS = [5, 10, 20, 50, 100, 500, 1000];
const BATCH_ORDERS_MAX = 5;
const BATCH_CANCELS_MAX = 10;
const FUNDING_ROWS_MAX = 1_000;
/** Interest per eight hours, part of every funding rate. */
const INTEREST_RATE = '0.00010000';

const route = routeMaker<UsdmContext>();
const klines = klineHandler({ rowsMax: 1_500, isStrict: true, subject: 'symbol' });
const pairKlines = klineHandler({ rowsMax: 1_500, isStrict: true, subject: 'pair' });
const success = { code: 200, msg: 'success' };

/** Endpoints of USD-M by `METHOD path`. */
export const USDM_ROUTES: Routes<UsdmContext> = {
  'GET /fapi/v1/ping': route('none', 1, () => ({})),
  'GET /fapi/v1/time': route('none', 1, (_, { now }) => ({ serverTime: now() })),
  'GET /fapi/v1/exchangeInfo': route('none', 1, exchangeInfo),
  'GET /fapi/v1/klines': route('none', klineWeight, klines),
  // Candles of index and mark price: the replay knows one price only.
  'GET /fapi/v1/markPriceKlines': route('none', klineWeight, klines),
  'GET /fapi/v1/indexPriceKlines': route('none', klineWeight, pairKlines),
  'GET /fapi/v1/continuousKlines': route('none', klineWeight, pairKlines),
  'GET /fapi/v1/ticker/price': route('none', perSymbol(1, 2), eachSymbol(lastPrice)),
  'GET /fapi/v2/ticker/price': route('none', perSymbol(1, 2), eachSymbol(lastPrice)),
  'GET /fapi/v1/ticker/bookTicker': route('none', perSymbol(2, 5), eachSymbol(bookTickerRow)),
  'GET /fapi/v1/ticker/24hr': route('none', perSymbol(1, 40), eachSymbol(usdmDayTicker)),
  'GET /fapi/v1/premiumIndex': route('none', perSymbol(1, 10), eachSymbol(premiumIndex)),
  'GET /fapi/v1/fundingRate': route('none', 0, fundingRates),
  'GET /fapi/v1/fundingInfo': route('none', 0, fundingInfo),
  'GET /fapi/v1/depth': route('none', depthWeight, depth),
  'GET /fapi/v1/trades': route('none', 5, trades),
  'GET /fapi/v1/historicalTrades': route('key', 20, historicalTrades),
  'GET /fapi/v1/openInterest': route('none', 1, openInterest),
  // The mark price is the index price: there is never a premium.
  'GET /fapi/v1/premiumIndexKlines': route('none', klineWeight, (request, context) =>
    klines(request, context).map((row) => withoutPrices(row as unknown[])),
  ),
  'GET /fapi/v1/aggTrades': route('none', 20, usdmAggregateTrades),
  'POST /fapi/v1/listenKey': route('key', 1, ({ key }, { listenKeys }) => ({
    listenKey: listenKeys.start(key!.apiKey),
  })),
  'PUT /fapi/v1/listenKey': route('key', 1, ({ key }, { listenKeys }) => ({
    listenKey: listenKeys.keepAlive(key!.apiKey),
  })),
  'DELETE /fapi/v1/listenKey': route('key', 1, ({ key }, { listenKeys }) => {
    listenKeys.stop(key!.apiKey);
    return {};
  }),
  'POST /fapi/v1/order': route('trade', 0, newOrder, { orders: 1 }),
  'POST /fapi/v1/order/test': route('trade', 0, testOrder),
  'POST /fapi/v1/batchOrders': route('trade', 5, batchOrders, { orders: BATCH_ORDERS_MAX }),
  'PUT /fapi/v1/order': route('trade', 0, modifyOrder, { orders: 1 }),
  'DELETE /fapi/v1/batchOrders': route('trade', 1, cancelBatch),
  'GET /fapi/v1/order': route('read', 1, queryOrder),
  'GET /fapi/v1/openOrder': route('read', 1, queryOpenOrder),
  'DELETE /fapi/v1/order': route('trade', 1, cancelOrder),
  'DELETE /fapi/v1/allOpenOrders': route('trade', 1, ({ parameters }, { exchange }) => {
    exchange.cancelAll(symbolOf(parameters, exchange));
    return { code: 200, msg: 'The operation of cancel all open order is done.' };
  }),
  'GET /fapi/v1/openOrders': route('read', perSymbol(1, 40), ({ parameters }, { exchange }) =>
    exchange.openOrders(optionalSymbol(parameters, exchange)).map(usdmOrderPayload),
  ),
  'GET /fapi/v1/allOrders': route('read', 5, allOrders),
  'GET /fapi/v1/userTrades': route('read', 5, userTrades),
  'POST /fapi/v1/algoOrder': route('trade', 0, newAlgoOrder, { orders: 1 }),
  'GET /fapi/v1/algoOrder': route('read', 1, queryAlgoOrder),
  'DELETE /fapi/v1/algoOrder': route('trade', 1, ({ parameters }, { exchange }) =>
    algoCancelPayload(exchange.cancelAlgo(algoKey(parameters))),
  ),
  'DELETE /fapi/v1/algoOpenOrders': route('trade', 1, ({ parameters }, { exchange }) => {
    exchange.cancelAllAlgos(symbolOf(parameters, exchange));
    return { code: 200, msg: 'The operation of cancel all open order is done.' };
  }),
  'GET /fapi/v1/openAlgoOrders': route('read', perSymbol(1, 40), ({ parameters }, { exchange }) =>
    exchange
      .openAlgos(optionalSymbol(parameters, exchange))
      .map((algo) => algoPayload(algo, exchange)),
  ),
  'GET /fapi/v1/allAlgoOrders': route('read', 5, allAlgoOrders),
  'GET /fapi/v3/account': route('read', 5, (_, { exchange }) => account(exchange)),
  'GET /fapi/v2/account': route('read', 5, accountV2),
  'GET /fapi/v3/balance': route('read', 5, (_, { exchange }) => balances(exchange)),
  'GET /fapi/v2/balance': route('read', 5, (_, { exchange }) => balances(exchange)),
  'GET /fapi/v3/positionRisk': route('read', 5, ({ parameters }, { exchange }) =>
    exchange.positionRisk(optionalSymbol(parameters, exchange)),
  ),
  'GET /fapi/v2/positionRisk': route('read', 5, positionRiskV2),
  'GET /fapi/v1/leverageBracket': route('read', 1, leverageBrackets),
  'GET /fapi/v1/accountConfig': route('read', 5, accountConfig),
  'GET /fapi/v1/symbolConfig': route('read', 5, ({ parameters }, { exchange }) =>
    namesOf(parameters, exchange).map((symbol) => symbolConfig(symbol, exchange)),
  ),
  'GET /fapi/v1/commissionRate': route('read', 20, commissionRate),
  'GET /fapi/v1/income': route('read', 30, income),
  'GET /fapi/v1/rateLimit/order': route('read', 1, (_, { limits, limitNow }) =>
    orderRateRows(limits, limitNow()).map(({ count: _count, ...row }) => row),
  ),
  'GET /fapi/v1/adlQuantile': route('read', 5, ({ parameters }, { exchange }) => {
    const rows = namesOf(parameters, exchange).map((symbol) => ({
      symbol,
      // Nobody else is here whose gains would have to pay.
      adlQuantile: { LONG: 0, SHORT: 0, BOTH: 0 },
    }));
    return parameters.symbol === undefined ? rows : rows[0];
  }),
  'GET /fapi/v1/forceOrders': route('read', perSymbol(20, 50), forcedOrders),
  'GET /fapi/v1/feeBurn': route('read', 30, () => ({ feeBurn: false })),
  'GET /fapi/v1/positionSide/dual': route('read', 30, (_, context) => ({
    dualSidePosition: isInMode('hedge-mode', context),
  })),
  'POST /fapi/v1/positionSide/dual': route('trade', 1, ({ parameters }) => {
    if (mandatory(parameters, 'dualSidePosition').toLowerCase() === 'false') {
      throw usdmRefusals.samePositionMode();
    }
    throw usdmRefusals.notSimulated('Hedge mode');
  }),
  'GET /fapi/v1/multiAssetsMargin': route('read', 30, (_, context) => ({
    multiAssetsMargin: isInMode('multi-assets', context),
  })),
  'POST /fapi/v1/leverage': route('trade', 1, changeLeverage),
  'POST /fapi/v1/marginType': route('trade', 1, changeMarginType),
  'GET /sapi/v1/account/apiRestrictions': route('read', 1, apiRestrictions),
};

/** Whether somebody put the account into another mode; the fault lasts as long as the mode. */
function isInMode(mode: 'hedge-mode' | 'multi-assets', { faults, now }: UsdmContext): boolean {
  return faults.strike(mode, 'account', now()) !== undefined;
}

function optionalSymbol({ symbol }: RawParameters, exchange: UsdmExchange): string | undefined {
  return symbol === undefined ? undefined : exchange.rules(symbol).symbol;
}

function namesOf(parameters: RawParameters, exchange: UsdmExchange): string[] {
  const symbol = optionalSymbol(parameters, exchange);
  return symbol === undefined ? Object.keys(exchange.state.symbols) : [symbol];
}

/** Ignores `symbol`: it lists everything. */
function exchangeInfo(_: ExchangeRequest, context: UsdmContext): Payload {
  const { exchange, limits, now, limitNow } = context;
  const symbols = Object.values(exchange.state.symbols);
  const assets = [...new Set(symbols.map(({ marginAsset }) => marginAsset))];
  return {
    timezone: 'UTC',
    serverTime: now(),
    futuresType: 'U_MARGINED',
    rateLimits: [
      weightRateRow(limits),
      ...orderRateRows(limits, limitNow()).map(({ count: _count, ...row }) => row),
    ],
    exchangeFilters: [],
    assets: assets.map((asset) => ({ asset, marginAvailable: true, autoAssetExchange: '-10000' })),
    symbols: symbols.map(usdmExchangeInfoRow),
  };
}

function klineWeight({ limit }: RawParameters): number {
  const rows = Number(limit ?? 500);
  return rows < 100 ? 1 : rows < 500 ? 2 : rows <= 1000 ? 5 : 10;
}

function lastPrice(symbol: string, { exchange, now }: UsdmContext): Payload {
  return { symbol, price: formatDecimal(exchange.lastPrice(symbol)), time: now() };
}

function bookTickerRow(symbol: string, context: UsdmContext): Payload {
  const { exchange, now } = context;
  return { ...bookTicker(symbol, context), time: now(), lastUpdateId: exchange.time };
}

/** The replay knows one price: it is index, mark and settle price, unless the mark price was set. */
function premiumIndex(symbol: string, { exchange, now }: UsdmContext): Payload {
  const { price, fundingRate, nextFundingTime } = exchange.mark(symbol);
  const index = formatDecimal(exchange.lastPrice(symbol));
  return {
    symbol,
    markPrice: formatDecimal(price),
    indexPrice: index,
    estimatedSettlePrice: index,
    lastFundingRate: formatDecimal(fundingRate),
    interestRate: INTEREST_RATE,
    nextFundingTime,
    time: now(),
  };
}

/** The payments up to now; their mark price is the open of the candle that they fall in. */
function fundingRates({ parameters }: ExchangeRequest, context: UsdmContext): Payload[] {
  const { exchange, market, now } = context;
  const symbol = symbolOf(parameters, exchange);
  const intervalMs = exchange.rules(symbol).fundingIntervalHours * HOUR_MS;
  const limit = limitOf(parameters, 100, FUNDING_ROWS_MAX);
  const startTime = optionalTime(parameters, 'startTime');
  const end = Math.min(optionalTime(parameters, 'endTime') ?? now(), now(), market.endTime);
  const times = fundingTimes(intervalMs, Math.max(startTime ?? 0, market.startTime), end);
  const wanted = startTime === undefined ? times.slice(-limit) : times.slice(0, limit);
  return wanted.map((time) => {
    const [candle] = market.candles(symbol, '8h', { endTime: time, limit: 1 }, now());
    return {
      symbol,
      fundingTime: time,
      fundingRate: formatDecimal(exchange.fundingRateAt(symbol, time)),
      markPrice: (candle?.openTime === time ? candle.open : (candle?.close ?? 0)).toFixed(8),
      rateType: 'Regular',
    };
  });
}

function fundingInfo(_: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  return Object.values(exchange.state.symbols).map(({ symbol, fundingIntervalHours }) => ({
    symbol,
    adjustedFundingRateCap: '0.02000000',
    adjustedFundingRateFloor: '-0.02000000',
    fundingIntervalHours,
    disclaimer: false,
    updateTime: null,
  }));
}

function depthWeight({ limit }: RawParameters): number {
  const rows = Number(limit ?? 500);
  return rows <= 50 ? 2 : rows <= 100 ? 5 : rows <= 500 ? 10 : 20;
}

function depth(request: ExchangeRequest, context: UsdmContext): Payload {
  const limit = optionalInteger(request.parameters, 'limit') ?? 500;
  if (!DEPTHS.includes(limit)) throw new Refusal(-4021, `${limit} is not valid depth limit`);
  const time = context.now();
  const { lastUpdateId, ...book } = depthSnapshot(request, context, limit);
  return { lastUpdateId, E: time, T: time, ...book };
}

function newOrder({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload {
  return placeOne(parameters, exchange);
}

function placeOne(parameters: RawParameters, exchange: UsdmExchange): Payload {
  const terms = readUsdmOrderTerms(parameters);
  const type = parameters.newOrderRespType ?? 'ACK';
  if (type !== 'ACK' && type !== 'RESULT') throw usdmRefusals.invalidResponseType();
  return newUsdmOrderPayload(exchange.place(terms), type);
}

function testOrder({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload {
  exchange.check(readUsdmOrderTerms(parameters));
  return {};
}

/** Orders stand alone: some may be refused. */
function batchOrders({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  return listOf(parameters, 'batchOrders', BATCH_ORDERS_MAX).map((entry: unknown) => {
    const raw = Object.entries(entry ?? {}).map(([name, value]) => [name, String(value)]);
    return standingAlone(() => placeOne(Object.fromEntries(raw) as RawParameters, exchange));
  });
}

function modifyOrder({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload {
  const symbol = symbolOf(parameters, exchange);
  const key = orderKey(parameters);
  return changedUsdmOrderPayload(exchange.modify(symbol, key, readUsdmChange(parameters)));
}

/** Orders named by `orderIdList` or `origClientOrderIdList`, each for itself. */
function cancelBatch({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  const symbol = symbolOf(parameters, exchange);
  const named = (name: string): unknown[] => listOf(parameters, name, BATCH_CANCELS_MAX);
  const keys: OrderKey[] =
    parameters.orderIdList === undefined
      ? named('origClientOrderIdList').map((id) => ({ clientOrderId: String(id) }))
      : named('orderIdList').map((id) => ({ orderId: Number(id) }));
  return keys.map((key) =>
    standingAlone(() => changedUsdmOrderPayload(exchange.cancel(symbol, key))),
  );
}

/** A list in JSON that a request must send. @throws {Refusal} -1102 or -1130. */
function listOf(parameters: RawParameters, name: string, countMax: number): unknown[] {
  const text = mandatory(parameters, name);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw refusals.invalidParameter(name);
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > countMax) {
    throw refusals.invalidParameter(name);
  }
  return list;
}

function standingAlone(action: () => Payload): Payload {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, msg: error.message };
  }
}

/** Orders of the exchange that closed positions of the account by force. */
function forcedOrders({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  const rows = namesOf(parameters, exchange)
    .flatMap((symbol) => exchange.orders(symbol))
    .filter(({ clientOrderId }) => clientOrderId.startsWith('autoclose-'));
  const limited = { limit: '50', ...parameters };
  return historyRows(rows, limited, HISTORY_RULE).map(usdmOrderPayload);
}

/** Nobody else holds contracts here. */
function openInterest({ parameters }: ExchangeRequest, { exchange, now }: UsdmContext): Payload {
  const symbol = symbolOf(parameters, exchange);
  const [position] = exchange.positionRisk(symbol);
  const held = typeof position?.positionAmt === 'string' ? position.positionAmt : '0';
  const quantity = held.replace('-', '');
  return { openInterest: quantity, symbol, time: now() };
}

function withoutPrices(row: readonly unknown[]): unknown[] {
  return row.map((entry, i) => (i === 0 || i === 6 ? entry : i === 8 ? 0 : '0'));
}

function queryOrder({ parameters }: ExchangeRequest, context: UsdmContext): Payload {
  const { exchange } = context;
  const order = exchange.find(mandatory(parameters, 'symbol'), orderKey(parameters));
  refuseWhileLagging(order, context);
  return usdmOrderPayload(order);
}

function queryOpenOrder({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload {
  const order = exchange.find(mandatory(parameters, 'symbol'), orderKey(parameters));
  if (!exchange.openOrders(order.symbol).includes(order)) throw refusals.orderNotFound();
  return usdmOrderPayload(order);
}

function cancelOrder({ parameters }: ExchangeRequest, context: UsdmContext): Payload {
  const { exchange, faults } = context;
  const symbol = mandatory(parameters, 'symbol');
  const key = orderKey(parameters);
  if (faults.strike('cancel-races-fill', symbol, context.now()))
    raceWithFill(exchange, symbol, key);
  return changedUsdmOrderPayload(exchange.cancel(symbol, key));
}

function allOrders({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  const rows = exchange.orders(symbolOf(parameters, exchange));
  const rule = { from: 'orderId', id: 'orderId', ...HISTORY_RULE } as const;
  return historyFromId(rows, parameters, rule).map(usdmOrderPayload);
}

function userTrades({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  const orderId = optionalInteger(parameters, 'orderId');
  const rows = exchange.trades(symbolOf(parameters, exchange), orderId);
  const rule = { from: 'fromId', id: 'tradeId', ...HISTORY_RULE } as const;
  return historyFromId(rows, parameters, rule).map(usdmTradePayload);
}

function newAlgoOrder({ parameters }: ExchangeRequest, context: UsdmContext): Payload {
  const { exchange, faults } = context;
  const terms = readAlgoOrderTerms(parameters);
  if (faults.strike('stop-refused', `${terms.type} ${terms.symbol}`, context.now())) {
    throw usdmRefusals.wouldTrigger();
  }
  return newAlgoOrderPayload(exchange.placeAlgo(terms));
}

function queryAlgoOrder({ parameters }: ExchangeRequest, context: UsdmContext): Payload {
  const algo = context.exchange.findAlgo(algoKey(parameters));
  refuseWhileLagging(algo, context);
  return algoPayload(algo, context.exchange);
}

function allAlgoOrders({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  const rows = exchange.algos(symbolOf(parameters, exchange));
  const rule = { from: 'algoId', id: 'orderId', ...HISTORY_RULE } as const;
  return historyFromId(rows, parameters, rule).map((algo) => algoPayload(algo, exchange));
}

function algoPayload(algo: AlgoOrder, exchange: UsdmExchange): Payload {
  return algoOrderPayload(algo, exchange.orderOf(algo));
}

function algoKey(parameters: RawParameters): OrderKey {
  const key = {
    orderId: optionalInteger(parameters, 'algoId'),
    clientOrderId: parameters.clientAlgoId,
  };
  if (key.orderId === undefined && !key.clientOrderId) throw refusals.mandatory('algoId');
  return key;
}

function marginAssets(exchange: UsdmExchange): string[] {
  const used = Object.values(exchange.state.symbols).map(({ marginAsset }) => marginAsset);
  return [...new Set([...used, ...Object.keys(exchange.state.wallets)])].sort();
}

function account(exchange: UsdmExchange): Payload {
  const margins = marginAssets(exchange).map((asset) => [asset, exchange.margin(asset)] as const);
  return usdmAccountPayload(Object.fromEntries(margins), exchange.positionRisk(), exchange.time);
}

/** Version 2 knows more: what the account may do, and leverage and entry price of each position. */
function accountV2({ key }: ExchangeRequest, context: UsdmContext): Payload {
  const { exchange } = context;
  const current = account(exchange);
  const canTrade = key?.canTrade ?? false;
  return {
    feeTier: 0,
    canTrade,
    canDeposit: true,
    canWithdraw: key?.canWithdraw ?? false,
    updateTime: 0,
    multiAssetsMargin: isInMode('multi-assets', context),
    tradeGroupId: -1,
    ...current,
    positions: exchange.positionRisk().map((row) => {
      const { leverage, marginType } = exchange.config(String(row.symbol));
      return {
        ...row,
        unrealizedProfit: row.unRealizedProfit,
        leverage: String(leverage),
        isolated: marginType === 'isolated',
      };
    }),
  };
}

function positionRiskV2({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  return exchange.positionRisk(optionalSymbol(parameters, exchange)).map((row) => {
    const config = symbolConfig(String(row.symbol), exchange);
    const { leverage, marginType } = exchange.config(String(row.symbol));
    return {
      ...row,
      leverage: String(leverage),
      marginType,
      isAutoAddMargin: 'false',
      maxNotionalValue: config.maxNotionalValue,
    };
  });
}

function balances(exchange: UsdmExchange): Payload[] {
  return marginAssets(exchange).map((asset) =>
    balancePayload(asset, exchange.margin(asset), exchange.time),
  );
}

/** An object for one symbol, as documented, a list for all. */
function leverageBrackets(
  { parameters }: ExchangeRequest,
  { exchange }: UsdmContext,
): Payload | Payload[] {
  const symbol = optionalSymbol(parameters, exchange);
  return symbol === undefined
    ? Object.values(exchange.state.symbols).map(leverageBracketPayload)
    : leverageBracketPayload(exchange.rules(symbol));
}

function accountConfig({ key }: ExchangeRequest, context: UsdmContext): Payload {
  return {
    feeTier: 0,
    canTrade: key?.canTrade ?? false,
    canDeposit: true,
    canWithdraw: key?.canWithdraw ?? false,
    dualSidePosition: isInMode('hedge-mode', context),
    updateTime: context.exchange.time,
    multiAssetsMargin: isInMode('multi-assets', context),
    tradeGroupId: -1,
  };
}

function symbolConfig(symbol: string, exchange: UsdmExchange): Payload {
  const { leverage, marginType } = exchange.config(symbol);
  return {
    symbol,
    marginType: marginType === 'cross' ? 'CROSSED' : 'ISOLATED',
    isAutoAddMargin: false,
    leverage,
    maxNotionalValue: trimDecimal(notionalMaxAt(exchange.rules(symbol), leverage)),
  };
}

function commissionRate({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload {
  const { maker, taker } = exchange.state.commission;
  return {
    symbol: symbolOf(parameters, exchange),
    makerCommissionRate: trimDecimal(maker),
    takerCommissionRate: trimDecimal(taker),
    rpiCommissionRate: trimDecimal(maker),
  };
}

function income({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload[] {
  const { symbol, incomeType } = parameters;
  const rows = exchange.state.income.filter(
    (row) =>
      (symbol === undefined || row.symbol === symbol) &&
      (incomeType === undefined || row.type === incomeType),
  );
  const rule = { spanMsMax: Number.POSITIVE_INFINITY };
  const limited = { limit: '100', ...parameters };
  return historyRows(rows, limited, rule).map(incomePayload);
}

function changeLeverage({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload {
  const symbol = symbolOf(parameters, exchange);
  const wanted = optionalInteger(parameters, 'leverage');
  if (wanted === undefined) throw refusals.mandatory('leverage');
  const { leverage } = exchange.setLeverage(symbol, wanted);
  const maxNotionalValue = trimDecimal(notionalMaxAt(exchange.rules(symbol), leverage));
  return { leverage, maxNotionalValue, symbol };
}

function changeMarginType({ parameters }: ExchangeRequest, { exchange }: UsdmContext): Payload {
  const type = mandatory(parameters, 'marginType');
  if (type !== 'CROSSED' && type !== 'ISOLATED') throw refusals.invalidParameter('marginType');
  exchange.setMarginType(symbolOf(parameters, exchange), type === 'CROSSED' ? 'cross' : 'isolated');
  return success;
}
