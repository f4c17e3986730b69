import { type Decimal, divideDecimals, maxDecimal, trimDecimal } from '../../domain/index.js';
import type { Payload } from './spot-payloads.js';
import { type AccountMargin, entryPrice, positionOf, type SymbolMargin } from './usdm-margin.js';
import type { AlgoOrder, UsdmOrder, UsdmTrade } from './usdm-order.js';
import type { IncomeRow, UsdmState } from './usdm-state.js';
import type { UsdmSymbol } from './usdm-symbol.js';

const STP_MODE = 'EXPIRE_MAKER';

/**
 * Returns the answer to a new order. With `ACK` Binance answers before it matches: the order looks new.
 *
 * @param order - The order after matching.
 * @param type - How much the client wants to read.
 */
export function newUsdmOrderPayload(order: UsdmOrder, type: 'ACK' | 'RESULT'): Payload {
  if (type === 'RESULT') return changedUsdmOrderPayload(order);
  const untouched = { executedQuantity: 0n, executedNotional: 0n, status: 'NEW' } as const;
  return changedUsdmOrderPayload({ ...order, ...untouched, updateTime: order.time });
}

/** Returns an order as the answer to its placing or cancel shows it. */
export function changedUsdmOrderPayload(order: UsdmOrder): Payload {
  return { ...orderPayload(order), cumQty: trimDecimal(order.executedQuantity) };
}

/** Returns an order as queries show it. */
export function usdmOrderPayload(order: UsdmOrder): Payload {
  return { ...orderPayload(order), time: order.time };
}

function orderPayload(order: UsdmOrder): Payload {
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientOrderId,
    price: trimDecimal(order.price),
    avgPrice: trimDecimal(averagePriceOf(order)),
    origQty: trimDecimal(order.quantity),
    executedQty: trimDecimal(order.executedQuantity),
    cumQuote: trimDecimal(order.executedNotional),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: order.closesPosition,
    side: order.side,
    positionSide: 'BOTH',
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: order.type,
    priceMatch: 'NONE',
    selfTradePreventionMode: STP_MODE,
    goodTillDate: order.goodTillTime,
    updateTime: order.updateTime,
  };
}

/** Returns the answer to a new algo order. */
export function newAlgoOrderPayload(algo: AlgoOrder): Payload {
  return { ...algoPayload(algo), activatePrice: '', callbackRate: '' };
}

/**
 * Returns an algo order as queries show it. How much of the released order was filled only that order tells.
 *
 * @param algo - The algo order.
 * @param order - The order that it became, if it was released.
 */
export function algoOrderPayload(algo: AlgoOrder, order: UsdmOrder | undefined): Payload {
  return {
    ...algoPayload(algo),
    actualOrderId: algo.actualOrderId === 0 ? '' : String(algo.actualOrderId),
    actualPrice: trimDecimal(order === undefined ? 0n : averagePriceOf(order)),
    tpTriggerPrice: '0',
    tpPrice: '0',
    slTriggerPrice: '0',
    slPrice: '0',
    tpOrderType: '',
  };
}

function algoPayload(algo: AlgoOrder): Payload {
  return {
    algoId: algo.orderId,
    clientAlgoId: algo.clientOrderId,
    algoType: 'CONDITIONAL',
    orderType: algo.type,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: 'BOTH',
    timeInForce: algo.timeInForce,
    quantity: trimDecimal(algo.quantity),
    algoStatus: algo.status,
    triggerPrice: trimDecimal(algo.triggerPrice),
    price: trimDecimal(algo.price),
    icebergQuantity: null,
    selfTradePreventionMode: STP_MODE,
    workingType: algo.workingType,
    priceMatch: 'NONE',
    closePosition: algo.closesPosition,
    priceProtect: false,
    reduceOnly: algo.reduceOnly,
    createTime: algo.time,
    updateTime: algo.updateTime,
    triggerTime: algo.triggerTime,
    goodTillDate: 0,
  };
}

/** Returns the answer to the cancel of an algo order; its code is a text. */
export function algoCancelPayload(algo: AlgoOrder): Payload {
  return {
    algoId: algo.orderId,
    clientAlgoId: algo.clientOrderId,
    code: '200',
    msg: 'success',
  };
}

