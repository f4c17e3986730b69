import type { z } from 'zod';
import { multiplyDecimals, trimDecimal } from '../../domain/index.js';
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
  ReadingNote,
  UserEvent,
} from '../ports/index.js';
import { filterReader, gridsOf } from './filter-reader.js';
import { fillOf, isExecution, readEvent, readParts, statusOf, unknownEvent } from './read-event.js';
import type { RequestParameters } from './signing.js';
import {
  type AlgoOrderAnswer,
  accountConfigUpdateSchema,
  accountUpdateSchema,
  algoUpdateSchema,
  marginCallSchema,
  type markPriceEventSchema,
  orderTradeUpdateSchema,
  positionChangeSchema,
  type positionRiskSchema,
  type premiumIndexSchema,
  type symbolBracketsSchema,
  triggerRejectSchema,
  type UsdmInfoSymbol,
  type UsdmOrderAnswer,
  type usdmTradeSchema,
  walletChangeSchema,
} from './usdm-schemas.js';

type OnNote = (note: ReadingNote) => void;

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
  NEW_INSURANCE: 'new',
  NEW_ADL: 'new',
  PARTIALLY_FILLED: 'partially-filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};
/** Of stops; `FINISHED` is told apart by what was filled. */
const ALGO_STATUSES: Readonly<Record<string, OrderStatus>> = {
  ...STATUSES,
  TRIGGERING: 'new',
  TRIGGERED: 'new',
};
/** Why the exchange ended an order: the numbers of `er`. */
const EXPIRY_REASONS: Readonly<Record<string, string>> = {
  1: 'self-trade prevention',
  2: 'remainder of an immediate order',
  3: 'remainder of an immediate order, self-trade prevention',
  4: 'no position left to reduce',
  5: 'liquidation',
  6: 'expired',
  7: 'delisting',
  8: 'replaced after its trigger',
  9: 'remainder of a market order',
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

/** Maps a plain order of any answer; a status that nobody knows is reported. */
export function usdmOrderReport(order: UsdmOrderAnswer, onNote?: OnNote): OrderReport {
  const executedNotional =
    order.cumQuote ?? multiplyDecimals(order.avgPrice ?? order.price ?? 0n, order.executedQty);
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    side: order.side === 'BUY' ? 'buy' : 'sell',
    type: plainType(order.type, order.timeInForce),
    status: statusOf(STATUSES, order.status, order.executedQty >= order.origQty, onNote),
    quantity: order.origQty,
    executedQuantity: order.executedQty,
    executedNotional,
    price: order.price ?? 0n,
    triggerPrice: 0n,
    updateTime: order.updateTime ?? 0,
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
 * @param released - The order that it became, where that is known: it says what was filled.
 * @param onNote - Gets word of a status that nobody knows.
 */
export function algoReport(
  algo: AlgoOrderAnswer,
  released: OrderReport | undefined,
  onNote?: OnNote,
): OrderReport {
  const executedQuantity = released?.executedQuantity ?? algo.actualQty ?? 0n;
  const averagePrice = algo.actualPrice ?? 0n;
  const quantity = algo.quantity ?? 0n;
  return {
    symbol: algo.symbol,
    orderId: ALGO_PREFIX + algo.algoId,
    clientOrderId: algo.clientAlgoId,
    side: algo.side === 'BUY' ? 'buy' : 'sell',
    type: ALGO_TYPES_BACK.get(algo.orderType ?? '') ?? 'other',
    status: released?.status ?? algoStatus(algo, executedQuantity, onNote),
    quantity: quantity || (released?.quantity ?? 0n),
    executedQuantity,
    executedNotional:
      released?.executedNotional ?? multiplyDecimals(averagePrice, executedQuantity),
    price: algo.price ?? 0n,
    triggerPrice: algo.triggerPrice ?? 0n,
    updateTime: Math.max(algo.updateTime ?? 0, released?.updateTime ?? 0),
    reduceOnly: algo.reduceOnly === true,
    ...(algo.closePosition === true ? { closesPosition: true } : {}),
    ...(algo.actualOrderId === '' ? {} : { triggeredOrderId: algo.actualOrderId }),
    fills: [],
  };
}

/** `FINISHED` says only that the released order is: how it ended shows in what was filled. */
function algoStatus(
  { algoStatus: status, actualQty, quantity = 0n }: AlgoOrderAnswer,
  executed: bigint,
  onNote: OnNote | undefined,
): OrderStatus {
  const isWhole = quantity > 0n && executed >= quantity;
  if (status !== 'FINISHED') return statusOf(ALGO_STATUSES, status, isWhole, onNote);
  if (actualQty === undefined) {
    const text = 'the fills of a triggered stop cannot be read: they are queried again';
    onNote?.({ kind: 'quantity of a released stop', text });
    return 'new';
  }
  if (executed === 0n) return 'canceled';
  return executed < quantity ? 'expired' : 'filled';
}

/** Maps a row of `GET /fapi/v1/userTrades`. */
export function fillFromUsdmTrade(trade: z.infer<typeof usdmTradeSchema>): Fill {
  return {
    symbol: trade.symbol,
    tradeId: trade.id,
    orderId: trade.orderId,
    side: trade.side === 'BUY' ? 'buy' : 'sell',
    price: trade.price,
    quantity: trade.qty,
    commission: trade.commission,
    commissionAsset: trade.commissionAsset,
    isMaker: trade.maker === true,
    ...(trade.realizedPnl === undefined ? {} : { realizedPnl: trade.realizedPnl }),
    time: trade.time,
  };
}

/** Maps a row of positionRisk. */
export function positionFromRow(row: z.infer<typeof positionRiskSchema>): Position {
  const { entryPrice, markPrice, liquidationPrice, initialMargin, updateTime } = row;
  const [unrealizedPnl, maintenanceMargin] = [row.unRealizedProfit, row.maintMargin];
  return {
    symbol: row.symbol,
    quantity: signedAmount(row.positionAmt, row.positionSide),
    ...hedgeSide(row.positionSide),
    ...(entryPrice !== undefined && { entryPrice }),
    ...(markPrice !== undefined && { markPrice }),
    ...(unrealizedPnl !== undefined && { unrealizedPnl }),
    ...(liquidationPrice !== undefined && liquidationPrice > 0n && { liquidationPrice }),
    ...(initialMargin !== undefined && { initialMargin }),
    ...(maintenanceMargin !== undefined && { maintenanceMargin }),
    ...(updateTime !== undefined && { updateTime }),
  };
}

/** In hedge mode the side says which way; the amount of a short is negative there as well. */
function signedAmount(amount: bigint, positionSide: string | undefined): bigint {
  return positionSide === 'SHORT' && amount > 0n ? -amount : amount;
}

function hedgeSide(positionSide: string | undefined): { hedgeSide?: 'long' | 'short' } {
  if (positionSide === 'LONG') return { hedgeSide: 'long' };
  return positionSide === 'SHORT' ? { hedgeSide: 'short' } : {};
}

/** Maps a margin table. */
export function bracketsFromRow(row: z.infer<typeof symbolBracketsSchema>): LeverageBracket[] {
  return row.brackets.map((bracket) => ({
    notionalFloor: bracket.notionalFloor,
    notionalCap: bracket.notionalCap,
    leverageMax: bracket.initialLeverage,
    maintenanceRate: bracket.maintMarginRatio,
    maintenanceDeduction: bracket.cum,
  }));
}

/** Maps the answer of premiumIndex. */
export function markPriceFromAnswer(row: z.infer<typeof premiumIndexSchema>): MarkPrice {
  const { symbol, markPrice, indexPrice, lastFundingRate: fundingRate } = row;
  return {
    symbol,
    markPrice,
    ...(indexPrice !== undefined && { indexPrice }),
    ...(fundingRate !== undefined && { fundingRate }),
    nextFundingTime: row.nextFundingTime ?? 0,
    time: row.time ?? 0,
  };
}

/** Maps a frame of a mark price stream. */
export function markPriceFromEvent(event: z.infer<typeof markPriceEventSchema>): MarkPrice {
  return {
    symbol: event.s,
    markPrice: event.p,
    ...(event.i !== undefined && { indexPrice: event.i }),
    ...(event.r !== undefined && { fundingRate: event.r }),
    nextFundingTime: event.T ?? 0,
    time: event.E,
  };
}

/**
 * Maps a row of exchangeInfo of USD-M.
 *
 * @throws {RangeError} If a filter cannot be read.
 */
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
    ...(row.contractType === undefined ? {} : { contractType: row.contractType }),
    ...(row.deliveryDate === undefined ? {} : { deliveryTime: row.deliveryDate }),
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

/** Events that say nothing to us: a second notice of fills, and news of tools that the trader does not use. */
const SILENT_EVENTS: readonly unknown[] = ['TRADE_LITE', 'STRATEGY_UPDATE', 'GRID_UPDATE'];
/** What is no execution, whatever quantities it carries. */
const NO_EXECUTIONS = ['NEW', 'CANCELED', 'EXPIRED', 'AMENDMENT', 'REJECTED'];
const STOPS_MAX = 1_000;

/** Events of the user data stream of USD-M, in our words. Knows which orders released stops became. */
export class UsdmEventMapper {
  /** Stops by the id of the order that they became, and by their algo id. */
  readonly #released = new Map<string, OrderReport>();
  readonly #stops = new Map<string, OrderReport>();
  readonly #onNote: OnNote;

  /**
   * @param onNote - Gets word of what could not be read, or nobody knows: the account has to be looked at then.
   */
  constructor(onNote: OnNote = () => undefined) {
    this.#onNote = onNote;
  }

  /**
   * Maps an event.
   *
   * @param event - The event as sent.
   * @returns None for events that say nothing to us; `'malformed'` for ones that cannot be read.
   */
  map(event: unknown): readonly UserEvent[] | 'malformed' {
    const name = (event as { e?: unknown } | null)?.e;
    switch (name) {
      case 'ORDER_TRADE_UPDATE': {
        const update = readEvent(orderTradeUpdateSchema, event, this.#onNote);
        return update === undefined ? 'malformed' : [this.#orderEvent(update)];
      }
      case 'ALGO_UPDATE': {
        const update = readEvent(algoUpdateSchema, event, this.#onNote);
        return update === undefined ? 'malformed' : [this.#algoEvent(update)];
      }
      case 'ACCOUNT_UPDATE': {
        const update = readEvent(accountUpdateSchema, event, this.#onNote);
        return update === undefined ? 'malformed' : accountEvents(update, this.#onNote);
      }
      case 'MARGIN_CALL': {
        const update = readEvent(marginCallSchema, event, this.#onNote);
        if (update === undefined) return 'malformed';
        const symbols = update.p.map(({ s }) => s);
        return [{ type: 'margin-call', time: update.E ?? 0, symbols }];
      }
      case 'ACCOUNT_CONFIG_UPDATE':
        return this.#configEvent(event);
      case 'CONDITIONAL_ORDER_TRIGGER_REJECT': {
        const update = readEvent(triggerRejectSchema, event, this.#onNote);
        if (update === undefined) return 'malformed';
        const { s: symbol, i: orderId, r: reason = '' } = update.or;
        return [{ type: 'stop-rejected', time: update.E ?? 0, symbol, orderId, reason }];
      }
      default:
        if (!SILENT_EVENTS.includes(name)) unknownEvent(name, this.#onNote);
        return [];
    }
  }

  #configEvent(event: unknown): readonly UserEvent[] | 'malformed' {
    const isOfModes = (event as { ai?: unknown }).ai !== undefined;
    if (isOfModes) {
      this.#onNote({
        kind: 'modes of the account',
        text: 'the multi-assets mode of the account was changed: the account is queried',
      });
      return [];
    }
    const update = readEvent(accountConfigUpdateSchema, event, this.#onNote);
    if (update === undefined) return 'malformed';
    const { E: time = 0, ac } = update;
    return [{ type: 'leverage', time, symbol: ac.s, leverage: ac.l }];
  }

  #orderEvent({ E, T, o }: z.infer<typeof orderTradeUpdateSchema>): UserEvent {
    const stop = this.#stopOf(o);
    const side = o.S === 'BUY' ? 'buy' : 'sell';
    const clientOrderId = stop?.clientOrderId ?? o.c;
    const time = o.T ?? T ?? E;
    // Binance leaves the fee out where there is none.
    const commission = o.n === null && o.N === undefined ? 0n : (o.n ?? undefined);
    const fill = fillOf(
      {
        isExecution: isExecution(o.x, NO_EXECUTIONS, o.l),
        what: 'ORDER_TRADE_UPDATE',
        symbol: o.s,
        tradeId: o.t,
        orderId: o.i,
        clientOrderId,
        side,
        price: o.L,
        quantity: o.l,
        commission,
        commissionAsset: o.N,
        isMaker: o.m === true,
        ...(o.rp === undefined ? {} : { realizedPnl: o.rp }),
        time,
      },
      this.#onNote,
    );
    if (hedgeSide(o.ps).hedgeSide !== undefined) noteHedge(this.#onNote);
    const status = statusOf(STATUSES, o.X, o.z >= o.q, this.#onNote);
    const order: OrderReport = {
      symbol: o.s,
      orderId: stop?.orderId ?? o.i,
      clientOrderId,
      side,
      type: stop?.type ?? plainType(o.o, o.f),
      status,
      quantity: o.q,
      executedQuantity: o.z,
      executedNotional: multiplyDecimals(o.ap ?? 0n, o.z, 'nearest'),
      price: o.p ?? 0n,
      triggerPrice: stop?.triggerPrice ?? 0n,
      updateTime: time ?? 0,
      reduceOnly: o.R === true,
      ...(o.cp === true ? { closesPosition: true } : {}),
      ...(stop === undefined ? {} : { triggeredOrderId: o.i }),
      ...forcedKind(o.c),
      fills: fill === undefined ? [] : [fill],
    };
    const reason = status === 'expired' ? EXPIRY_REASONS[o.er ?? ''] : undefined;
    return {
      type: 'order',
      time: E ?? time ?? 0,
      order,
      ...(fill === undefined ? {} : { fill }),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  /**
   * The stop that an order was before it was released. The order's own events come before the ALGO_UPDATE that says so:
   * they name the stop in `si`.
   */
  #stopOf(
    o: z.infer<typeof orderTradeUpdateSchema>['o'],
  ): Pick<OrderReport, 'orderId' | 'clientOrderId' | 'type' | 'triggerPrice'> | undefined {
    const known = this.#released.get(o.i);
    if (known !== undefined || o.st !== 'ALGO_CONDITION' || o.si === '') return known;
    const stop = this.#stops.get(o.si);
    if (stop !== undefined) return stop;
    return {
      orderId: ALGO_PREFIX + o.si,
      clientOrderId: o.c,
      type: ALGO_TYPES_BACK.get(o.ot ?? '') ?? 'other',
      triggerPrice: o.sp ?? 0n,
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
      this.#onNote,
    );
    remember(this.#stops, o.aid, order);
    if (o.ai !== '') remember(this.#released, o.ai, order);
    return {
      type: 'order',
      time: E ?? T ?? 0,
      order,
      ...(o.rm === undefined || o.rm === '' ? {} : { reason: o.rm }),
    };
  }
}

function remember(stops: Map<string, OrderReport>, id: string, stop: OrderReport): void {
  stops.delete(id);
  stops.set(id, stop);
  if (stops.size <= STOPS_MAX) return;
  const [oldest] = stops.keys();
  if (oldest !== undefined) stops.delete(oldest);
}

function noteHedge(onNote: OnNote): void {
  onNote({
    kind: 'hedge mode',
    text: 'the account is in hedge mode: the trader needs one position per symbol (one-way mode)',
  });
}

/** Wallets, positions and, for funding, the payment. */
function accountEvents(
  { E: time = 0, a }: z.infer<typeof accountUpdateSchema>,
  onNote: OnNote,
): UserEvent[] {
  const events: UserEvent[] = [];
  const wallets = readParts(walletChangeSchema, a.B ?? [], 'ACCOUNT_UPDATE', onNote);
  const changes = readParts(positionChangeSchema, a.P ?? [], 'ACCOUNT_UPDATE', onNote);
  for (const { a: asset, bc: amount } of wallets) {
    if (a.m === 'FUNDING_FEE') {
      const paid = {
        ...(a.S !== undefined && { symbol: a.S }),
        ...(amount !== undefined && { amount }),
      };
      events.push({ type: 'funding', time, asset, ...paid });
    } else if (TRANSFERS.includes(a.m) && amount !== undefined && amount !== 0n) {
      events.push({ type: 'transfer', time, asset, amount });
    }
  }
  if (wallets.length > 0) {
    const balances = wallets.map(({ a: asset, wb }) => ({ asset, free: wb, locked: 0n }));
    events.push({ type: 'balances', time, balances });
  }
  const positions = changes.filter(({ ps }) => hedgeSide(ps).hedgeSide === undefined);
  if (positions.length < changes.length) noteHedge(onNote);
  if (positions.length > 0) {
    events.push({
      type: 'positions',
      time,
      positions: positions.map(({ s, pa, ep: entryPrice, up: unrealizedPnl, mt }) => ({
        symbol: s,
        quantity: pa,
        ...(entryPrice !== undefined && { entryPrice }),
        ...(unrealizedPnl !== undefined && { unrealizedPnl }),
        ...(mt !== undefined && { marginType: mt === 'isolated' ? 'isolated' : 'cross' }),
      })),
    });
  }
  return events;
}

const TRANSFERS = ['DEPOSIT', 'WITHDRAW', 'ASSET_TRANSFER', 'MARGIN_TRANSFER', 'ADJUSTMENT'];

function plainType(type: string | undefined, timeInForce: string | undefined): OrderReport['type'] {
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
