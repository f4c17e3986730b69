import { type Decimal, formatDecimal } from '../../domain/index.js';
import { isWaiting, type SpotOrder, type SpotOrderList, type SpotTrade } from './spot-order.js';
import type { SpotState } from './spot-state.js';

/** A JSON object as Binance sends it. */
export type Payload = Record<string, unknown>;
export type ResponseType = 'ACK' | 'RESULT' | 'FULL';

const STP_MODE = 'EXPIRE_MAKER';

/**
 * Returns the answer to a new order.
 *
 * @param order - The order after matching.
 * @param fills - Its trades so far.
 * @param type - How much the client wants to read.
 */
export function newOrderPayload(
  order: SpotOrder,
  fills: readonly SpotTrade[],
  type: ResponseType,
): Payload {
  const head = {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.orderListId,
    clientOrderId: order.clientOrderId,
    transactTime: order.updateTime,
  };
  if (type === 'ACK') return head;
  return {
    ...head,
    ...orderTail(order),
    workingTime: order.workingTime,
    ...(type === 'FULL'
      ? {
          fills: fills.map((fill) => ({
            price: formatDecimal(fill.price),
            qty: formatDecimal(fill.quantity),
            commission: formatDecimal(fill.commission),
            commissionAsset: fill.commissionAsset,
            tradeId: fill.tradeId,
          })),
        }
      : {}),
    selfTradePreventionMode: STP_MODE,
  };
}

/** Returns the answer to a cancelled order. */
export function cancelPayload(order: SpotOrder): Payload {
  return {
    symbol: order.symbol,
    origClientOrderId: order.clientOrderId,
    orderId: order.orderId,
    orderListId: order.orderListId,
    clientOrderId: order.cancelId ?? '',
    transactTime: order.updateTime,
    ...orderTail(order),
    selfTradePreventionMode: STP_MODE,
  };
}

/** Returns an order as the query endpoints show it. */
export function queryPayload(order: SpotOrder): Payload {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.orderListId,
    clientOrderId: order.clientOrderId,
    price: formatDecimal(order.price),
    origQty: formatDecimal(order.quantity),
    executedQty: formatDecimal(order.executedQuantity),
    cummulativeQuoteQty: formatDecimal(order.executedNotional),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    stopPrice: formatDecimal(order.stopPrice),
    icebergQty: formatDecimal(0n),
    time: order.time,
    updateTime: order.updateTime,
    isWorking: !isWaiting(order),
    ...(order.workingTime < 0 ? {} : { workingTime: order.workingTime }),
    origQuoteOrderQty: formatDecimal(order.quoteQuantity),
    selfTradePreventionMode: STP_MODE,
    ...(order.expiryReason === undefined ? {} : { expiryReason: order.expiryReason }),
  };
}

/** Returns a list with the answers of its legs. */
export function orderListPayload(
  list: SpotOrderList,
  legs: readonly SpotOrder[],
  reports?: readonly Payload[],
): Payload {
  return {
    orderListId: list.orderListId,
    contingencyType: 'OCO',
    listStatusType: list.status === 'ALL_DONE' ? 'ALL_DONE' : 'EXEC_STARTED',
    listOrderStatus: list.status,
    listClientOrderId: list.listClientOrderId,
    transactionTime: list.transactionTime,
    symbol: list.symbol,
    orders: legs.map(({ symbol, orderId, clientOrderId }) => ({ symbol, orderId, clientOrderId })),
    ...(reports === undefined ? {} : { orderReports: reports }),
  };
}

/** Returns a trade as `GET /myTrades` shows it. */
export function tradePayload(trade: SpotTrade): Payload {
  return {
    symbol: trade.symbol,
    id: trade.tradeId,
    orderId: trade.orderId,
    orderListId: trade.orderListId,
    price: formatDecimal(trade.price),
    qty: formatDecimal(trade.quantity),
    quoteQty: formatDecimal(trade.notional),
    commission: formatDecimal(trade.commission),
    commissionAsset: trade.commissionAsset,
    time: trade.time,
    isBuyer: trade.isBuyer,
    isMaker: trade.isMaker,
    isBestMatch: true,
  };
}

/** Returns the answer of `GET /account`. */
export function accountPayload(
  state: SpotState,
  options: { omitsZeroBalances: boolean; canTrade: boolean },
): Payload {
  const { maker, taker } = state.commission;
  const basisPoints = (rate: Decimal): number => Number(rate / 10_000n);
  return {
    makerCommission: basisPoints(maker),
    takerCommission: basisPoints(taker),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: {
      maker: formatDecimal(maker),
      taker: formatDecimal(taker),
      buyer: formatDecimal(0n),
      seller: formatDecimal(0n),
    },
    canTrade: options.canTrade,
    canWithdraw: false,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: state.updateTime,
    accountType: 'SPOT',
    balances: Object.entries(state.balances)
      .filter(([, { free, locked }]) => !options.omitsZeroBalances || free + locked > 0n)
      .map(([asset, { free, locked }]) => ({
        asset,
        free: formatDecimal(free),
        locked: formatDecimal(locked),
      })),
    permissions: ['SPOT'],
    uid: 354937868,
  };
}

