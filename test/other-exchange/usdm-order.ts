import { type Exact, plain, ratio } from '../exact.js';

export type Side = 'BUY' | 'SELL';

/** A fill of the USD-M account. */
export interface UsdmFill {
  readonly id: number;
  readonly price: Exact;
  readonly quantity: Exact;
  readonly commission: Exact;
  readonly commissionAsset: string;
  readonly realized: Exact;
  readonly time: number;
  readonly isMaker: boolean;
}

/** A plain order; one that a released stop became knows its algo id. */
export interface UsdmOrder {
  readonly symbol: string;
  readonly orderId: bigint;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: string;
  readonly timeInForce: string;
  quantity: Exact;
  readonly price: Exact;
  readonly reduceOnly: boolean;
  readonly algoId: number | undefined;
  readonly time: number;
  status: string;
  executed: Exact;
  notional: Exact;
  updateTime: number;
  readonly fills: UsdmFill[];
}

/** A conditional order of the algo service. */
export interface AlgoOrder {
  readonly algoId: number;
  readonly clientAlgoId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: string;
  readonly quantity: Exact;
  readonly triggerPrice: Exact;
  readonly price: Exact;
  readonly timeInForce: string;
  readonly workingType: string;
  readonly closePosition: boolean;
  readonly reduceOnly: boolean;
  readonly createTime: number;
  status: string;
  child: UsdmOrder | undefined;
  triggerTime: number;
  updateTime: number;
  reason: string;
}

const average = ({ notional, executed }: UsdmOrder): string =>
  executed === 0n ? '0' : plain(ratio(notional, executed, 8));

export function isOpenOrder({ status }: UsdmOrder): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED';
}

/** A plain order in any answer. */
export function plainAnswer(order: UsdmOrder): Record<string, unknown> {
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientOrderId,
    price: plain(order.price),
    avgPrice: average(order),
    origQty: plain(order.quantity),
    executedQty: plain(order.executed),
    cumQty: plain(order.executed),
    cumQuote: plain(order.notional),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: false,
    side: order.side,
    positionSide: 'BOTH',
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: order.type,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    goodTillDate: 0,
    time: order.time,
    updateTime: order.updateTime,
  };
}

/** An algo order in the answer to a new one. */
export function newAlgoAnswer(algo: AlgoOrder): Record<string, unknown> {
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.type,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: 'BOTH',
    timeInForce: algo.timeInForce,
    quantity: plain(algo.quantity),
    algoStatus: algo.status,
    triggerPrice: plain(algo.triggerPrice),
    price: plain(algo.price),
    icebergQuantity: null,
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: algo.workingType,
    priceMatch: 'NONE',
    closePosition: algo.closePosition,
    priceProtect: false,
    reduceOnly: algo.reduceOnly,
    activatePrice: '',
    callbackRate: '',
    createTime: algo.createTime,
    updateTime: algo.updateTime,
    triggerTime: algo.triggerTime,
    goodTillDate: 0,
  };
}

/** An algo order in the answer to a query or in a list. */
export function algoAnswer(algo: AlgoOrder): Record<string, unknown> {
  const { activatePrice: _, callbackRate: __, ...common } = newAlgoAnswer(algo);
  return {
    ...common,
    actualOrderId: algo.child === undefined ? '' : String(algo.child.orderId),
    actualPrice: algo.child === undefined ? '0.00000' : average(algo.child),
    actualQty: algo.child === undefined ? '0' : plain(algo.child.executed),
    ...{ tpTriggerPrice: '0.000', tpPrice: '0.000', slTriggerPrice: '0.000', slPrice: '0.000' },
    tpOrderType: '',
  };
}

