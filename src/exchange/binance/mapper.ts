import type { z } from 'zod';
import { trimDecimal } from '../../domain/index.js';
import type {
  ExchangeCandle,
  Fill,
  InstrumentRules,
  InstrumentStatus,
  OCORequest,
  OrderReport,
  OrderRequest,
  OrderStatus,
  ReadingNote,
  UserEvent,
} from '../ports/index.js';
import { filterReader, gridsOf } from './filter-reader.js';
import { fillOf, isExecution, readEvent, readParts, statusOf, unknownEvent } from './read-event.js';
import {
  accountPositionSchema,
  type BinanceOrder,
  balanceChangeSchema,
  balanceUpdateSchema,
  type ExchangeInfoSymbol,
  executionReportSchema,
  type klineEventSchema,
  listStatusSchema,
  type tradeSchema,
} from './schemas.js';
import type { RequestParameters } from './signing.js';

const TYPES: Readonly<Record<OrderRequest['type'], string>> = {
  market: 'MARKET',
  limit: 'LIMIT',
  'limit-maker': 'LIMIT_MAKER',
  'stop-loss': 'STOP_LOSS',
  'stop-loss-limit': 'STOP_LOSS_LIMIT',
  'take-profit': 'TAKE_PROFIT',
  'take-profit-limit': 'TAKE_PROFIT_LIMIT',
};
const TYPES_BACK = new Map(
  Object.entries(TYPES).map(([ours, theirs]) => [theirs, ours as OrderRequest['type']]),
);
const STATUSES: Readonly<Record<string, OrderStatus>> = {
  NEW: 'new',
  PENDING_NEW: 'pending',
  PARTIALLY_FILLED: 'partially-filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  PENDING_CANCEL: 'new',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};

/**
 * Writes an order as the parameters of `POST /api/v3/order`.
 *
 * @param order - Order to send.
 */
export function orderParameters(order: OrderRequest): RequestParameters {
  return {
    symbol: order.symbol,
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    type: TYPES[order.type],
    ...(order.type === 'limit' || order.type.endsWith('-limit')
      ? { timeInForce: (('timeInForce' in order && order.timeInForce) || 'gtc').toUpperCase() }
      : {}),
    ...(order.quantity === undefined
      ? { quoteOrderQty: trimDecimal(order.quoteQuantity) }
      : { quantity: trimDecimal(order.quantity) }),
    ...('price' in order ? { price: trimDecimal(order.price) } : {}),
    ...('triggerPrice' in order ? { stopPrice: trimDecimal(order.triggerPrice) } : {}),
    newClientOrderId: order.clientOrderId,
    newOrderRespType: 'FULL',
  };
}

/**
 * Writes an OCO as the parameters of `POST /api/v3/orderList/oco`: for a sell the take-profit lies above the market.
 *
 * @param request - The two exits.
 */
export function ocoParameters(request: OCORequest): RequestParameters {
  const { takeProfit, stopLoss } = request;
  const [profit, stop] = request.side === 'sell' ? ['above', 'below'] : ['below', 'above'];
  return {
    symbol: request.symbol,
    side: request.side === 'buy' ? 'BUY' : 'SELL',
    quantity: trimDecimal(request.quantity),
    listClientOrderId: request.listClientOrderId,
    [`${profit}Type`]: 'LIMIT_MAKER',
    [`${profit}ClientOrderId`]: takeProfit.clientOrderId,
    [`${profit}Price`]: trimDecimal(takeProfit.price),
    [`${stop}Type`]: stopLoss.price === undefined ? 'STOP_LOSS' : 'STOP_LOSS_LIMIT',
    [`${stop}ClientOrderId`]: stopLoss.clientOrderId,
    [`${stop}StopPrice`]: trimDecimal(stopLoss.triggerPrice),
    ...(stopLoss.price === undefined
      ? {}
      : { [`${stop}Price`]: trimDecimal(stopLoss.price), [`${stop}TimeInForce`]: 'GTC' }),
    newOrderRespType: 'RESULT',
  };
}

/** Maps an order of any answer; a status that nobody knows is reported. */
export function orderReport(
  order: BinanceOrder,
  onNote?: (note: ReadingNote) => void,
): OrderReport {
  const side = order.side === 'BUY' ? 'buy' : 'sell';
  const clientOrderId = order.origClientOrderId ?? order.clientOrderId;
  const updateTime = order.transactTime ?? order.updateTime ?? 0;
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    clientOrderId,
    side,
    type: TYPES_BACK.get(order.type ?? '') ?? 'other',
    status: statusOf(STATUSES, order.status, order.executedQty >= order.origQty, onNote),
    quantity: order.origQty,
    executedQuantity: order.executedQty,
    executedNotional: order.cummulativeQuoteQty ?? 0n,
    price: order.price ?? 0n,
    triggerPrice: order.stopPrice ?? 0n,
    updateTime,
    ...listId(order.orderListId),
    fills: (order.fills ?? []).map((fill) => ({
      symbol: order.symbol,
      tradeId: fill.tradeId,
      orderId: order.orderId,
      clientOrderId,
      side,
      price: fill.price,
      quantity: fill.qty,
      commission: fill.commission,
      commissionAsset: fill.commissionAsset,
      isMaker: false,
      time: updateTime,
    })),
  };
}

