import { type Exact, fixed } from '../exact.js';

export type Side = 'BUY' | 'SELL';

/** A fill of the spot account. */
export interface SpotFill {
  readonly id: number;
  readonly price: Exact;
  readonly quantity: Exact;
  readonly commission: Exact;
  readonly commissionAsset: string;
  readonly time: number;
  readonly isMaker: boolean;
}

/** An order of the spot account. */
export interface SpotOrder {
  readonly symbol: string;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: string;
  readonly timeInForce: string;
  readonly quantity: Exact;
  readonly quoteQuantity: Exact;
  readonly price: Exact;
  readonly stopPrice: Exact;
  readonly time: number;
  listId: number;
  status: string;
  executed: Exact;
  notional: Exact;
  updateTime: number;
  /** On the book, or a stop that was released; -1 before. */
  workingTime: number;
  /** What it keeps from being spent. */
  lockedAsset: string;
  locked: Exact;
  cancelId: string;
  readonly fills: SpotFill[];
}

/** Two orders of which one cancels the other. */
export interface OrderList {
  readonly id: number;
  readonly clientId: string;
  readonly symbol: string;
  readonly orders: readonly SpotOrder[];
  time: number;
  isDone: boolean;
}

const CONDITIONAL = ['STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'];

export const eight = (value: Exact): string => fixed(value, 8);

export function isOpen({ status }: SpotOrder): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED';
}

export function isConditional({ type }: { readonly type: string }): boolean {
  return CONDITIONAL.includes(type);
}

/** Conditional and not yet released. */
export function isWaiting(order: SpotOrder): boolean {
  return isConditional(order) && order.workingTime < 0;
}

/** The answer to a new order. */
export function newOrderAnswer(order: SpotOrder, form: string): Record<string, unknown> {
  const ack = {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.listId,
    clientOrderId: order.clientOrderId,
    transactTime: order.updateTime,
  };
  if (form === 'ACK') return ack;
  const result = {
    ...ack,
    ...amounts(order),
    ...(isConditional(order) ? { stopPrice: eight(order.stopPrice) } : {}),
    workingTime: order.workingTime,
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
  if (form === 'RESULT') return result;
  const fills = order.fills.map((fill) => ({
    price: eight(fill.price),
    qty: eight(fill.quantity),
    commission: eight(fill.commission),
    commissionAsset: fill.commissionAsset,
    tradeId: fill.id,
  }));
  return { ...result, fills };
}

/** The answer to a cancel. */
export function cancelAnswer(order: SpotOrder): Record<string, unknown> {
  return {
    symbol: order.symbol,
    origClientOrderId: order.clientOrderId,
    orderId: order.orderId,
    orderListId: order.listId,
    clientOrderId: order.cancelId,
    transactTime: order.updateTime,
    ...amounts(order),
    ...(isConditional(order) ? { stopPrice: eight(order.stopPrice) } : {}),
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
}

/** The answer to a query. */
export function orderAnswer(order: SpotOrder): Record<string, unknown> {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.listId,
    clientOrderId: order.clientOrderId,
    ...amounts(order),
    stopPrice: eight(order.stopPrice),
    icebergQty: '0.00000000',
    time: order.time,
    updateTime: order.updateTime,
    isWorking: order.workingTime >= 0,
    workingTime: order.workingTime,
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
}

function amounts(order: SpotOrder): Record<string, unknown> {
  return {
    price: eight(order.price),
    origQty: eight(order.quantity),
    executedQty: eight(order.executed),
    origQuoteOrderQty: eight(order.quoteQuantity),
    cummulativeQuoteQty: eight(order.notional),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
  };
}

/** A row of myTrades. */
export function tradeAnswer(order: SpotOrder, fill: SpotFill): Record<string, unknown> {
  return {
    symbol: order.symbol,
    id: fill.id,
    orderId: order.orderId,
    orderListId: order.listId,
    price: eight(fill.price),
    qty: eight(fill.quantity),
    quoteQty: eight((fill.price * fill.quantity) / 10n ** 18n),
    commission: eight(fill.commission),
    commissionAsset: fill.commissionAsset,
    time: fill.time,
    isBuyer: order.side === 'BUY',
    isMaker: fill.isMaker,
    isBestMatch: true,
  };
}

/** An executionReport; on a cancel `c` is the id of the cancel and `C` that of the order. */
export function executionReport(
  order: SpotOrder,
  type: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED',
  details: {
    readonly id: number;
    readonly eventTime: number;
    readonly fill?: SpotFill;
    readonly expiry?: string;
  },
): Record<string, unknown> {
  const { fill } = details;
  const isCancel = type === 'CANCELED';
  const last = fill === undefined ? 0n : (fill.price * fill.quantity) / 10n ** 18n;
  return {
    ...{ e: 'executionReport', E: details.eventTime, s: order.symbol },
    ...{ c: isCancel ? order.cancelId : order.clientOrderId, S: order.side, o: order.type },
    ...{ f: order.timeInForce, q: eight(order.quantity), p: eight(order.price) },
    ...{ P: eight(order.stopPrice), F: '0.00000000', g: order.listId },
    ...{ C: isCancel ? order.clientOrderId : '', x: type, X: order.status, r: 'NONE' },
    ...{ i: order.orderId, l: eight(fill?.quantity ?? 0n), z: eight(order.executed) },
    ...{ L: eight(fill?.price ?? 0n), n: fill === undefined ? '0' : eight(fill.commission) },
    ...{ N: fill?.commissionAsset ?? null, T: order.updateTime, t: fill?.id ?? -1 },
    ...{ I: details.id, w: isOpen(order) && order.workingTime >= 0, m: fill?.isMaker ?? false },
    ...{ M: fill !== undefined, O: order.time, Z: eight(order.notional), Y: eight(last) },
    ...{ Q: eight(order.quoteQuantity) },
    ...(order.workingTime >= 0 ? { W: order.workingTime } : {}),
    V: 'EXPIRE_MAKER',
    ...(details.expiry === undefined ? {} : { eR: details.expiry }),
  };
}

export function listAnswer(list: OrderList): Record<string, unknown> {
  return {
    orderListId: list.id,
    contingencyType: 'OCO',
    listStatusType: list.isDone ? 'ALL_DONE' : 'EXEC_STARTED',
    listOrderStatus: list.isDone ? 'ALL_DONE' : 'EXECUTING',
    listClientOrderId: list.clientId,
    transactionTime: list.time,
    symbol: list.symbol,
    orders: list.orders.map(({ symbol, orderId, clientOrderId }) => ({
      ...{ symbol, orderId, clientOrderId },
    })),
  };
}

export function listStatus(list: OrderList, eventTime: number): Record<string, unknown> {
  return {
    ...{ e: 'listStatus', E: eventTime, s: list.symbol, g: list.id, c: 'OCO' },
    ...{ l: list.isDone ? 'ALL_DONE' : 'EXEC_STARTED' },
    ...{ L: list.isDone ? 'ALL_DONE' : 'EXECUTING', r: 'NONE', C: list.clientId, T: list.time },
    O: list.orders.map(({ symbol: s, orderId: i, clientOrderId: c }) => ({ s, i, c })),
  };
}
