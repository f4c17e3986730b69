import { type Decimal, maxDecimal, multiplyDecimals } from '../../domain/index.js';
import type { PricePoint } from './candle-path.js';
import { commissionFor } from './commission.js';
import { applyFilters } from './filters.js';
import { generateId } from './generate-id.js';
import {
  averagePrice,
  type BookFill,
  type BookState,
  bestPrice,
  bookLevels,
  DEFAULT_LIQUIDITY,
  emptyBook,
  immediateFills,
  type Liquidity,
  notionalOf,
  quantityOf,
  reachPrice,
  restingFill,
  takeFrom,
} from './order-book.js';
import type { OCOTerms } from './order-parameters.js';
import { type OrderKey, OrderTable } from './order-table.js';
import { reachedOrders, walkTo } from './price-walk.js';
import { Refusal, refusals } from './refusal.js';
import { rulesOf } from './rules-of.js';
import { requiredLock, SpotAccount } from './spot-account.js';
import {
  isLimitType,
  isOpen,
  isStopType,
  isTriggeredAt,
  isWaiting,
  type SpotOrder,
  type SpotOrderList,
  type SpotOrderTerms,
  type SpotTrade,
} from './spot-order.js';
import { executionReport, listStatusEvent, type Payload } from './spot-payloads.js';
import {
  type CommissionRates,
  newSpotState,
  type SpotStart,
  type SpotState,
} from './spot-state.js';
import type { SpotSymbol } from './spot-symbol.js';
import { parseState, serializeState } from './state-text.js';
import { TradeTable } from './trade-table.js';

export interface SpotExchangeOptions extends SpotStart {
  /** Default: without limit at the best price. */
  readonly liquidity?: Liquidity;
}

/** What `cancelReplace` did; at least one part failed when it is thrown as a refusal. */
export interface CancelReplaceOutcome {
  readonly canceled: SpotOrder | Refusal;
  readonly placed: SpotOrder | Refusal | undefined;
}

/**
 * One spot account that trades against a replayed market. Deterministic: the same calls with the same arguments
 * give the same state, byte for byte. It has no clock; `move` and `setTime` tell it the time.
 *
 * Rules of the replay, where the real book is unknown: the best bid is the last price, the best ask a spread above
 * it; a resting order is filled as maker, at its own price, when the market trades at that price or beyond;
 * a stop is released by the last price and then filled at the book of that moment.
 */
export class SpotExchange {
  readonly #state: SpotState;
  readonly #liquidity: Liquidity;
  readonly #orders: OrderTable<SpotOrder>;
  readonly #account: SpotAccount;
  readonly #trades: TradeTable<SpotTrade>;
  readonly #events: Payload[] = [];

  constructor(options: SpotExchangeOptions | { state: SpotState; liquidity?: Liquidity }) {
    this.#liquidity = options.liquidity ?? DEFAULT_LIQUIDITY;
    this.#state = 'state' in options ? options.state : newSpotState(options);
    this.#orders = new OrderTable(this.#state.orders, isOpen);
    this.#account = new SpotAccount(this.#state, (event) => this.#events.push(event));
    this.#trades = new TradeTable(this.#state.trades);
  }

  /**
   * Restores an exchange from `snapshot()`.
   *
   * @param text - The snapshot.
   * @param liquidity - Depth of the book, which is no part of the state.
   */
  static restore(text: string, liquidity: Liquidity = DEFAULT_LIQUIDITY): SpotExchange {
    return new SpotExchange({ state: parseState<SpotState>(text), liquidity });
  }

