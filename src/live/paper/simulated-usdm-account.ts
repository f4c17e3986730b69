import { type Decimal, decimal, trimDecimal } from '../../domain/index.js';
import {
  type AccountReport,
  type AlgoOrder,
  type Fill,
  type FundingPayment,
  type InstrumentRules,
  type OrderReport,
  type OrderRequest,
  type OrderStatus,
  type Payload,
  readAlgoOrderTerms,
  readUsdmOrderTerms,
  type SymbolSettings,
  type UsdmExchange,
  type UsdmOrder,
  type UsdmTrade,
  type UserEvent,
} from '../../exchange/index.js';
import { orderStatus, refusing } from './account-parts.js';

/** Stops by their name at the algo service. */
const ALGO_TYPES: Readonly<Partial<Record<OrderRequest['type'], string>>> = {
  'stop-loss': 'STOP_MARKET',
  'stop-loss-limit': 'STOP',
  'take-profit': 'TAKE_PROFIT_MARKET',
  'take-profit-limit': 'TAKE_PROFIT',
};
/** How the readers of production name stops. */
const ALGO_PREFIX = 'algo-';
const TYPE_NAMES: Readonly<Record<string, OrderRequest['type']>> = {
  STOP_MARKET: 'stop-loss',
  STOP: 'stop-loss-limit',
  TAKE_PROFIT_MARKET: 'take-profit',
  TAKE_PROFIT: 'take-profit-limit',
  MARKET: 'market',
  LIMIT: 'limit',
};

/**
 * The account of a simulated USD-M exchange in the words of the broker port, without network and waiting: a stop is one
 * order under one client id, whatever it becomes when it is released.
 */
export class SimulatedUsdmAccount {
  readonly #exchange: UsdmExchange;

  constructor(exchange: UsdmExchange) {
    this.#exchange = exchange;
  }

  /** @throws {RequestRefused} As the exchange refuses. */
  place(order: OrderRequest): OrderReport {
    return refusing(() => {
      const raw = rawParameters(order);
      return ALGO_TYPES[order.type] === undefined
        ? this.#orderReport(this.#exchange.place(readUsdmOrderTerms(raw)), true)
        : this.#algoReport(this.#exchange.placeAlgo(readAlgoOrderTerms(raw)));
    });
  }

  /** @throws {RequestRefused} `nothing-to-cancel` if the order is not open. */
  cancel(symbol: string, clientOrderId: string): OrderReport {
    const isAlgo = this.#exchange.openAlgos(symbol).some((algo) => isNamed(algo, clientOrderId));
    return refusing(() =>
      isAlgo
        ? this.#algoReport(this.#exchange.cancelAlgo({ clientOrderId }))
        : this.#orderReport(this.#exchange.cancel(symbol, { clientOrderId }), false),
    );
  }

  /** The newest order with this id, if there is one. */
  query(symbol: string, clientOrderId: string): OrderReport | undefined {
    const algo = this.#exchange.algos(symbol).findLast((entry) => isNamed(entry, clientOrderId));
    if (algo !== undefined) return this.#algoReport(algo);
    const order = this.#exchange.orders(symbol).findLast((entry) => isNamed(entry, clientOrderId));
    return order === undefined ? undefined : this.#orderReport(order, false);
  }

  queryById(symbol: string, orderId: string): OrderReport | undefined {
    const order = this.#exchange.orders(symbol).find((entry) => entry.orderId === Number(orderId));
    return order === undefined ? undefined : this.#orderReport(order, false);
  }

  openOrders(symbol: string): readonly OrderReport[] {
    return [
      ...this.#exchange
        .openOrders(symbol)
        .filter(({ algoId }) => algoId === 0)
        .map((order) => this.#orderReport(order, false)),
      ...this.#exchange.openAlgos(symbol).map((algo) => this.#algoReport(algo)),
    ];
  }

  fills(symbol: string, query: { orderId?: string; startTime?: number } = {}): readonly Fill[] {
    const { orderId, startTime = 0 } = query;
    const id = orderId === undefined ? undefined : this.#plainId(orderId);
    return this.#exchange
      .trades(symbol, id)
      .filter(({ time }) => time >= startTime)
      .map((trade) => fillOf(trade));
  }

  /** Fills carry the id of the order that a stop became; readers of the stream may know the stop only. */
  #plainId(orderId: string): number {
    if (!orderId.startsWith(ALGO_PREFIX)) return Number(orderId);
    const algo = this.#exchange.findAlgo({ orderId: Number(orderId.slice(ALGO_PREFIX.length)) });
    return algo.actualOrderId;
  }