/** The event of an algo order; the released order is in it from TRIGGERED on. */
export function algoUpdate(
  algo: AlgoOrder,
  time: number,
  status = algo.status,
): Record<string, unknown> {
  const { child } = algo;
  const isTold = child !== undefined && status !== 'TRIGGERING';
  const isFinished = status === 'FINISHED';
  return {
    ...{ e: 'ALGO_UPDATE', T: time, E: time },
    o: {
      ...{ caid: algo.clientAlgoId, aid: algo.algoId, at: 'CONDITIONAL', o: algo.type },
      ...{ s: algo.symbol, S: algo.side, ps: 'BOTH', f: algo.timeInForce },
      ...{ q: plain(algo.quantity), X: status, ai: isTold ? String(child.orderId) : '' },
      ...(isTold
        ? {
            ap: isFinished ? average(child) : '0',
            aq: isFinished ? plain(child.executed) : '0',
            act: child.type,
          }
        : {}),
      ...{ tp: plain(algo.triggerPrice), p: plain(algo.price), V: 'EXPIRE_MAKER' },
      ...{ wt: algo.workingType, pm: 'NONE', cp: algo.closePosition, pP: false },
      ...{ R: algo.reduceOnly, tt: algo.triggerTime, gtd: 0 },
      ...(algo.reason === '' ? {} : { rm: algo.reason }),
    },
  };
}

/** The event of a plain order; that of a released stop names the algo order. */
export function orderTradeUpdate(
  order: UsdmOrder,
  execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED',
  details: {
    readonly time: number;
    readonly asset: string;
    readonly fill?: UsdmFill;
    readonly reason?: number;
  },
): Record<string, unknown> {
  const { fill, time } = details;
  return {
    ...{ e: 'ORDER_TRADE_UPDATE', T: order.updateTime, E: time },
    o: {
      ...{ s: order.symbol, c: order.clientOrderId, S: order.side, o: order.type },
      ...{ f: order.timeInForce, q: plain(order.quantity), p: plain(order.price) },
      ...{ ap: average(order), sp: '0', x: execution, X: order.status, i: order.orderId },
      ...{ l: plain(fill?.quantity ?? 0n), z: plain(order.executed), L: plain(fill?.price ?? 0n) },
      ...{ n: plain(fill?.commission ?? 0n), N: fill?.commissionAsset ?? details.asset },
      ...{ T: order.updateTime, t: fill?.id ?? 0, b: '0', a: '0', m: fill?.isMaker ?? false },
      ...{ R: order.reduceOnly, wt: 'CONTRACT_PRICE', ot: order.type, ps: 'BOTH', cp: false },
      ...{ rp: plain(fill?.realized ?? 0n), pP: false },
      ...(order.algoId === undefined
        ? { si: 0, ss: 0 }
        : { si: order.algoId, ss: -1, st: 'ALGO_CONDITION' }),
      ...{ V: 'EXPIRE_MAKER', pm: 'NONE', gtd: 0, er: String(details.reason ?? 0) },
    },
  };
}

/** The early, thin notice of a fill, which nobody should book. */
export function tradeLite(order: UsdmOrder, fill: UsdmFill, time: number): Record<string, unknown> {
  return {
    ...{ e: 'TRADE_LITE', E: time, T: fill.time, s: order.symbol, q: plain(order.quantity) },
    ...{ p: plain(order.price), m: fill.isMaker, c: order.clientOrderId, S: order.side },
    ...{ L: plain(fill.price), l: plain(fill.quantity), t: fill.id, i: order.orderId },
  };
}

/** A row of userTrades. */
export function usdmTradeAnswer(order: UsdmOrder, fill: UsdmFill): Record<string, unknown> {
  return {
    symbol: order.symbol,
    id: fill.id,
    orderId: order.orderId,
    side: order.side,
    price: plain(fill.price),
    qty: plain(fill.quantity),
    realizedPnl: plain(fill.realized),
    quoteQty: plain((fill.price * fill.quantity) / 10n ** 18n),
    commission: plain(fill.commission),
    commissionAsset: fill.commissionAsset,
    time: fill.time,
    positionSide: 'BOTH',
    buyer: order.side === 'BUY',
    maker: fill.isMaker,
  };
}