/** Returns a trade as `GET /fapi/v1/userTrades` shows it. */
export function usdmTradePayload(trade: UsdmTrade): Payload {
  return {
    buyer: trade.side === 'BUY',
    commission: trimDecimal(trade.commission),
    commissionAsset: trade.commissionAsset,
    id: trade.tradeId,
    maker: trade.isMaker,
    orderId: trade.orderId,
    price: trimDecimal(trade.price),
    qty: trimDecimal(trade.quantity),
    quoteQty: trimDecimal(trade.notional),
    realizedPnl: trimDecimal(trade.realizedPnl),
    side: trade.side,
    positionSide: 'BOTH',
    symbol: trade.symbol,
    time: trade.time,
  };
}

/** Returns a row of `GET /fapi/v1/income`. */
export function incomePayload(row: IncomeRow): Payload {
  return {
    symbol: row.symbol,
    incomeType: row.type,
    income: trimDecimal(row.amount),
    asset: row.asset,
    info: row.tradeId === '' ? row.type : row.tradeId,
    time: row.time,
    tranId: row.id,
    tradeId: row.tradeId,
  };
}

/** Returns a row of `GET /fapi/v3/positionRisk`. */
export function positionRiskPayload(
  state: UsdmState,
  rules: UsdmSymbol,
  margin: SymbolMargin,
  liquidation: Decimal | undefined,
): Payload {
  const position = positionOf(state, rules.symbol);
  const isIsolated = state.configs[rules.symbol]!.marginType === 'isolated';
  const isolated = isIsolated ? position.isolatedWallet + margin.unrealized : 0n;
  return {
    symbol: rules.symbol,
    positionSide: 'BOTH',
    positionAmt: trimDecimal(position.quantity),
    entryPrice: trimDecimal(entryPrice(position)),
    breakEvenPrice: trimDecimal(entryPrice(position)),
    markPrice: trimDecimal(state.marks[rules.symbol]?.price ?? 0n),
    unRealizedProfit: trimDecimal(margin.unrealized),
    liquidationPrice: trimDecimal(liquidation ?? 0n),
    isolatedMargin: trimDecimal(isolated),
    notional: trimDecimal(margin.notional),
    marginAsset: rules.marginAsset,
    isolatedWallet: trimDecimal(position.isolatedWallet),
    initialMargin: trimDecimal(margin.positionInitial + margin.openOrderInitial),
    maintMargin: trimDecimal(margin.maintenance),
    positionInitialMargin: trimDecimal(margin.positionInitial),
    openOrderInitialMargin: trimDecimal(margin.openOrderInitial),
    adl: 1,
    bidNotional: '0',
    askNotional: '0',
    updateTime: position.updateTime,
  };
}

/** Returns a row of `GET /fapi/v3/balance`. */
export function balancePayload(asset: string, margin: AccountMargin, time: number): Payload {
  return {
    accountAlias: 'SgsR',
    asset,
    balance: trimDecimal(margin.wallet),
    crossWalletBalance: trimDecimal(margin.crossWallet),
    crossUnPnl: trimDecimal(margin.crossUnrealized),
    availableBalance: trimDecimal(maxDecimal(margin.available, 0n)),
    maxWithdrawAmount: trimDecimal(maxDecimal(margin.available, 0n)),
    marginAvailable: true,
    updateTime: time,
  };
}

/**
 * Returns the answer of `GET /fapi/v3/account` in single-asset mode: its totals are those of USDT.
 *
 * @param margins - Margin by asset.
 * @param positions - Rows of positionRisk.
 * @param time - When the account was last changed, ms UTC.
 */