  account(): AccountReport {
    const { wallets, positions, commission } = this.#exchange.state;
    const asset = 'USDT';
    const margin = this.#exchange.margin(asset);
    return {
      balances: Object.entries(wallets).map(([name, free]) => ({ asset: name, free, locked: 0n })),
      positions: Object.values(positions)
        .filter(({ quantity }) => quantity !== 0n)
        .map(({ symbol, quantity, cost }) => {
          const markPrice = this.#exchange.mark(symbol).price;
          return {
            symbol,
            quantity,
            entryPrice: (cost * 100_000_000n) / quantity,
            markPrice,
            unrealizedPnl: (markPrice * quantity) / 100_000_000n - cost,
          };
        }),
      canTrade: true,
      makerRate: commission.maker,
      takerRate: commission.taker,
      margin: {
        asset,
        walletBalance: margin.wallet,
        marginBalance: margin.wallet + margin.unrealized,
        availableBalance: notNegative(margin.available),
        initialMargin: margin.positionInitial + margin.openOrderInitial,
        maintenanceMargin: margin.maintenance,
        unrealizedPnl: margin.unrealized,
      },
    };
  }

  symbolSettings(symbol: string): SymbolSettings {
    const { leverage, marginType } = this.#exchange.config(symbol);
    return { symbol, leverage, marginType, notionalMax: 0n };
  }

  /** Payments from an instant on, oldest first. */
  fundingPayments(symbol: string, startTime: number): readonly FundingPayment[] {
    return this.#exchange.state.income
      .filter((row) => row.type === 'FUNDING_FEE' && row.symbol === symbol && row.time >= startTime)
      .map(({ asset, amount, time }) => ({ symbol, asset, amount, time }));
  }

  rules(symbol: string): InstrumentRules {
    const rules = this.#exchange.rules(symbol);
    return {
      symbol,
      market: 'usdm',
      baseAsset: rules.baseAsset,
      quoteAsset: rules.quoteAsset,
      marginAsset: rules.marginAsset,
      status: rules.status === 'TRADING' ? 'trading' : 'closed',
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
      notionalMax: 0n,
      notionalMinAppliesToMarket: true,
      notionalMaxAppliesToMarket: false,
      ordersMax: rules.maxOrders,
      stopOrdersMax: rules.maxOrders,
      orderTypes: [
        'market',
        'limit',
        'stop-loss',
        'stop-loss-limit',
        'take-profit',
        'take-profit-limit',
      ],
      ocoAllowed: false,
      marketPriceDistanceMax: rules.marketTakeBound,
      liquidationRate: rules.liquidationFee,
    };
  }