  /** The whole state as text: equal states give equal bytes. */
  snapshot(): string {
    return serializeState(this.#state);
  }

  /** The state, to look at. */
  get state(): Readonly<SpotState> {
    return this.#state;
  }

  get time(): number {
    return this.#state.time;
  }

  /** Moves the time on; it never runs backwards. */
  setTime(time: number): void {
    this.#state.time = Math.max(this.#state.time, time);
  }

  /** Sets the clock, backwards too: a clock may be put right. */
  resetTime(time: number): void {
    this.#state.time = time;
  }

  /** Takes the user events since the last call, in order. */
  takeEvents(): Payload[] {
    return this.#events.splice(0);
  }

  /** Rules of a symbol. @throws {Refusal} -1121 if there is none of this name. */
  rules(symbol: string): SpotSymbol {
    return rulesOf(this.#state.symbols, symbol);
  }

  /** Changes the rules of a symbol while it trades. */
  setRules(rules: SpotSymbol): void {
    this.#state.symbols[rules.symbol] = rules;
    this.#state.books[rules.symbol] ??= emptyBook();
  }

  setCommission(rates: Partial<CommissionRates>): void {
    Object.assign(this.#state.commission, rates);
  }

  /**
   * Adds to a free balance, or takes from it: a deposit, withdrawal or transfer.
   *
   * @throws {Refusal} -2010 if there is not enough.
   */
  transfer(asset: string, amount: Decimal): void {
    this.#account.transfer(asset, amount);
  }

  /** Last price; 0 before the first. */
  lastPrice(symbol: string): Decimal {
    return this.#book(symbol).lastPrice;
  }

  /** Best prices and average price. */
  prices(symbol: string): { bid: Decimal; ask: Decimal; average: Decimal } {
    const book = this.#book(symbol);
    const rules = this.rules(symbol);
    return {
      bid: bestPrice(book, rules, 'SELL', this.#liquidity),
      ask: bestPrice(book, rules, 'BUY', this.#liquidity),
      average: averagePrice(book),
    };
  }

  /** Price levels as the client sees them; without a limit of liquidity one level of a nominal quantity. */
  depth(symbol: string, levels: number): { bids: BookFill[]; asks: BookFill[] } {
    return bookLevels(this.#book(symbol), this.rules(symbol), levels, this.#liquidity);
  }

  /**
   * Lets the market trade on. On the way from the last price every order level is traded, unless the price jumps.
   *
   * @param symbol - Symbol that trades.
   * @param point - Where and when.
   */
  move(symbol: string, point: PricePoint): void {
    this.setTime(point.time);
    walkTo(this.#book(symbol), point, {
      levels: () => this.#levels(symbol),
      tradeAt: (price) => this.#tick(symbol, price),
    });
  }

  /**
   * Checks an order as `place` would, without placing it.
   *
   * @throws {Refusal} With the code and text of Binance.
   */
  check(terms: SpotOrderTerms): void {
    this.#checkFilters(terms);
    this.#checkEngine(terms);
  }

  /**
   * Places an order and fills what the book fills at once.
   *
   * @throws {Refusal} With the code and text of Binance; nothing has changed then.
   */
  place(terms: SpotOrderTerms): SpotOrder {
    this.check(terms);
    const order = this.#accept(terms, -1);
    this.#lock(order);
    this.#report(order, 'NEW');
    if (!isStopType(order.type)) this.#match(order);
    this.#account.flush();
    return order;
  }

  /**
   * Places an OCO pair.
   *
   * @throws {Refusal} With the code and text of Binance; nothing has changed then.
   */
  placeOCO(terms: OCOTerms): { list: SpotOrderList; legs: SpotOrder[] } {
    const { above, below } = terms;
    const last = this.lastPrice(above.symbol);
    this.#checkFilters(above);
    this.#checkFilters(below);
    const openLists = this.#state.orderLists.filter(({ status }) => status === 'EXECUTING');
    if (openLists.length >= this.rules(above.symbol).maxOrderLists) {
      throw refusals.filter('MAX_NUM_ORDER_LISTS');
    }
    const levelOf = (leg: SpotOrderTerms): Decimal =>
      leg.stopPrice > 0n ? leg.stopPrice : leg.price;
    if (levelOf(above) <= last || levelOf(below) >= last) throw refusals.priceRelationship();
    const ids = [above.clientOrderId, below.clientOrderId].filter((id) => id !== undefined);
    if (new Set(ids).size < ids.length || ids.some((id) => this.#orders.isInUse(id))) {
      throw refusals.duplicate();
    }
    const required = maxDecimal(
      requiredLock(above, above.quantity),
      requiredLock(below, below.quantity),
    );
    this.#account.requireFree(above, required);
    const orderListId = this.#state.nextOrderListId++;
    const legs = [below, above].map((leg) => this.#accept(leg, orderListId));
    const list: SpotOrderList = {
      orderListId,
      symbol: above.symbol,
      listClientOrderId: terms.listClientOrderId ?? this.#newId(),
      orderIds: legs.map(({ orderId }) => orderId),
      status: 'EXECUTING',
      transactionTime: this.#state.time,
    };
    this.#state.orderLists.push(list);
    for (const leg of legs) {
      if (!isStopType(leg.type)) leg.workingTime = this.#state.time;
      this.#lock(leg);
      this.#report(leg, 'NEW');
    }
    this.#events.push(listStatusEvent(list, legs));
    this.#account.flush();
    return { list, legs };
  }

  /**
   * Cancels an order; the rest of its list goes with it.
   *
   * @throws {Refusal} -2011 if it is not open.
   */
  cancel(symbol: string, key: OrderKey, cancelId?: string): SpotOrder {
    this.rules(symbol);
    const order = this.#orders.findOpen(symbol, key);
    this.#cancelGroup(order, cancelId ?? this.#newId());
    this.#account.flush();
    return order;
  }

  /** Cancels all open orders of a symbol. @throws {Refusal} -2011 if there are none. */
  cancelAll(symbol: string): SpotOrder[] {
    this.rules(symbol);
    const orders = this.openOrders(symbol);
    if (orders.length === 0) throw refusals.nothingToCancel();
    const cancelId = this.#newId();
    for (const order of orders) if (isOpen(order)) this.#cancelGroup(order, cancelId);
    this.#account.flush();
    return orders;
  }

  /** Ends the open orders of a symbol without a trace: no event, and no query finds them. Returns how many. */
  forgetOrders(symbol: string): number {
    const open = this.openOrders(this.rules(symbol).symbol);
    const eventsBefore = this.#events.length;
    if (open.length > 0) this.cancelAll(symbol);
    this.#events.length = eventsBefore;
    for (const order of open) this.#orders.drop(order);
    return open.length;
  }

  /** Cancels a list by its id or client id. @throws {Refusal} -2011 if it is not open. */
  cancelList(
    symbol: string,
    key: { orderListId?: number | undefined; listClientOrderId?: string | undefined },
  ): { list: SpotOrderList; legs: SpotOrder[] } {
    this.rules(symbol);
    const list = this.#state.orderLists.find(
      (entry) =>
        entry.symbol === symbol &&
        entry.status === 'EXECUTING' &&
        (entry.orderListId === key.orderListId ||
          entry.listClientOrderId === key.listClientOrderId),
    );
    if (list === undefined) throw refusals.nothingToCancel();
    const legs = this.legs(list);
    const open = legs.find(isOpen);
    if (open !== undefined) this.#cancelGroup(open, this.#newId());
    this.#account.flush();
    return { list, legs };
  }

  /**
   * Cancels an order and places another.
   *
   * @param mode - Whether to place the new one when there was nothing to cancel.
   * @throws {Refusal} -1013 and the like if the filters refuse the new order: nothing was attempted.
   */
  cancelReplace(
    key: OrderKey,
    terms: SpotOrderTerms,
    mode: 'STOP_ON_FAILURE' | 'ALLOW_FAILURE',
    cancelId?: string,
  ): CancelReplaceOutcome {
    this.#checkFilters(terms, 1);
    const canceled = attempt(() => this.cancel(terms.symbol, key, cancelId));
    if (canceled instanceof Refusal && mode === 'STOP_ON_FAILURE') {
      return { canceled, placed: undefined };
    }
    return { canceled, placed: attempt(() => this.place(terms)) };
  }

  /** Ends an order as the exchange does on its own: delisting, self-trade prevention and the like. */
  expire(symbol: string, key: OrderKey, reason: string): SpotOrder {
    const order = this.#orders.findOpen(symbol, key);
    this.#expire(order, reason);
    this.#settleList(order);
    this.#account.flush();
    return order;
  }

  /**
   * Finds an order, newest first if the client id was used more than once.
   *
   * @throws {Refusal} -2013 if there is none, -2039 if the two ids disagree.
   */
  find(symbol: string, key: OrderKey): SpotOrder {
    this.rules(symbol);
    return this.#orders.find(symbol, key);
  }

  /** Open orders, oldest first. */
  openOrders(symbol?: string): SpotOrder[] {
    return this.#orders.open(symbol);
  }

  /** Orders of a symbol, oldest first. */
  orders(symbol: string): SpotOrder[] {
    return this.#orders.of(symbol);
  }

  /** Trades of a symbol, oldest first. */
  trades(symbol: string, orderId?: number): SpotTrade[] {
    return this.#trades.of(symbol, orderId);
  }

  /** The trade with this id, if it is remembered. */
  trade(symbol: string, tradeId: number): SpotTrade | undefined {
    return this.#trades.find(symbol, tradeId);
  }

  /** Legs of a list. */
  legs(list: SpotOrderList): SpotOrder[] {
    return list.orderIds.flatMap((id) => this.#orders.byId(id) ?? []);
  }

  orderLists(): readonly SpotOrderList[] {
    return this.#state.orderLists;
  }

  #checkFilters(terms: SpotOrderTerms, ordersLeaving = 0): void {
    const rules = this.rules(terms.symbol);
    if (rules.status !== 'TRADING') throw refusals.marketClosed();
    const open = this.openOrders(terms.symbol);
    applyFilters(rules, terms, {
      averagePrice: averagePrice(this.#book(terms.symbol)),
      openOrders: open.length - ordersLeaving,
      openStopOrders: open.filter((order) => isStopType(order.type)).length - ordersLeaving,
    });
  }

  #checkEngine(terms: SpotOrderTerms): void {
    if (terms.clientOrderId !== undefined && this.#orders.isInUse(terms.clientOrderId)) {
      throw refusals.duplicate();
    }
    const book = this.#book(terms.symbol);
    if (book.lastPrice === 0n) throw refusals.marketClosed();
    if (isStopType(terms.type) && isTriggeredAt(terms, book.lastPrice)) {
      throw refusals.wouldTrigger();
    }
    const fills = this.#fillsFor(terms);
    if (terms.type === 'LIMIT_MAKER' && fills.length > 0) throw refusals.wouldMatch();
    const required =
      terms.type === 'MARKET' && terms.side === 'BUY'
        ? notionalOf(fills)
        : requiredLock(terms, terms.quantity || quantityOf(fills));
    this.#account.requireFree(terms, required);
  }

  #accept(terms: SpotOrderTerms, orderListId: number): SpotOrder {
    const { time } = this.#state;
    const { clientOrderId, ...rest } = terms;
    const order: SpotOrder = {
      ...rest,
      orderId: this.#state.nextOrderId++,
      orderListId,
      clientOrderId: clientOrderId ?? this.#newId(),
      executedQuantity: 0n,
      executedNotional: 0n,
      status: 'NEW',
      time,
      updateTime: time,
      workingTime: isStopType(terms.type) ? -1 : time,
    };
    this.#orders.add(order);
    return order;
  }

  /** Fills what the book gives at once, and ends what may not rest. */
  #match(order: SpotOrder): void {
    const fills = this.#fillsFor(order);
    const isWhole = quantityOf(fills) === order.quantity - order.executedQuantity;
    if (order.timeInForce !== 'FOK' || isWhole) {
      for (const fill of fills) this.#fill(order, fill, false);
    }
    if (order.quoteQuantity > 0n) order.quantity = order.executedQuantity;
    if (!isOpen(order)) return;
    if (order.quoteQuantity > 0n && order.executedQuantity > 0n) {
      this.#close(order, 'FILLED');
    } else if (!isLimitType(order.type)) {
      this.#expire(order, 'INSUFFICIENT_LIQUIDITY');
    } else if (order.timeInForce !== 'GTC') {
      this.#expire(order, `UNFILLED_${order.timeInForce}_QUANTITY_EXPIRED`);
    }
  }

  #fillsFor(order: SpotOrderTerms | SpotOrder): readonly BookFill[] {
    const executed = 'executedQuantity' in order ? order.executedQuantity : 0n;
    return immediateFills(
      this.#book(order.symbol),
      this.rules(order.symbol),
      {
        side: order.side,
        price: order.price,
        quantity: order.quantity - executed,
        quoteQuantity: order.quoteQuantity,
      },
      this.#liquidity,
    );
  }

  #tick(symbol: string, price: Decimal): void {
    const book = this.#book(symbol);
    reachPrice(book, price);
    for (const order of this.openOrders(symbol)) {
      if (isOpen(order) && isWaiting(order) && isTriggeredAt(order, price)) this.#trigger(order);
    }
    const resting = reachedOrders(
      this.openOrders(symbol).filter((order) => !isWaiting(order)),
      price,
    );
    for (const order of resting) if (isOpen(order)) this.#fillResting(order, book);
    this.#account.flush();
  }

  #trigger(order: SpotOrder): void {
    this.#expireSiblings(order);
    order.workingTime = this.#state.time;
    order.updateTime = this.#state.time;
    this.#report(order, 'NEW');
    this.#match(order);
    this.#settleList(order);
  }

  #fillResting(order: SpotOrder, book: BookState): void {
    const quantity = restingFill(book, order, this.#liquidity);
    if (quantity === 0n) return;
    this.#expireSiblings(order);
    this.#fill(order, { price: order.price, quantity }, true);
    this.#settleList(order);
  }

  #fill(order: SpotOrder, fill: BookFill, isMaker: boolean): void {
    const rules = this.rules(order.symbol);
    const notional = multiplyDecimals(fill.price, fill.quantity);
    const isBuyer = order.side === 'BUY';
    if (!this.#account.pay(order, isBuyer ? notional : fill.quantity)) {
      this.#expire(order, 'INSUFFICIENT_BALANCE');
      return;
    }
    takeFrom(this.#book(order.symbol), order.side, fill.quantity);
    const [asset, received] = isBuyer
      ? [rules.baseAsset, fill.quantity]
      : [rules.quoteAsset, notional];
    this.#account.credit(asset, received);
    const commission = commissionFor(
      { asset, received, notional, quoteAsset: rules.quoteAsset, isMaker },
      this.#state,
    );
    this.#account.credit(commission.asset, -commission.amount);
    order.executedQuantity += fill.quantity;
    order.executedNotional += notional;
    order.updateTime = this.#state.time;
    const isFilled = order.quoteQuantity === 0n && order.executedQuantity === order.quantity;
    order.status = isFilled ? 'FILLED' : 'PARTIALLY_FILLED';
    if (isFilled) this.#orders.close(order);
    const trade: SpotTrade = {
      symbol: order.symbol,
      tradeId: this.#state.nextTradeId++,
      orderId: order.orderId,
      orderListId: order.orderListId,
      price: fill.price,
      quantity: fill.quantity,
      notional,
      commission: commission.amount,
      commissionAsset: commission.asset,
      time: this.#state.time,
      isBuyer,
      isMaker,
    };
    this.#trades.add(trade);
    this.#lock(order);
    this.#report(order, 'TRADE', trade);
  }

  #close(order: SpotOrder, status: SpotOrder['status']): void {
    order.status = status;
    order.updateTime = this.#state.time;
    this.#orders.close(order);
    this.#lock(order);
  }