/** Maps a row of `GET /api/v3/myTrades`. */
export function fillFromTrade(trade: z.infer<typeof tradeSchema>): Fill {
  return {
    symbol: trade.symbol,
    tradeId: trade.id,
    orderId: trade.orderId,
    side: trade.isBuyer ? 'buy' : 'sell',
    price: trade.price,
    quantity: trade.qty,
    commission: trade.commission,
    commissionAsset: trade.commissionAsset,
    isMaker: trade.isMaker === true,
    time: trade.time,
  };
}

/** Events that say nothing to us: of a form that was retired, and of other parts of Binance. */
const SILENT_EVENTS: readonly unknown[] = ['outboundAccountInfo'];
/** What is no execution, whatever quantities it carries. */
const NO_EXECUTIONS = ['NEW', 'CANCELED', 'REPLACED', 'REJECTED', 'EXPIRED', 'TRADE_PREVENTION'];

/**
 * Maps an event of the user data stream.
 *
 * @param event - The event without its envelope.
 * @param onNote - Gets word of what could not be read, or nobody knows: the account has to be looked at then.
 * @returns `undefined` for events that say nothing to us; `'malformed'` for ones that cannot be read.
 */
export function userEvent(
  event: unknown,
  onNote: (note: ReadingNote) => void = () => undefined,
): UserEvent | 'malformed' | undefined {
  const name = (event as { e?: unknown } | null)?.e;
  switch (name) {
    case 'executionReport': {
      const report = readEvent(executionReportSchema, event, onNote);
      return report === undefined ? 'malformed' : orderEvent(report, onNote);
    }
    case 'outboundAccountPosition': {
      const update = readEvent(accountPositionSchema, event, onNote);
      if (update === undefined) return 'malformed';
      const changes = readParts(balanceChangeSchema, update.B, name, onNote);
      const balances = changes.map(({ a, f, l }) => ({ asset: a, free: f, locked: l }));
      return { type: 'balances', time: update.E ?? 0, balances };
    }
    case 'balanceUpdate': {
      const update = readEvent(balanceUpdateSchema, event, onNote);
      if (update === undefined) return 'malformed';
      const { E: time = 0, a, d } = update;
      return { type: 'transfer', time, asset: a, amount: d };
    }
    case 'listStatus': {
      const update = readEvent(listStatusSchema, event, onNote);
      if (update === undefined) return 'malformed';
      const { E: time = 0, g, L } = update;
      return { type: 'order-list', time, orderListId: g, isDone: L === 'ALL_DONE' };
    }
    default:
      if (!SILENT_EVENTS.includes(name)) unknownEvent(name, onNote);
      return undefined;
  }
}

