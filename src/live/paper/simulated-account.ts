import { decimal, trimDecimal } from '../../domain/index.js';
import {
  type AccountReport,
  type CancelReplaceReport,
  type Fill,
  type InstrumentRules,
  type OCORequest,
  type OrderReport,
  type OrderRequest,
  ocoParameters,
  type Payload,
  Refusal,
  RequestRefused,
  readOCOTerms,
  readOrderTerms,
  refusalReason,
  type SpotExchange,
  type SpotOrder,
  type SpotTrade,
  type UserEvent,
} from '../../exchange/index.js';
import { orderStatus, refusing } from './account-parts.js';

/**
 * The account of a simulated spot exchange in the words of the broker port, without network and waiting: paper trading
 * and the simulation tests put their own connection in between.
 */
export class SimulatedAccount {
  readonly #exchange: SpotExchange;

  constructor(exchange: SpotExchange) {
    this.#exchange = exchange;
  }

  /** @throws {RequestRefused} As the exchange refuses. */
  place(order: OrderRequest): OrderReport {
    return refusing(() =>
      this.#report(this.#exchange.place(readOrderTerms(rawParameters(order))), true),
    );
  }

  /** @throws {RequestRefused} `nothing-to-cancel` if the order is not open. */
  cancel(symbol: string, clientOrderId: string): OrderReport {
    return refusing(() => this.#report(this.#exchange.cancel(symbol, { clientOrderId }), false));
  }

  /** @throws {RequestRefused} As the exchange refuses; nothing has changed then. */
  placeOCO(request: OCORequest): readonly OrderReport[] {
    return refusing(() => {
      const { legs } = this.#exchange.placeOCO(readOCOTerms(rawPair(request)));
      return legs.map((leg) => this.#report(leg, false));
    });
  }

  /**
   * Cancels an order and, if that succeeds, places another.
   *
   * @throws {RequestRefused} Like the broker port.
   */
  cancelReplace(clientOrderId: string, order: OrderRequest): CancelReplaceReport {
    const terms = refusing(() => readOrderTerms(rawParameters(order)));
    const { canceled, placed } = refusing(() =>
      this.#exchange.cancelReplace({ clientOrderId }, terms, 'STOP_ON_FAILURE'),
    );
    if (canceled instanceof Refusal) throw halfFailed('replace-cancel-failed', canceled);
    if (placed === undefined || placed instanceof Refusal) {
      throw halfFailed('replace-order-failed', placed);
    }
    return { canceled: this.#report(canceled, false), placed: this.#report(placed, true) };
  }

  /** The newest order with this id, if there is one. */
  query(symbol: string, clientOrderId: string): OrderReport | undefined {
    return this.#find(symbol, { clientOrderId });
  }

  queryById(symbol: string, orderId: string): OrderReport | undefined {
    return this.#find(symbol, { orderId: Number(orderId) });
  }

  #find(symbol: string, key: Parameters<SpotExchange['find']>[1]): OrderReport | undefined {
    try {
      return this.#report(this.#exchange.find(symbol, key), false);
    } catch (error) {
      if (error instanceof Refusal && error.code === -2013) return undefined;
      throw error;
    }
  }

  openOrders(symbol: string): readonly OrderReport[] {
    return this.#exchange.openOrders(symbol).map((order) => this.#report(order, false));
  }

  fills(symbol: string, orderId?: string): readonly Fill[] {
    const id = orderId === undefined ? undefined : Number(orderId);
    return this.#exchange.trades(symbol, id).map((trade) => fillOf(trade));
  }

  account(): AccountReport {
    const { balances, commission } = this.#exchange.state;
    return {
      balances: Object.entries(balances).map(([asset, { free, locked }]) => ({
        asset,
        free,
        locked,
      })),
      positions: [],
      canTrade: true,
      makerRate: commission.maker,
      takerRate: commission.taker,
    };
  }

  rules(symbol: string): InstrumentRules {
    const rules = this.#exchange.rules(symbol);
    return {
      symbol,
      market: 'spot',
      baseAsset: rules.baseAsset,
      quoteAsset: rules.quoteAsset,
      status:
        rules.status === 'TRADING'
          ? 'trading'
          : rules.status === 'CANCEL_ONLY'
            ? 'cancel-only'
            : 'closed',
      tickSize: rules.tickSize,
      priceMin: rules.minPrice,
      priceMax: rules.maxPrice,
      stepSize: rules.stepSize,
      quantityMin: rules.minQuantity,
      quantityMax: rules.maxQuantity,
      marketStepSize: 0n,
      marketQuantityMin: 0n,
      marketQuantityMax: rules.marketMaxQuantity,
      notionalMin: rules.minNotional,
      notionalMax: rules.maxNotional,
      notionalMinAppliesToMarket: rules.applyMinToMarket,
      notionalMaxAppliesToMarket: rules.applyMaxToMarket,
      ordersMax: rules.maxOrders,
      stopOrdersMax: rules.maxStopOrders,
      orderTypes: [
        'market',
        'limit',
        'limit-maker',
        'stop-loss',
        'stop-loss-limit',
        'take-profit',
        'take-profit-limit',
      ],
      ocoAllowed: true,
    };
  }

  /**
   * Order events since the last call, in order.
   *
   * @param onPayload - Gets each as the exchange sends it.
   */
  takeEvents(onPayload?: (payload: Payload) => void): readonly UserEvent[] {
    return this.#exchange.takeEvents().flatMap((payload) => {
      onPayload?.(payload);
      if (payload.e !== 'executionReport') return [];
      return [this.#orderEvent(payload)];
    });
  }

  #orderEvent(payload: Payload): UserEvent {
    const order = this.#exchange.find(String(payload.s), { orderId: Number(payload.i) });
    const report: OrderReport = {
      ...this.#report(order, false),
      status: orderStatus(String(payload.X)),
      executedQuantity: decimal(String(payload.z)),
      executedNotional: decimal(String(payload.Z)),
    };
    const time = Number(payload.E);
    const trade = this.#exchange.trade(order.symbol, Number(payload.t));
    if (trade === undefined) return { type: 'order', time, order: report };
    return { type: 'order', time, order: report, fill: fillOf(trade, order.clientOrderId) };
  }

