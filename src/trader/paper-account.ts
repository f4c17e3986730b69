import { type Decimal, decimal, decimalFromNumber } from '../domain/index.js';
import {
  type Broker,
  type Clock,
  type InstrumentRules,
  type InstrumentSource,
  type MarketFeed,
  OutcomeUnknown,
  SpotExchange,
  type SpotSymbol,
  spotSymbol,
  type UserEvent,
  type UserEvents,
} from '../exchange/index.js';
import { SimulatedAccount, toJournalText } from '../live/index.js';

/** Closed orders that are kept: a restart may ask for the newest. */
const CLOSED_ORDERS_KEPT = 50;
/** With more orders than this the old ones are dropped. */
const ORDERS_MAX = 1_000;

export interface PaperAccountOptions {
  readonly rules: InstrumentRules;
  /** Quote at the start; an account that was saved has its own. */
  readonly initialQuote: number;
  /** Basis points per side. */
  readonly commissionBps: number;
  readonly clock: Clock;
  /** Account as saved before. */
  readonly saved: string | undefined;
  /** Keeps the account; orders are only confirmed when it returns. */
  readonly save: (text: string) => Promise<void>;
  /** Prices between two frames were traded, too: the way of a replayed market, not of a real one. */
  readonly hasContinuousPrices: boolean;
}

/**
 * An account of play money at the prices of a real or replayed market: what is bought fills at the best ask and what is
 * sold at the best bid of that moment, whatever the size; a stop is released by the best bid. It takes no orders to
 * any exchange: it has no connection and no key.
 */
export class PaperAccount {
  readonly #options: PaperAccountOptions;
  readonly #liquidity = { levels: 1, spreadTicks: 1 };
  readonly #listeners = new Set<(event: UserEvent) => void>();
  #exchange: SpotExchange;
  #account: SimulatedAccount;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: PaperAccountOptions) {
    this.#options = options;
    const { saved, rules, clock, initialQuote, commissionBps } = options;
    const rate = decimalFromNumber(commissionBps / 10_000);
    this.#exchange =
      saved === undefined
        ? new SpotExchange({
            symbols: [paperSymbol(rules)],
            balances: { [rules.quoteAsset]: decimalFromNumber(initialQuote) },
            startTime: clock.now(),
            liquidity: this.#liquidity,
          })
        : SpotExchange.restore(saved, this.#liquidity);
    this.#exchange.setCommission({ maker: rate, taker: rate });
    this.#exchange.setRules(paperSymbol(rules));
    this.#account = new SimulatedAccount(this.#exchange);
  }

  /** The market that the account sees first and the bot after it. */
  feed(source: MarketFeed): MarketFeed {
    return {
      subscribe: (request, listener) =>
        source.subscribe(request, (event) => {
          if (event.type === 'price') this.#move(event.bidPrice, event.askPrice);
          listener(event);
        }),
    };
  }

