import { syntheticCandles } from '../candles/index.js';
import { type Decimal, decimal, decimalFromNumber } from '../domain/index.js';
import {
  type Broker,
  DEFAULT_LIMITS,
  FaultBox,
  type InstrumentRules,
  inProcessUsdmCaller,
  LimitCounter,
  ReplayMarket,
  SpotExchange,
  type SpotSymbol,
  spotSymbol,
  UsdmEventMapper,
  UsdmExchange,
  type UsdmSymbol,
  type UserEvent,
  usdmBroker,
  usdmSymbol,
} from '../exchange/index.js';
import { SimulatedAccount, toJournalText } from '../live/index.js';

/** An exchange of play money for one instrument, on either market. */
export interface PaperVenue {
  /** Acts at once; what it changes has to be saved by the caller. */
  readonly broker: Broker;
  setTime(time: number): void;
  setRules(rules: InstrumentRules): void;
  move(prices: { readonly bid: Decimal; readonly ask: Decimal; readonly isJump: boolean }): void;
  /** Rate of the next funding payments, fraction; spot has none. */
  setFundingRate(rate: Decimal): void;
  /** Events since the last call. */
  takeEvents(): readonly UserEvent[];
  /** Everything, to be restored from. */
  text(): string;
}

/** How a venue begins. */
export interface PaperVenueOptions {
  readonly rules: InstrumentRules;
  readonly initialQuote: number;
  /** Fraction, of makers and takers. */
  readonly commissionRate: Decimal;
  readonly now: () => number;
  /** Text of an earlier one. */
  readonly saved: string | undefined;
}

/** Closed orders that are kept: a restart may ask for the newest. */
const CLOSED_KEPT = 50;
/** With more orders than this the old ones are dropped. */
const ORDERS_MAX = 1_000;
/** The interest rate of eight hours: until the market says another one. */
const USUAL_FUNDING_RATE = decimal('0.0001');
const NO_BOUND = decimal('90000000000');

/** The venue of an instrument's market. */
export function paperVenue(options: PaperVenueOptions): PaperVenue {
  return options.rules.market === 'spot' ? spotVenue(options) : usdmVenue(options);
}

function spotVenue(options: PaperVenueOptions): PaperVenue {
  const { rules, initialQuote, commissionRate, now, saved } = options;
  const { symbol } = rules;
  const liquidity = { levels: 1, spreadTicks: 1 };
  let exchange =
    saved === undefined
      ? new SpotExchange({
          symbols: [spotRules(rules)],
          balances: { [rules.quoteAsset]: decimalFromNumber(initialQuote) },
          startTime: now(),
          liquidity,
        })
      : SpotExchange.restore(saved, liquidity);
  exchange.setCommission({ maker: commissionRate, taker: commissionRate });
  exchange.setRules(spotRules(rules));
  let account = new SimulatedAccount(exchange);
  const answered = <T>(action: () => T): Promise<T> =>
    new Promise((resolve) => {
      resolve(action());
    });
  return {
    broker: {
      market: 'spot',
      place: (order) => answered(() => account.place(order)),
      test: () => Promise.resolve(),
      placeOCO: (request) => answered(() => account.placeOCO(request)),
      cancel: (_, id) => answered(() => account.cancel(symbol, id)),
      cancelReplace: (_, id, order) => answered(() => account.cancelReplace(id, order)),
      query: (_, id) => answered(() => account.query(symbol, id)),
      queryById: (_, id) => answered(() => account.queryById(symbol, id)),
      openOrders: () => answered(() => account.openOrders(symbol)),
      fills: ({ orderId }) => answered(() => account.fills(symbol, orderId)),
      account: () => answered(() => account.account()),
      keyPermissions: () => Promise.reject(new Error('Paper accounts have no key')),
    },
    setTime: (time) => exchange.setTime(time),
    setRules: (next) => exchange.setRules(spotRules(next)),
    setFundingRate: () => undefined,
    move: ({ bid, ask, isJump }) => {
      liquidity.spreadTicks = Number((ask - bid) / exchange.rules(symbol).tickSize);
      exchange.move(symbol, { time: now(), price: bid, quantity: decimal('1'), isJump });
    },
    takeEvents: () => account.takeEvents(),
    text: () => {
      const { state } = exchange;
      const open = new Set(exchange.openOrders(symbol).map(({ orderId }) => orderId));
      const orders = newest(state.orders, ({ orderId }) => open.has(orderId));
      const kept = new Set(orders.map(({ orderId }) => orderId));
      const trades = state.trades.filter(({ orderId }) => kept.has(orderId));
      const text = toJournalText({ ...state, orders, trades });
      if (state.orders.length > ORDERS_MAX) {
        exchange = SpotExchange.restore(text, liquidity);
        account = new SimulatedAccount(exchange);
      }
      return text;
    },
  };
}

