import type { z } from 'zod';
import { decimalFromNumber, multiplyDecimals, trimDecimal } from '../../domain/index.js';
import type {
  Fill,
  ForcedOrderKind,
  InstrumentRules,
  LeverageBracket,
  MarkPrice,
  OrderReport,
  OrderRequest,
  OrderStatus,
  Position,
  UserEvent,
} from '../ports/index.js';
import { filterReader, gridsOf } from './filter-reader.js';
import type { RequestParameters } from './signing.js';
import {
  type AlgoOrderAnswer,
  accountConfigUpdateSchema,
  accountUpdateSchema,
  algoUpdateSchema,
  type leverageBracketSchema,
  marginCallSchema,
  type markPriceEventSchema,
  orderTradeUpdateSchema,
  type positionRiskSchema,
  type premiumIndexSchema,
  type UsdmInfoSymbol,
  type UsdmOrderAnswer,
  type usdmTradesSchema,
} from './usdm-schemas.js';

type StopType = 'stop-loss' | 'stop-loss-limit' | 'take-profit' | 'take-profit-limit';

const ALGO_TYPES: Readonly<Record<StopType, string>> = {
  'stop-loss': 'STOP_MARKET',
  'stop-loss-limit': 'STOP',
  'take-profit': 'TAKE_PROFIT_MARKET',
  'take-profit-limit': 'TAKE_PROFIT',
};
const ALGO_TYPES_BACK = new Map(
  Object.entries(ALGO_TYPES).map(([ours, theirs]) => [theirs, ours as StopType]),
);
const STATUSES: Readonly<Record<string, OrderStatus>> = {
  NEW: 'new',
  PARTIALLY_FILLED: 'partially-filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};
/** Why the exchange ended an order: the numbers of `er`. */
const EXPIRY_REASONS: Readonly<Record<string, string>> = {
  1: 'self-trade prevention',
  2: 'rest of an immediate order',
  3: 'rest of an immediate order, self-trade prevention',
  4: 'no position left to reduce',
  5: 'liquidation',
  6: 'end of its time',
  7: 'delisting',
  8: 'replaced after its trigger',
  9: 'rest of a market order',
};
/** Algo ids and order ids are two series of numbers: ours must not collide. */
const ALGO_PREFIX = 'algo-';

/** Whether a request goes to the algo service. */
export function isStop(order: OrderRequest): order is OrderRequest & { readonly type: StopType } {
  return order.type in ALGO_TYPES;
}

/** The algo id behind an order id of ours; `undefined` for plain orders. */
export function algoIdOf(orderId: string): string | undefined {
  return orderId.startsWith(ALGO_PREFIX) ? orderId.slice(ALGO_PREFIX.length) : undefined;
}

/**
 * Writes a plain order as the parameters of `POST /fapi/v1/order`.
 *
 * @param order - A market or limit order with a quantity.
 */
export function usdmOrderParameters(order: OrderRequest): RequestParameters {
  const isLimit = order.type === 'limit' || order.type === 'limit-maker';
  const timeInForce = ('timeInForce' in order ? order.timeInForce : undefined) ?? 'gtc';
  return {
    symbol: order.symbol,
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    type: isLimit ? 'LIMIT' : 'MARKET',
    ...(isLimit
      ? { timeInForce: order.type === 'limit-maker' ? 'GTX' : timeInForce.toUpperCase() }
      : {}),
    quantity: trimDecimal(order.quantity ?? 0n),
    ...('price' in order ? { price: trimDecimal(order.price) } : {}),
    ...(order.reduceOnly === true ? { reduceOnly: 'true' } : {}),
    newClientOrderId: order.clientOrderId,
    newOrderRespType: 'RESULT',
  };
}

/**
 * Writes a stop as the parameters of `POST /fapi/v1/algoOrder`.
 *
 * @param order - The stop.
 */
export function algoOrderParameters(
  order: OrderRequest & { readonly type: StopType },
): RequestParameters {
  const closesPosition = 'closesPosition' in order && order.closesPosition === true;
  const timeInForce = ('timeInForce' in order ? order.timeInForce : undefined) ?? 'gtc';
  return {
    algoType: 'CONDITIONAL',
    symbol: order.symbol,
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    type: ALGO_TYPES[order.type],
    triggerPrice: trimDecimal(order.triggerPrice),
    ...('price' in order
      ? { price: trimDecimal(order.price), timeInForce: timeInForce.toUpperCase() }
      : {}),
    ...(closesPosition
      ? { closePosition: 'true' }
      : {
          quantity: trimDecimal(order.quantity),
          ...(order.reduceOnly === true ? { reduceOnly: 'true' } : {}),
        }),
    workingType: order.triggeredBy === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
    clientAlgoId: order.clientOrderId,
  };
}

/** Maps a plain order of any answer. */
export function usdmOrderReport(order: UsdmOrderAnswer): OrderReport {
  const executedNotional =
    order.cumQuote ?? multiplyDecimals(order.avgPrice ?? order.price, order.executedQty);
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    side: order.side === 'BUY' ? 'buy' : 'sell',
    type: plainType(order.type, order.timeInForce),
    status: STATUSES[order.status] ?? 'new',
    quantity: order.origQty,
    executedQuantity: order.executedQty,
    executedNotional,
    price: order.price,
    triggerPrice: 0n,
    updateTime: order.updateTime,
    reduceOnly: order.reduceOnly === true,
    ...(order.closePosition === true ? { closesPosition: true } : {}),
    ...forcedKind(order.clientOrderId),
    fills: [],
  };
}