  #expire(order: SpotOrder, reason: string): void {
    order.expiryReason = reason;
    this.#close(order, 'EXPIRED');
    this.#report(order, 'EXPIRED');
  }

  #expireSiblings(order: SpotOrder): void {
    for (const sibling of this.#group(order)) {
      if (sibling !== order && isOpen(sibling)) this.#expire(sibling, 'OCO_TRIGGER');
    }
  }

  #cancelGroup(order: SpotOrder, cancelId: string): void {
    for (const member of this.#group(order)) {
      if (!isOpen(member)) continue;
      member.cancelId = cancelId;
      this.#close(member, 'CANCELED');
      this.#report(member, 'CANCELED');
    }
    this.#settleList(order);
  }

  /** Ends the list of an order once no second leg is open. */
  #settleList(order: SpotOrder): void {
    const list = this.#listOf(order);
    if (list === undefined || list.status === 'ALL_DONE') return;
    const legs = this.legs(list);
    if (legs.every(isOpen)) return;
    list.status = 'ALL_DONE';
    list.transactionTime = this.#state.time;
    this.#events.push(listStatusEvent(list, legs));
  }

  #listOf(order: SpotOrder): SpotOrderList | undefined {
    return order.orderListId < 0
      ? undefined
      : this.#state.orderLists.find(({ orderListId }) => orderListId === order.orderListId);
  }

  #group(order: SpotOrder): readonly SpotOrder[] {
    const list = this.#listOf(order);
    return list === undefined ? [order] : this.legs(list);
  }

  #lock(order: SpotOrder): void {
    this.#account.lock(order, this.#group(order));
  }

  #book(symbol: string): BookState {
    this.rules(symbol);
    this.#state.books[symbol] ??= emptyBook();
    return this.#state.books[symbol];
  }

  /** Prices at which an open order is released or filled. */
  #levels(symbol: string): Decimal[] {
    return this.openOrders(symbol).map((order) =>
      isWaiting(order) ? order.stopPrice : order.price,
    );
  }

  #report(
    order: SpotOrder,
    execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED',
    trade?: SpotTrade,
  ): void {
    this.#events.push(
      executionReport(order, {
        execution,
        executionId: this.#state.nextExecutionId++,
        time: this.#state.time,
        ...(trade === undefined ? {} : { trade }),
      }),
    );
  }

  #newId(): string {
    return generateId(this.#state);
  }
}

function attempt<T>(action: () => T): T | Refusal {
  try {
    return action();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