  #report(order: SpotOrder, withFills: boolean): OrderReport {
    return {
      symbol: order.symbol,
      orderId: String(order.orderId),
      clientOrderId: order.clientOrderId,
      side: order.side === 'BUY' ? 'buy' : 'sell',
      type: order.type.toLowerCase().replaceAll('_', '-') as OrderRequest['type'],
      status: orderStatus(order.status),
      quantity: order.quantity,
      executedQuantity: order.executedQuantity,
      executedNotional: order.executedNotional,
      price: order.price,
      triggerPrice: order.stopPrice,
      updateTime: order.updateTime,
      fills: withFills
        ? this.#exchange
            .trades(order.symbol, order.orderId)
            .map((trade) => fillOf(trade, order.clientOrderId))
        : [],
    };
  }
}

function halfFailed(
  reason: 'replace-cancel-failed' | 'replace-order-failed',
  refusal: Refusal | undefined,
): RequestRefused {
  const { code, message } = refusal ?? { code: 0, message: 'not placed' };
  return new RequestRefused(reason, `${message} (${code}, ${refusalReason(code, message)})`, {
    code,
  });
}

function fillOf(trade: SpotTrade, clientOrderId?: string): Fill {
  return {
    symbol: trade.symbol,
    tradeId: String(trade.tradeId),
    orderId: String(trade.orderId),
    ...(clientOrderId !== undefined && { clientOrderId }),
    side: trade.isBuyer ? 'buy' : 'sell',
    price: trade.price,
    quantity: trade.quantity,
    commission: trade.commission,
    commissionAsset: trade.commissionAsset,
    isMaker: trade.isMaker,
    time: trade.time,
  };
}

/** An order as Binance's parameters; it goes through the same checks as one from the network. */
function rawParameters(order: OrderRequest): Record<string, string> {
  return {
    symbol: order.symbol,
    side: order.side.toUpperCase(),
    type: order.type.toUpperCase().replaceAll('-', '_'),
    newClientOrderId: order.clientOrderId,
    ...('quoteQuantity' in order && { quoteOrderQty: trimDecimal(order.quoteQuantity) }),
    ...(order.quantity !== undefined && { quantity: trimDecimal(order.quantity) }),
    ...('price' in order && { price: trimDecimal(order.price) }),
    ...('triggerPrice' in order && { stopPrice: trimDecimal(order.triggerPrice) }),
    ...(needsTimeInForce(order.type) && {
      timeInForce: ('timeInForce' in order ? (order.timeInForce ?? 'gtc') : 'gtc').toUpperCase(),
    }),
  };
}

function rawPair(request: OCORequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ocoParameters(request)).map(([name, value]) => [name, String(value)]),
  );
}

function needsTimeInForce(type: OrderRequest['type']): boolean {
  return type === 'limit' || type === 'stop-loss-limit' || type === 'take-profit-limit';
}