/** Returns the answer of `GET /account/commission`. */
export function commissionPayload(state: SpotState, symbol: string): Payload {
  const none = {
    maker: '0.00000000',
    taker: '0.00000000',
    buyer: '0.00000000',
    seller: '0.00000000',
  };
  return {
    symbol,
    standardCommission: {
      ...none,
      maker: formatDecimal(state.commission.maker),
      taker: formatDecimal(state.commission.taker),
    },
    specialCommission: none,
    taxCommission: none,
    discount: discountPayload(state),
  };
}

/** Returns the answer of `POST /order/test` with `computeCommissionRates`. */
export function testCommissionPayload(state: SpotState): Payload {
  const none = { maker: '0.00000000', taker: '0.00000000' };
  return {
    standardCommissionForOrder: {
      maker: formatDecimal(state.commission.maker),
      taker: formatDecimal(state.commission.taker),
    },
    specialCommissionForOrder: none,
    taxCommissionForOrder: none,
    discount: discountPayload(state),
  };
}

/** Returns an `executionReport` event. */
export function executionReport(
  order: SpotOrder,
  details: {
    readonly execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED';
    readonly executionId: number;
    readonly time: number;
    readonly trade?: SpotTrade;
  },
): Payload {
  const { execution, trade } = details;
  const isCanceled = execution === 'CANCELED';
  return {
    e: 'executionReport',
    E: details.time,
    s: order.symbol,
    c: isCanceled ? (order.cancelId ?? '') : order.clientOrderId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: formatDecimal(order.quantity),
    p: formatDecimal(order.price),
    P: formatDecimal(order.stopPrice),
    F: formatDecimal(0n),
    g: order.orderListId,
    C: isCanceled ? order.clientOrderId : '',
    x: execution,
    X: order.status,
    r: 'NONE',
    i: order.orderId,
    l: formatDecimal(trade?.quantity ?? 0n),
    z: formatDecimal(order.executedQuantity),
    L: formatDecimal(trade?.price ?? 0n),
    n: trade === undefined ? '0' : formatDecimal(trade.commission),
    N: trade?.commissionAsset ?? null,
    T: details.time,
    t: trade?.tradeId ?? -1,
    I: details.executionId,
    w: execution === 'NEW' && !isWaiting(order),
    m: trade?.isMaker ?? false,
    M: trade !== undefined,
    O: order.time,
    Z: formatDecimal(order.executedNotional),
    Y: formatDecimal(trade?.notional ?? 0n),
    Q: formatDecimal(order.quoteQuantity),
    ...(order.workingTime < 0 ? {} : { W: order.workingTime }),
    V: STP_MODE,
    ...(order.expiryReason === undefined ? {} : { eR: order.expiryReason }),
  };
}

/** Returns a `listStatus` event. */
export function listStatusEvent(list: SpotOrderList, legs: readonly SpotOrder[]): Payload {
  return {
    e: 'listStatus',
    E: list.transactionTime,
    s: list.symbol,
    g: list.orderListId,
    c: 'OCO',
    l: list.status === 'ALL_DONE' ? 'ALL_DONE' : 'EXEC_STARTED',
    L: list.status,
    r: 'NONE',
    C: list.listClientOrderId,
    T: list.transactionTime,
    O: legs.map(({ symbol, orderId, clientOrderId }) => ({
      s: symbol,
      i: orderId,
      c: clientOrderId,
    })),
  };
}

/** Returns an `outboundAccountPosition` event with the assets that changed. */
export function accountPositionEvent(state: SpotState, assets: Iterable<string>): Payload {
  return {
    e: 'outboundAccountPosition',
    E: state.time,
    u: state.time,
    B: [...assets].sort().map((asset) => ({
      a: asset,
      f: formatDecimal(state.balances[asset]?.free ?? 0n),
      l: formatDecimal(state.balances[asset]?.locked ?? 0n),
    })),
  };
}

function orderTail(order: SpotOrder): Payload {
  return {
    price: formatDecimal(order.price),
    origQty: formatDecimal(order.quantity),
    executedQty: formatDecimal(order.executedQuantity),
    origQuoteOrderQty: formatDecimal(order.quoteQuantity),
    cummulativeQuoteQty: formatDecimal(order.executedNotional),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    ...(order.stopPrice > 0n ? { stopPrice: formatDecimal(order.stopPrice) } : {}),
    ...(order.expiryReason === undefined ? {} : { expiryReason: order.expiryReason }),
  };
}

function discountPayload(state: SpotState): Payload {
  return {
    enabledForAccount: state.commission.paysWithBNB,
    enabledForSymbol: true,
    discountAsset: 'BNB',
    discount: formatDecimal(state.commission.discount),
  };
}