/**
 * Maps an algo order of any answer.
 *
 * @param algo - The algo order.
 * @param released - The order that it became, where that is known: what was filled is told by it.
 */
export function algoReport(algo: AlgoOrderAnswer, released: OrderReport | undefined): OrderReport {
  const executedQuantity = released?.executedQuantity ?? algo.actualQty ?? 0n;
  const averagePrice = algo.actualPrice ?? 0n;
  return {
    symbol: algo.symbol,
    orderId: ALGO_PREFIX + algo.algoId,
    clientOrderId: algo.clientAlgoId,
    side: algo.side === 'BUY' ? 'buy' : 'sell',
    type: ALGO_TYPES_BACK.get(algo.orderType) ?? 'other',
    status: released?.status ?? algoStatus(algo.algoStatus, executedQuantity, algo.quantity),
    quantity: algo.quantity || (released?.quantity ?? 0n),
    executedQuantity,
    executedNotional:
      released?.executedNotional ?? multiplyDecimals(averagePrice, executedQuantity),
    price: algo.price,
    triggerPrice: algo.triggerPrice,
    updateTime: Math.max(algo.updateTime, released?.updateTime ?? 0),
    reduceOnly: algo.reduceOnly === true,
    ...(algo.closePosition === true ? { closesPosition: true } : {}),
    ...(algo.actualOrderId === '' ? {} : { triggeredOrderId: algo.actualOrderId }),
    fills: [],
  };
}

/** `FINISHED` says only that the released order is: how it ended shows in what was filled. */
function algoStatus(status: string, executed: bigint, quantity: bigint): OrderStatus {
  if (status !== 'FINISHED') return STATUSES[status] ?? 'new';
  if (executed === 0n) return 'canceled';
  return executed < quantity ? 'expired' : 'filled';
}

/** Maps a row of `GET /fapi/v1/userTrades`. */
export function fillFromUsdmTrade(trade: z.infer<typeof usdmTradesSchema>[number]): Fill {
  return {
    symbol: trade.symbol,
    tradeId: trade.id,
    orderId: trade.orderId,
    side: trade.side === 'BUY' ? 'buy' : 'sell',
    price: trade.price,
    quantity: trade.qty,
    commission: trade.commission,
    commissionAsset: trade.commissionAsset,
    isMaker: trade.maker,
    realizedPnl: trade.realizedPnl,
    time: trade.time,
  };
}

/** Maps a row of positionRisk. */
export function positionFromRow(row: z.infer<typeof positionRiskSchema>[number]): Position {
  return {
    symbol: row.symbol,
    quantity: row.positionAmt,
    entryPrice: row.entryPrice,
    markPrice: row.markPrice,
    unrealizedPnl: row.unRealizedProfit,
    ...(row.liquidationPrice > 0n ? { liquidationPrice: row.liquidationPrice } : {}),
    initialMargin: row.initialMargin,
    maintenanceMargin: row.maintMargin,
    updateTime: row.updateTime,
  };
}

/** Maps a margin table; its numbers are JSON numbers. */
export function bracketsFromAnswer(
  answer: z.infer<typeof leverageBracketSchema>,
  symbol: string,
): LeverageBracket[] {
  const rows = answer.find((entry) => entry.symbol === symbol)?.brackets ?? [];
  return rows.map((row) => ({
    notionalFloor: decimalFromNumber(row.notionalFloor),
    notionalCap: decimalFromNumber(Math.min(row.notionalCap, 1e12)),
    leverageMax: row.initialLeverage,
    maintenanceRate: decimalFromNumber(row.maintMarginRatio),
    maintenanceDeduction: decimalFromNumber(row.cum),
  }));
}