/** The exchange's own interface with the broker of Binance on top: it knows stops, margin and funding. */
function usdmVenue(options: PaperVenueOptions): PaperVenue {
  const { rules, initialQuote, commissionRate, now, saved } = options;
  const { symbol } = rules;
  const liquidity = { levels: 1, spreadTicks: 1 };
  let rate = USUAL_FUNDING_RATE;
  const fundingRate = (): Decimal => rate;
  const exchange =
    saved === undefined
      ? new UsdmExchange({
          symbols: [usdmRules(rules)],
          balances: { [rules.quoteAsset]: decimalFromNumber(initialQuote) },
          startTime: now(),
          liquidity,
          fundingRate,
        })
      : UsdmExchange.restore(saved, { liquidity, fundingRate });
  exchange.setCommission({ maker: commissionRate, taker: commissionRate });
  exchange.setRules(usdmRules(rules));
  const mapper = new UsdmEventMapper();
  const refuse = (): never => {
    throw new Error('Paper accounts have no listen key');
  };
  const broker = usdmBroker(
    inProcessUsdmCaller({
      exchange,
      market: unusedMarket(symbol, rules.tickSize),
      limits: new LimitCounter({ ...DEFAULT_LIMITS, ordersPer10Seconds: 1e9, ordersPerDay: 1e9 }),
      faults: new FaultBox(1),
      now: () => exchange.time,
      limitNow: () => Date.now(),
      listenKeys: { start: refuse, keepAlive: refuse, stop: () => undefined },
    }),
    { marginAsset: rules.quoteAsset },
  );
  return {
    broker,
    setTime: (time) => exchange.setTime(time),
    setRules: (next) => exchange.setRules(usdmRules(next)),
    setFundingRate: (next) => {
      rate = next;
    },
    move: ({ bid, ask, isJump }) => {
      liquidity.spreadTicks = Number((ask - bid) / exchange.rules(symbol).tickSize);
      exchange.move(symbol, { time: now(), price: bid, quantity: decimal('1'), isJump });
    },
    takeEvents: () =>
      exchange.takeEvents().flatMap((event) => {
        const mapped = mapper.map(event);
        if (mapped === 'malformed') throw new Error(`Unreadable event ${String(event.e)}`);
        return mapped;
      }),
    text: () => {
      const { state } = exchange;
      const isOpen = ({ status }: { readonly status: string }): boolean =>
        ['NEW', 'PARTIALLY_FILLED', 'TRIGGERING', 'TRIGGERED'].includes(status);
      const orders = newest(state.orders, isOpen);
      const kept = new Set(orders.map(({ orderId }) => orderId));
      return toJournalText({
        ...state,
        orders,
        algoOrders: newest(state.algoOrders, (order) => isOpen({ status: order.status })),
        trades: state.trades.filter(({ orderId }) => kept.has(orderId)),
        income: state.income.slice(-1_000),
      });
    },
  };
}

/** All open orders and the newest of the others, in their order. */
function newest<T>(orders: readonly T[], isOpen: (order: T) => boolean): T[] {
  const closed = orders.filter((order) => !isOpen(order));
  const dropped = new Set(closed.slice(0, -CLOSED_KEPT));
  return orders.filter((order) => !dropped.has(order));
}

/** Requests for candles never reach a paper account; the interface wants a market all the same. */
function unusedMarket(symbol: string, tickSize: Decimal): ReplayMarket {
  const candles = syntheticCandles({ length: 2, symbol, market: 'usdm' });
  return new ReplayMarket([{ candles, tickSize }], { startTime: candles.openTime[0]! });
}

/** The rules of a real instrument for the simulated exchange. */
function spotRules(rules: InstrumentRules): SpotSymbol {
  const status = { trading: 'TRADING', 'cancel-only': 'CANCEL_ONLY', closed: 'BREAK' } as const;
  return spotSymbol(rules.symbol, 1, {
    ...commonRules(rules),
    status: status[rules.status],
    maxNotional: orMax(rules.notionalMax),
    applyMinToMarket: rules.notionalMinAppliesToMarket,
    applyMaxToMarket: rules.notionalMaxAppliesToMarket,
    maxStopOrders: rules.stopOrdersMax,
  });
}

function usdmRules(rules: InstrumentRules): UsdmSymbol {
  const status = { trading: 'TRADING', 'cancel-only': 'PRE_SETTLE', closed: 'CLOSE' } as const;
  return usdmSymbol(rules.symbol, 1, {
    ...commonRules(rules),
    status: status[rules.status],
    marginAsset: rules.quoteAsset,
  });
}

function commonRules(rules: InstrumentRules) {
  return {
    baseAsset: rules.baseAsset,
    quoteAsset: rules.quoteAsset,
    tickSize: rules.tickSize,
    minPrice: rules.priceMin,
    maxPrice: orMax(rules.priceMax),
    stepSize: rules.stepSize,
    minQuantity: rules.quantityMin,
    maxQuantity: orMax(rules.quantityMax),
    marketMaxQuantity: orMax(rules.marketQuantityMax || rules.quantityMax),
    minNotional: rules.notionalMin,
    maxOrders: rules.ordersMax,
  };
}

function orMax(value: Decimal): Decimal {
  return value > 0n ? value : NO_BOUND;
}