function orderEvent(
  report: z.infer<typeof executionReportSchema>,
  onNote: (note: ReadingNote) => void,
): UserEvent {
  const side = report.S === 'BUY' ? 'buy' : 'sell';
  // On a cancel `c` is the id of the cancel request and `C` the one of the order.
  const clientOrderId = report.C === '' ? report.c : report.C;
  const time = report.T ?? report.E;
  const fill = fillOf(
    {
      isExecution: isExecution(report.x, NO_EXECUTIONS, report.l),
      what: 'executionReport',
      symbol: report.s,
      tradeId: report.t,
      orderId: report.i,
      clientOrderId,
      side,
      price: report.L,
      quantity: report.l,
      commission: report.n,
      commissionAsset: report.N,
      isMaker: report.m === true,
      time,
    },
    onNote,
  );
  const reason = report.eR ?? (report.r === 'NONE' ? undefined : report.r);
  return {
    type: 'order',
    time: report.E ?? time ?? 0,
    order: {
      symbol: report.s,
      orderId: report.i,
      clientOrderId,
      side,
      type: TYPES_BACK.get(report.o ?? '') ?? 'other',
      status: statusOf(STATUSES, report.X, report.z >= report.q, onNote),
      quantity: report.q,
      executedQuantity: report.z,
      executedNotional: report.Z ?? 0n,
      price: report.p ?? 0n,
      triggerPrice: report.P ?? 0n,
      updateTime: time ?? 0,
      ...listId(report.g),
      fills: fill === undefined ? [] : [fill],
    },
    ...(fill === undefined ? {} : { fill }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/**
 * Maps a row of exchangeInfo of the spot market.
 *
 * @throws {RangeError} If a filter cannot be read.
 */
export function spotInstrumentRules(row: ExchangeInfoSymbol): InstrumentRules {
  const reader = filterReader(row.filters);
  const { filter, value, count } = reader;
  const notional = filter('NOTIONAL');
  const oldNotional = filter('MIN_NOTIONAL');
  return {
    symbol: row.symbol,
    market: 'spot',
    baseAsset: row.baseAsset,
    quoteAsset: row.quoteAsset,
    status: instrumentStatus(row.status),
    ...gridsOf(reader),
    notionalMin: value(notional, 'minNotional') || value(oldNotional, 'minNotional'),
    notionalMax: value(notional, 'maxNotional'),
    notionalMinAppliesToMarket:
      notional.applyMinToMarket === true || oldNotional.applyToMarket === true,
    notionalMaxAppliesToMarket: notional.applyMaxToMarket === true,
    ordersMax: count(filter('MAX_NUM_ORDERS'), 'maxNumOrders'),
    stopOrdersMax: count(filter('MAX_NUM_ALGO_ORDERS'), 'maxNumAlgoOrders'),
    orderTypes: row.orderTypes.flatMap((type) => TYPES_BACK.get(type) ?? []),
    ocoAllowed: row.ocoAllowed === true,
  };
}

/** Maps a frame of a kline stream. */
export function candleFromEvent({ k }: z.infer<typeof klineEventSchema>): ExchangeCandle {
  return {
    openTime: k.t,
    open: k.o,
    high: k.h,
    low: k.l,
    close: k.c,
    volume: k.v,
    closeTime: k.T,
    quoteVolume: k.q,
    count: k.n,
    takerBuyVolume: k.V,
    takerBuyQuoteVolume: k.Q,
  };
}

function instrumentStatus(status: string): InstrumentStatus {
  if (status === 'TRADING') return 'trading';
  return status === 'CANCEL_ONLY' ? 'cancel-only' : 'closed';
}

function listId(orderListId: string): { orderListId?: string } {
  return orderListId === '' ? {} : { orderListId };
}