  /**
   * Account events since the last call, in order.
   *
   * @param onPayload - Gets each as the exchange sends it.
   */
  takeEvents(onPayload?: (payload: Payload) => void): readonly UserEvent[] {
    return this.#exchange.takeEvents().flatMap((payload) => {
      onPayload?.(payload);
      const event = this.#userEvent(payload);
      return event === undefined ? [] : [event];
    });
  }

  #userEvent(payload: Payload): UserEvent | undefined {
    const time = Number(payload.E);
    if (payload.e === 'ORDER_TRADE_UPDATE') return this.#orderEvent(payload.o as Payload, time);
    if (payload.e === 'ALGO_UPDATE') {
      const { aid, X } = payload.o as Payload;
      const algo = this.#exchange.findAlgo({ orderId: Number(aid) });
      const report = this.#algoReport(algo);
      const isEnded = X === 'CANCELED' || X === 'EXPIRED' || X === 'REJECTED';
      return { type: 'order', time, order: isEnded ? report : { ...report, status: 'new' } };
    }
    const change = payload.a as Payload | undefined;
    if (payload.e !== 'ACCOUNT_UPDATE' || change?.m !== 'FUNDING_FEE') return undefined;
    const [balance] = change.B as readonly Payload[];
    const amount = decimal(balance === undefined ? '0' : String(balance.bc));
    return { type: 'funding', time, symbol: String(change.S), asset: 'USDT', amount };
  }

  #orderEvent(payload: Payload, time: number): UserEvent {
    const symbol = String(payload.s);
    const order = this.#exchange.find(symbol, { orderId: Number(payload.i) });
    const report: OrderReport = {
      ...this.#reportOf(order),
      status: orderStatus(String(payload.X)),
      executedQuantity: decimal(String(payload.z)),
    };
    const trade = this.#exchange.trade(symbol, Number(payload.t));
    if (trade === undefined) return { type: 'order', time, order: report };
    return { type: 'order', time, order: report, fill: fillOf(trade, order.clientOrderId) };
  }

  /** The report of the stop that an order was released by, or of the order itself. */
  #reportOf(order: UsdmOrder): OrderReport {
    return order.algoId === 0
      ? this.#orderReport(order, false)
      : this.#algoReport(this.#exchange.findAlgo({ orderId: order.algoId }));
  }

  #orderReport(order: UsdmOrder, withFills: boolean): OrderReport {
    const { symbol, orderId, clientOrderId } = order;
    return {
      symbol,
      orderId: String(orderId),
      clientOrderId,
      side: order.side === 'BUY' ? 'buy' : 'sell',
      type: TYPE_NAMES[order.type] ?? 'other',
      status: orderStatus(order.status),
      quantity: order.quantity,
      executedQuantity: order.executedQuantity,
      executedNotional: order.executedNotional,
      price: order.price,
      triggerPrice: 0n,
      updateTime: order.updateTime,
      reduceOnly: order.reduceOnly,
      ...(order.isForced && { forced: 'liquidation' as const }),
      fills: withFills
        ? this.#exchange.trades(symbol, orderId).map((trade) => fillOf(trade, clientOrderId))
        : [],
    };
  }

  #algoReport(algo: AlgoOrder): OrderReport {
    const order = this.#exchange.orderOf(algo);
    return {
      symbol: algo.symbol,
      orderId: String(algo.orderId),
      clientOrderId: algo.clientOrderId,
      side: algo.side === 'BUY' ? 'buy' : 'sell',
      type: TYPE_NAMES[algo.type] ?? 'other',
      status: algoStatus(algo, order),
      quantity: algo.quantity,
      executedQuantity: order?.executedQuantity ?? 0n,
      executedNotional: order?.executedNotional ?? 0n,
      price: algo.price,
      triggerPrice: algo.triggerPrice,
      updateTime: order?.updateTime ?? algo.updateTime,
      reduceOnly: algo.reduceOnly,
      ...(algo.actualOrderId !== 0 && { triggeredOrderId: String(algo.actualOrderId) }),
      fills: [],
    };
  }
}

function algoStatus(algo: AlgoOrder, order: UsdmOrder | undefined): OrderStatus {
  if (algo.status === 'CANCELED' || algo.status === 'EXPIRED' || algo.status === 'REJECTED') {
    return orderStatus(algo.status);
  }
  return order === undefined ? 'new' : orderStatus(order.status);
}

function isNamed({ clientOrderId }: { readonly clientOrderId: string }, id: string): boolean {
  return clientOrderId === id;
}

function notNegative(value: Decimal): Decimal {
  return value < 0n ? 0n : value;
}

function fillOf(trade: UsdmTrade, clientOrderId?: string): Fill {
  return {
    symbol: trade.symbol,
    tradeId: String(trade.tradeId),
    orderId: String(trade.orderId),
    ...(clientOrderId !== undefined && { clientOrderId }),
    side: trade.side === 'BUY' ? 'buy' : 'sell',
    price: trade.price,
    quantity: trade.quantity,
    commission: trade.commission,
    commissionAsset: trade.commissionAsset,
    realizedPnl: trade.realizedPnl,
    isMaker: trade.isMaker,
    time: trade.time,
  };
}

/** An order as Binance's parameters; it goes through the same checks as one from the network. */
function rawParameters(order: OrderRequest): Record<string, string> {
  const algoType = ALGO_TYPES[order.type];
  const isLimit = order.type === 'limit' || order.type.endsWith('-limit');
  return {
    symbol: order.symbol,
    side: order.side.toUpperCase(),
    type: algoType ?? order.type.toUpperCase(),
    [algoType === undefined ? 'newClientOrderId' : 'clientAlgoId']: order.clientOrderId,
    ...(algoType !== undefined && { algoType: 'CONDITIONAL' }),
    ...(order.quantity !== undefined && { quantity: trimDecimal(order.quantity) }),
    ...('price' in order && { price: trimDecimal(order.price) }),
    ...('triggerPrice' in order && { triggerPrice: trimDecimal(order.triggerPrice) }),
    ...(order.reduceOnly === true && { reduceOnly: 'true' }),
    ...(isLimit && {
      timeInForce: ('timeInForce' in order ? (order.timeInForce ?? 'gtc') : 'gtc').toUpperCase(),
    }),
  };
}