/** Maps the answer of premiumIndex. */
export function markPriceFromAnswer(row: z.infer<typeof premiumIndexSchema>): MarkPrice {
  const { symbol, markPrice, indexPrice, lastFundingRate: fundingRate, nextFundingTime } = row;
  return { symbol, markPrice, indexPrice, fundingRate, nextFundingTime, time: row.time };
}

/** Maps a frame of a mark price stream. */
export function markPriceFromEvent(event: z.infer<typeof markPriceEventSchema>): MarkPrice {
  return {
    symbol: event.s,
    markPrice: event.p,
    indexPrice: event.i,
    fundingRate: event.r,
    nextFundingTime: event.T,
    time: event.E,
  };
}

/** Maps a row of exchangeInfo of USD-M. */
export function usdmInstrumentRules(row: UsdmInfoSymbol): InstrumentRules {
  const reader = filterReader(row.filters);
  const { filter, value, count } = reader;
  return {
    symbol: row.symbol,
    market: 'usdm',
    baseAsset: row.baseAsset,
    quoteAsset: row.quoteAsset,
    status: row.status === 'TRADING' ? 'trading' : 'closed',
    ...gridsOf(reader),
    notionalMin: value(filter('MIN_NOTIONAL'), 'notional'),
    notionalMax: 0n,
    notionalMinAppliesToMarket: true,
    notionalMaxAppliesToMarket: false,
    ordersMax: count(filter('MAX_NUM_ORDERS'), 'limit'),
    // Open algo orders of the whole account.
    stopOrdersMax: 200,
    orderTypes: row.orderTypes.flatMap((type) => typesOf(type, row.timeInForce ?? [])),
    ocoAllowed: false,
    marginAsset: row.marginAsset,
    ...(row.marketTakeBound === undefined ? {} : { marketPriceDistanceMax: row.marketTakeBound }),
    ...(row.liquidationFee === undefined ? {} : { liquidationRate: row.liquidationFee }),
  };
}

function typesOf(type: string, timesInForce: readonly string[]): OrderRequest['type'][] {
  if (type === 'MARKET') return ['market'];
  if (type === 'LIMIT') return timesInForce.includes('GTX') ? ['limit', 'limit-maker'] : ['limit'];
  const stop = ALGO_TYPES_BACK.get(type);
  return stop === undefined ? [] : [stop];
}

/** Events of the user data stream of USD-M, in our words. Knows which orders released stops became. */
export class UsdmEventMapper {
  /** Stops by the id of the order that they became. */
  readonly #released = new Map<string, OrderReport>();