export function usdmAccountPayload(
  margins: Readonly<Record<string, AccountMargin>>,
  positions: readonly Payload[],
  time: number,
): Payload {
  const asset = (name: string, margin: AccountMargin): Payload => ({
    asset: name,
    walletBalance: trimDecimal(margin.wallet),
    unrealizedProfit: trimDecimal(margin.unrealized),
    marginBalance: trimDecimal(margin.wallet + margin.unrealized),
    maintMargin: trimDecimal(margin.maintenance),
    initialMargin: trimDecimal(margin.positionInitial + margin.openOrderInitial),
    positionInitialMargin: trimDecimal(margin.positionInitial),
    openOrderInitialMargin: trimDecimal(margin.openOrderInitial),
    crossWalletBalance: trimDecimal(margin.crossWallet),
    crossUnPnl: trimDecimal(margin.crossUnrealized),
    availableBalance: trimDecimal(maxDecimal(margin.available, 0n)),
    maxWithdrawAmount: trimDecimal(maxDecimal(margin.available, 0n)),
    updateTime: time,
  });
  const assets = Object.entries(margins).map(([name, margin]) => asset(name, margin));
  const total = assets.find((row) => row.asset === 'USDT') ?? assets[0] ?? {};
  return {
    totalInitialMargin: total.initialMargin ?? '0',
    totalMaintMargin: total.maintMargin ?? '0',
    totalWalletBalance: total.walletBalance ?? '0',
    totalUnrealizedProfit: total.unrealizedProfit ?? '0',
    totalMarginBalance: total.marginBalance ?? '0',
    totalPositionInitialMargin: total.positionInitialMargin ?? '0',
    totalOpenOrderInitialMargin: total.openOrderInitialMargin ?? '0',
    totalCrossWalletBalance: total.crossWalletBalance ?? '0',
    totalCrossUnPnl: total.crossUnPnl ?? '0',
    availableBalance: total.availableBalance ?? '0',
    maxWithdrawAmount: total.maxWithdrawAmount ?? '0',
    assets,
    positions: positions.map((row) => ({
      symbol: row.symbol,
      positionSide: row.positionSide,
      positionAmt: row.positionAmt,
      unrealizedProfit: row.unRealizedProfit,
      isolatedMargin: row.isolatedMargin,
      notional: row.notional,
      isolatedWallet: row.isolatedWallet,
      initialMargin: row.positionInitialMargin,
      maintMargin: row.maintMargin,
      updateTime: row.updateTime,
    })),
  };
}

/** Returns a symbol's margin table as `GET /fapi/v1/leverageBracket` shows it. */
export function leverageBracketPayload({ symbol, brackets }: UsdmSymbol): Payload {
  return {
    symbol,
    notionalCoef: 1,
    brackets: brackets.map((bracket, i) => ({
      bracket: i + 1,
      initialLeverage: bracket.leverageMax,
      notionalCap: Number(trimDecimal(bracket.notionalCap)),
      notionalFloor: Number(trimDecimal(bracket.notionalFloor)),
      maintMarginRatio: Number(trimDecimal(bracket.maintenanceRate)),
      cum: Number(trimDecimal(bracket.deduction)),
    })),
  };
}

/** Returns an `ORDER_TRADE_UPDATE` event; the client id stays that of the order, also on a cancel. */
export function orderTradeUpdate(
  order: UsdmOrder,
  details: {
    readonly execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'CALCULATED' | 'AMENDMENT';
    readonly time: number;
    readonly trade?: UsdmTrade;
  },
): Payload {
  const { execution, time, trade } = details;
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: time,
    T: time,
    o: {
      s: order.symbol,
      c: order.clientOrderId,
      S: order.side,
      o: order.type,
      f: order.timeInForce,
      q: trimDecimal(order.quantity),
      p: trimDecimal(order.price),
      ap: trimDecimal(averagePriceOf(order)),
      sp: '0',
      x: execution,
      X: order.status,
      i: order.orderId,
      l: trimDecimal(trade?.quantity ?? 0n),
      z: trimDecimal(order.executedQuantity),
      L: trimDecimal(trade?.price ?? 0n),
      ...(trade === undefined
        ? {}
        : { n: trimDecimal(trade.commission), N: trade.commissionAsset }),
      T: time,
      t: trade?.tradeId ?? 0,
      b: '0',
      a: '0',
      m: trade?.isMaker ?? false,
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: order.type,
      ps: 'BOTH',
      cp: order.closesPosition,
      rp: trimDecimal(trade?.realizedPnl ?? 0n),
      pP: false,
      // A released stop: the order names it before the ALGO_UPDATE does that says so.
      ...(order.algoId === 0
        ? { si: 0, ss: 0 }
        : { si: order.algoId, ss: -1, st: 'ALGO_CONDITION' }),
      V: STP_MODE,
      pm: 'NONE',
      gtd: order.goodTillTime,
      er: String(order.expiry),
    },
  };
}

/** Returns a `TRADE_LITE` event, which precedes the full one. */
export function tradeLite(order: UsdmOrder, trade: UsdmTrade): Payload {
  return {
    e: 'TRADE_LITE',
    E: trade.time,
    T: trade.time,
    s: order.symbol,
    q: trimDecimal(order.quantity),
    p: trimDecimal(order.price),
    m: trade.isMaker,
    c: order.clientOrderId,
    S: order.side,
    L: trimDecimal(trade.price),
    l: trimDecimal(trade.quantity),
    t: trade.tradeId,
    i: order.orderId,
  };
}