  /** Rules as published, which the account follows. */
  instruments(source: InstrumentSource): InstrumentSource {
    return {
      instrumentRules: async (symbols) => {
        const all = await source.instrumentRules(symbols);
        const rules = all.get(this.#options.rules.symbol);
        if (rules !== undefined) this.#exchange.setRules(paperSymbol(rules));
        return all;
      },
    };
  }

  readonly broker: Broker = {
    market: 'spot',
    place: (order) => this.#change(() => this.#account.place(order)),
    test: async () => {},
    placeOCO: () => Promise.reject(new Error('Paper accounts take no order lists')),
    cancel: (symbol, id) => this.#change(() => this.#account.cancel(symbol, id)),
    cancelReplace: () => Promise.reject(new Error('Paper accounts replace no orders')),
    query: (symbol, id) => answered(() => this.#account.query(symbol, id)),
    openOrders: (symbol) => answered(() => this.#account.openOrders(symbol)),
    fills: ({ symbol, orderId }) => answered(() => this.#account.fills(symbol, orderId)),
    account: () => answered(() => this.#account.account()),
    keyPermissions: () => Promise.reject(new Error('Paper accounts have no key')),
  };

  readonly userEvents: UserEvents = {
    subscribe: (listener) => {
      this.#listeners.add(listener);
      const { clock } = this.#options;
      const cancel = clock.after(1, () => listener({ type: 'gap', time: clock.now() }));
      return () => {
        cancel();
        this.#listeners.delete(listener);
      };
    },
  };

  #move(bid: Decimal, ask: Decimal): void {
    const { rules, clock, hasContinuousPrices } = this.#options;
    const { tickSize } = this.#exchange.rules(rules.symbol);
    this.#liquidity.spreadTicks = Number((ask - bid) / tickSize);
    this.#exchange.move(rules.symbol, {
      time: clock.now(),
      price: bid,
      quantity: decimal('1'),
      isJump: !hasContinuousPrices,
    });
    const events = this.#account.takeEvents();
    if (events.length === 0) return;
    // What could not be saved is found by the questions of the bot.
    this.#keep().then(
      () => this.#tell(events),
      () => undefined,
    );
  }

  async #change<T>(action: () => T): Promise<T> {
    this.#exchange.setTime(this.#options.clock.now());
    const value = action();
    const events = this.#account.takeEvents();
    try {
      await this.#keep();
    } catch (error) {
      throw new OutcomeUnknown('the paper account could not be saved', { cause: error });
    }
    this.#tell(events);
    return value;
  }

  #tell(events: readonly UserEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }

  /** Saves the account as it is when the save before is done. */
  #keep(): Promise<void> {
    const next = this.#saving.then(() => this.#options.save(this.#text()));
    this.#saving = next.catch(() => undefined);
    return next;
  }

  #text(): string {
    const { state } = this.#exchange;
    const closed = state.orders.filter(({ orderId }) => !this.#isOpen(orderId));
    const dropped = new Set(closed.slice(0, -CLOSED_ORDERS_KEPT).map(({ orderId }) => orderId));
    const text = toJournalText({
      ...state,
      orders: state.orders.filter(({ orderId }) => !dropped.has(orderId)),
      trades: state.trades.filter(({ orderId }) => !dropped.has(orderId)),
    });
    if (state.orders.length > ORDERS_MAX) {
      this.#exchange = SpotExchange.restore(text, this.#liquidity);
      this.#account = new SimulatedAccount(this.#exchange);
    }
    return text;
  }

  #isOpen(orderId: number): boolean {
    const { symbol } = this.#options.rules;
    return this.#exchange.openOrders(symbol).some((order) => order.orderId === orderId);
  }
}

/** An answer at once; what is thrown is a rejection. */
function answered<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(action());
  });
}

/** The rules of a real instrument for the simulated exchange. */
function paperSymbol(rules: InstrumentRules): SpotSymbol {
  const orMax = (value: Decimal, fallback: Decimal): Decimal => (value > 0n ? value : fallback);
  const none = decimal('90000000000');
  const status = { trading: 'TRADING', 'cancel-only': 'CANCEL_ONLY', closed: 'BREAK' } as const;
  return spotSymbol(rules.symbol, 1, {
    status: status[rules.status],
    baseAsset: rules.baseAsset,
    quoteAsset: rules.quoteAsset,
    tickSize: rules.tickSize,
    minPrice: rules.priceMin,
    maxPrice: orMax(rules.priceMax, none),
    stepSize: rules.stepSize,
    minQuantity: rules.quantityMin,
    maxQuantity: orMax(rules.quantityMax, none),
    marketMaxQuantity: orMax(rules.marketQuantityMax, orMax(rules.quantityMax, none)),
    minNotional: rules.notionalMin,
    maxNotional: orMax(rules.notionalMax, none),
    applyMinToMarket: rules.notionalMinAppliesToMarket,
    applyMaxToMarket: rules.notionalMaxAppliesToMarket,
    maxOrders: rules.ordersMax,
    maxStopOrders: rules.stopOrdersMax,
  });
}