  /**
   * Maps an event.
   *
   * @param event - The event as sent.
   * @returns None for events that say nothing to us; `'malformed'` for ones that cannot be read.
   */
  map(event: unknown): readonly UserEvent[] | 'malformed' {
    switch ((event as { e?: unknown } | null)?.e) {
      case 'ORDER_TRADE_UPDATE': {
        const update = orderTradeUpdateSchema.safeParse(event);
        return update.success ? [this.#orderEvent(update.data)] : 'malformed';
      }
      case 'ALGO_UPDATE': {
        const update = algoUpdateSchema.safeParse(event);
        return update.success ? [this.#algoEvent(update.data)] : 'malformed';
      }
      case 'ACCOUNT_UPDATE': {
        const update = accountUpdateSchema.safeParse(event);
        return update.success ? accountEvents(update.data) : 'malformed';
      }
      case 'MARGIN_CALL': {
        const update = marginCallSchema.safeParse(event);
        if (!update.success) return 'malformed';
        const symbols = update.data.p.map(({ s }) => s);
        return [{ type: 'margin-call', time: update.data.E, symbols }];
      }
      case 'ACCOUNT_CONFIG_UPDATE': {
        const update = accountConfigUpdateSchema.safeParse(event);
        // The other form tells of the multi-assets mode.
        if (!update.success) return [];
        const { E: time, ac } = update.data;
        return [{ type: 'leverage', time, symbol: ac.s, leverage: ac.l }];
      }
      default:
        return [];
    }
  }

  #orderEvent({ E, o }: z.infer<typeof orderTradeUpdateSchema>): UserEvent {
    const stop = this.#released.get(o.i);
    const side = o.S === 'BUY' ? 'buy' : 'sell';
    const clientOrderId = stop?.clientOrderId ?? o.c;
    const isExecution = (o.x === 'TRADE' || o.x === 'CALCULATED') && o.l > 0n;
    const fill: Fill | undefined = isExecution
      ? {
          symbol: o.s,
          tradeId: o.t,
          orderId: o.i,
          clientOrderId,
          side,
          price: o.L,
          quantity: o.l,
          commission: o.n ?? 0n,
          commissionAsset: o.N ?? '',
          isMaker: o.m,
          realizedPnl: o.rp,
          time: o.T,
        }
      : undefined;
    const status = STATUSES[o.X] ?? 'new';
    const order: OrderReport = {
      symbol: o.s,
      orderId: stop?.orderId ?? o.i,
      clientOrderId,
      side,
      type: stop?.type ?? plainType(o.o, o.f),
      status,
      quantity: o.q,
      executedQuantity: o.z,
      executedNotional: multiplyDecimals(o.ap, o.z, 'nearest'),
      price: o.p,
      triggerPrice: stop?.triggerPrice ?? 0n,
      updateTime: o.T,
      reduceOnly: o.R,
      ...(o.cp === true ? { closesPosition: true } : {}),
      ...(stop === undefined ? {} : { triggeredOrderId: o.i }),
      ...forcedKind(o.c),
      fills: fill === undefined ? [] : [fill],
    };
    const reason = status === 'expired' ? EXPIRY_REASONS[o.er ?? ''] : undefined;
    return {
      type: 'order',
      time: E,
      order,
      ...(fill === undefined ? {} : { fill }),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  #algoEvent({ E, T, o }: z.infer<typeof algoUpdateSchema>): UserEvent {
    const order = algoReport(
      {
        algoId: o.aid,
        clientAlgoId: o.caid,
        orderType: o.o,
        symbol: o.s,
        side: o.S,
        quantity: o.q,
        algoStatus: o.X,
        actualOrderId: o.ai,
        actualPrice: o.ap,
        actualQty: o.aq,
        triggerPrice: o.tp,
        price: o.p,
        reduceOnly: o.R,
        closePosition: o.cp,
        updateTime: T,
      },
      undefined,
    );
    if (o.ai !== '') this.#remember(o.ai, order);
    return {
      type: 'order',
      time: E,
      order,
      ...(o.rm === undefined || o.rm === '' ? {} : { reason: o.rm }),
    };
  }

  #remember(orderId: string, stop: OrderReport): void {
    this.#released.set(orderId, stop);
    if (this.#released.size <= RELEASED_MAX) return;
    const [oldest] = this.#released.keys();
    if (oldest !== undefined) this.#released.delete(oldest);
  }
}

const RELEASED_MAX = 1_000;

/** Wallets, positions and, for funding, the payment. */
function accountEvents({ E: time, a }: z.infer<typeof accountUpdateSchema>): UserEvent[] {
  const events: UserEvent[] = [];
  if (a.m === 'FUNDING_FEE') {
    for (const { a: asset, bc: amount } of a.B) {
      const symbol = a.S === undefined ? {} : { symbol: a.S };
      events.push({ type: 'funding', time, ...symbol, asset, amount });
    }
  } else if (TRANSFERS.includes(a.m)) {
    for (const { a: asset, bc: amount } of a.B) {
      if (amount !== 0n) events.push({ type: 'transfer', time, asset, amount });
    }
  }
  if (a.B.length > 0) {
    const balances = a.B.map(({ a: asset, wb }) => ({ asset, free: wb, locked: 0n }));
    events.push({ type: 'balances', time, balances });
  }
  const positions = (a.P ?? []).filter(({ ps }) => ps === 'BOTH');
  if (positions.length > 0) {
    events.push({
      type: 'positions',
      time,
      positions: positions.map(({ s, pa, ep, up, mt }) => ({
        symbol: s,
        quantity: pa,
        entryPrice: ep,
        unrealizedPnl: up,
        marginType: mt === 'isolated' ? 'isolated' : 'cross',
      })),
    });
  }
  return events;
}

const TRANSFERS = ['DEPOSIT', 'WITHDRAW', 'ASSET_TRANSFER', 'MARGIN_TRANSFER', 'ADJUSTMENT'];

function plainType(type: string, timeInForce: string | undefined): OrderReport['type'] {
  if (type === 'MARKET') return 'market';
  if (type !== 'LIMIT') return 'other';
  return timeInForce === 'GTX' ? 'limit-maker' : 'limit';
}

/** Orders that the exchange sent name themselves. */
function forcedKind(clientOrderId: string): { forced?: ForcedOrderKind } {
  if (clientOrderId.startsWith('autoclose-')) return { forced: 'liquidation' };
  if (clientOrderId.startsWith('adl_autoclose')) return { forced: 'deleveraging' };
  return clientOrderId.startsWith('settlement_autoclose-') ? { forced: 'settlement' } : {};
}