/** Returns an `ALGO_UPDATE` event. */
export function algoUpdate(algo: AlgoOrder, order: UsdmOrder | undefined, time: number): Payload {
  return {
    e: 'ALGO_UPDATE',
    E: time,
    T: time,
    o: {
      caid: algo.clientOrderId,
      aid: algo.orderId,
      at: 'CONDITIONAL',
      o: algo.type,
      s: algo.symbol,
      S: algo.side,
      ps: 'BOTH',
      f: algo.timeInForce,
      q: trimDecimal(algo.quantity),
      X: algo.status,
      ai: algo.actualOrderId === 0 ? '' : String(algo.actualOrderId),
      ...(order === undefined
        ? {}
        : {
            ap: trimDecimal(averagePriceOf(order)),
            aq: trimDecimal(order.executedQuantity),
            act: order.type,
          }),
      tp: trimDecimal(algo.triggerPrice),
      p: trimDecimal(algo.price),
      V: STP_MODE,
      wt: algo.workingType,
      pm: 'NONE',
      cp: algo.closesPosition,
      pP: false,
      R: algo.reduceOnly,
      tt: algo.triggerTime,
      gtd: 0,
      ...(algo.rejectReason === '' ? {} : { rm: algo.rejectReason }),
    },
  };
}

/** What an `ACCOUNT_UPDATE` tells. */
export interface AccountChange {
  readonly reason: 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT' | 'WITHDRAW' | 'INSURANCE_CLEAR';
  readonly assets: readonly { asset: string; margin: AccountMargin; change: Decimal }[];
  readonly positions: readonly { symbol: string; margin: SymbolMargin }[];
  /** Symbol that the funding is of. */
  readonly symbol?: string;
}

/** Returns an `ACCOUNT_UPDATE` event. */
export function accountUpdate(state: UsdmState, change: AccountChange): Payload {
  return {
    e: 'ACCOUNT_UPDATE',
    E: state.time,
    T: state.time,
    a: {
      m: change.reason,
      ...(change.symbol === undefined ? {} : { S: change.symbol }),
      B: change.assets.map(({ asset, margin, change: amount }) => ({
        a: asset,
        wb: trimDecimal(margin.wallet),
        cw: trimDecimal(margin.crossWallet),
        bc: trimDecimal(amount),
      })),
      P: change.positions.map(({ symbol, margin }) => {
        const position = positionOf(state, symbol);
        return {
          s: symbol,
          pa: trimDecimal(position.quantity),
          ep: trimDecimal(entryPrice(position)),
          bep: trimDecimal(entryPrice(position)),
          cr: trimDecimal(position.realized),
          up: trimDecimal(margin.unrealized),
          mt: state.configs[symbol]!.marginType,
          iw: trimDecimal(position.isolatedWallet),
          ps: 'BOTH',
        };
      }),
    },
  };
}

/** Returns a `MARGIN_CALL` event for the positions that an asset backs. */
export function marginCall(
  state: UsdmState,
  crossWallet: Decimal,
  positions: readonly { symbol: string; margin: SymbolMargin }[],
): Payload {
  return {
    e: 'MARGIN_CALL',
    E: state.time,
    cw: trimDecimal(crossWallet),
    p: positions.map(({ symbol, margin }) => {
      const position = positionOf(state, symbol);
      return {
        s: symbol,
        ps: 'BOTH',
        pa: trimDecimal(position.quantity),
        mt: state.configs[symbol]!.marginType === 'cross' ? 'CROSSED' : 'ISOLATED',
        iw: trimDecimal(position.isolatedWallet),
        mp: trimDecimal(state.marks[symbol]?.price ?? 0n),
        up: trimDecimal(margin.unrealized),
        mm: trimDecimal(margin.maintenance),
      };
    }),
  };
}

/** Returns an `ACCOUNT_CONFIG_UPDATE` event. */
export function leverageUpdate(symbol: string, leverage: number, time: number): Payload {
  return { e: 'ACCOUNT_CONFIG_UPDATE', E: time, T: time, ac: { s: symbol, l: leverage } };
}

function averagePriceOf(order: UsdmOrder): Decimal {
  return order.executedQuantity === 0n
    ? 0n
    : divideDecimals(order.executedNotional, order.executedQuantity, 'nearest');
}
