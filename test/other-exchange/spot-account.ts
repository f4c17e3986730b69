import { cut, type Exact, ratio, timesDown } from '../exact.js';
import type { InstrumentMarket } from './market.js';
import { Refusal, refusals } from './refusal.js';
import { Balances } from './spot-balances.js';
import { applyFilters } from './spot-filters.js';
import {
  executionReport,
  isConditional,
  isOpen,
  isWaiting,
  listStatus,
  type OrderList,
  type SpotFill,
  type SpotOrder,
} from './spot-order.js';
import type { SpotTerms } from './spot-terms.js';

export interface SpotAccountOptions {
  readonly markets: ReadonlyMap<string, InstrumentMarket>;
  readonly balances: readonly (readonly [string, Exact])[];
  readonly now: () => number;
  readonly emit: (event: Record<string, unknown>) => void;
  /** Commission, fractions of what is received. */
  readonly maker: Exact;
  readonly taker: Exact;
  /** Quote per BNB by quote asset; empty: commission is paid in what is received. */
  readonly bnbPrices: Readonly<Record<string, Exact>>;
}

/** How an order is named: by the exchange's id or by the client's. */
export interface OrderKey {
  readonly orderId?: number | undefined;
  readonly clientId?: string | undefined;
}

/** Commission in BNB is a quarter less (commission_faq.md). */
const DISCOUNT = 750_000_000_000_000_000n;

/** A spot account and its orders, as rest-api.md, filters.md and user-data-stream.md tell. */
export class SpotAccount {
  readonly balances: Balances;
  readonly orders: SpotOrder[] = [];
  readonly lists: OrderList[] = [];
  status = 'TRADING';
  readonly #options: SpotAccountOptions;
  #nextOrder = 1_281_722_113;
  #nextTrade = 65_044_223;
  #nextExecution = 2_623_837_276;
  #nextList = 77;

  constructor(options: SpotAccountOptions) {
    this.#options = options;
    this.balances = new Balances(options.balances);
  }

  market(symbol: string): InstrumentMarket {
    const market = this.#options.markets.get(symbol);
    if (market === undefined) throw refusals.symbol();
    return market;
  }

  openOrders(symbol?: string): SpotOrder[] {
    return this.orders.filter((one) => isOpen(one) && (symbol ?? one.symbol) === one.symbol);
  }

  find(symbol: string, key: OrderKey): SpotOrder | undefined {
    this.market(symbol);
    const isNamed = (order: SpotOrder): boolean =>
      key.orderId === undefined
        ? order.clientOrderId === key.clientId
        : order.orderId === key.orderId;
    return this.orders.findLast((order) => order.symbol === symbol && isNamed(order));
  }

  /** Everything that a new order has to pass; throws otherwise. */
  check(terms: SpotTerms, but?: SpotOrder): void {
    const market = this.market(terms.symbol);
    if (this.status !== 'TRADING') throw new Refusal(-1013, 'Market is closed.');
    const open = this.openOrders(terms.symbol).filter((order) => order !== but);
    const filtered = terms.quantity > 0n ? terms : { ...terms, quantity: this.#quoted(terms) };
    const conditional = open.filter((order) => isConditional(order)).length;
    applyFilters(market, filtered, { orders: open.length, conditional });
  }

  place(terms: SpotTerms): SpotOrder {
    this.check(terms);
    this.#checkEngine(terms);
    const order = this.#make(terms, -1);
    this.#lock(order);
    this.#report(order, 'NEW');
    if (!isWaiting(order)) this.#match(order);
    this.#balanceEvent(order.symbol);
    return order;
  }

  placeOCO(listClientId: string, [above, below]: readonly [SpotTerms, SpotTerms]): OrderList {
    const market = this.market(above.symbol);
    for (const leg of [above, below]) this.check(leg);
    const isSell = above.side === 'SELL';
    const [profit, stop] = isSell ? [above, below] : [below, above];
    if (!stop.type.startsWith('STOP_LOSS')) {
      const message = `A stop loss order in a ${isSell ? 'sell' : 'buy'} OCO must be ${isSell ? 'below' : 'above'}.`;
      throw new Refusal(isSell ? -1197 : -1196, message);
    }
    const target = profit.price > 0n ? profit.price : profit.stopPrice;
    const { price: last } = market;
    const isRight = isSell
      ? target > last && last > stop.stopPrice
      : target < last && last < stop.stopPrice;
    if (!isRight) {
      throw refusals.engine('The relationship of the prices for the orders is not correct.');
    }
    for (const leg of [above, below]) this.#refuseDuplicate(leg);
    this.#requireBalance(profit);
    const id = this.#nextList++;
    const orders = [this.#make(below, id), this.#make(above, id)];
    const list = {
      id,
      clientId: listClientId,
      symbol: above.symbol,
      orders,
      time: this.#now,
      isDone: false,
    };
    this.lists.push(list);
    // Both legs share one lock: the profit leg holds it.
    this.#lock(orders.find((order) => order.clientOrderId === profit.clientOrderId)!);
    for (const order of orders) this.#report(order, 'NEW');
    this.#options.emit(listStatus(list, this.#now));
    this.#balanceEvent(list.symbol);
    return list;
  }

  /** Cancels an order, and the other one of its list. */
  cancel(symbol: string, key: OrderKey, cancelId: string): SpotOrder {
    const order = this.find(symbol, key);
    if (order === undefined || !isOpen(order)) throw refusals.unknownOrder();
    const list = this.listOf(order);
    for (const one of list?.orders ?? [order]) {
      if (isOpen(one)) this.#end(one, 'CANCELED', { cancelId });
    }
    if (list !== undefined) this.#endList(list);
    this.#balanceEvent(symbol);
    return order;
  }

  listOf(order: SpotOrder): OrderList | undefined {
    return this.lists.find(({ id }) => id === order.listId);
  }

  /** Orders of others trade: stops are released, limit orders filled. */
  onPrice(symbol: string): void {
    const market = this.market(symbol);
    for (const order of this.openOrders(symbol)) {
      if (!isOpen(order)) continue;
      if (isWaiting(order)) this.#release(order, market.price);
      else if (isReached(order, market.price)) this.#fillResting(order);
    }
  }

  /** Open orders of a symbol are gone, without an event. */
  forget(symbol: string): number {
    const gone = this.openOrders(symbol);
    for (const order of gone) {
      this.#unlock(order);
      this.orders.splice(this.orders.indexOf(order), 1);
    }
    return gone.length;
  }

  get #now(): number {
    return this.#options.now();
  }

  #checkEngine(terms: SpotTerms): void {
    this.#refuseDuplicate(terms);
    const { price, ask, bid } = this.market(terms.symbol);
    if (terms.stopPrice > 0n && isTriggered(terms, price)) {
      throw refusals.engine('Order would trigger immediately.');
    }
    const crosses = terms.side === 'BUY' ? terms.price >= ask : terms.price <= bid;
    if (terms.type === 'LIMIT_MAKER' && crosses) {
      throw refusals.engine('Order would immediately match and take.');
    }
    this.#requireBalance(terms);
  }

  #refuseDuplicate({ clientOrderId }: SpotTerms): void {
    const isTaken = this.openOrders().some((order) => order.clientOrderId === clientOrderId);
    if (isTaken) throw refusals.engine('Duplicate order sent.');
  }

  #requireBalance(terms: SpotTerms): void {
    const [asset, amount] = this.#needs(terms);
    if (this.balances.free(asset) < amount) {
      throw refusals.engine('Account has insufficient balance for requested action.');
    }
  }

  /** What an order takes of the account. */
  #needs(
    terms: Pick<
      SpotTerms,
      'symbol' | 'side' | 'type' | 'quantity' | 'quoteQuantity' | 'price' | 'stopPrice'
    >,
  ): readonly [string, Exact] {
    const market = this.market(terms.symbol);
    const { base, quote } = market.listing;
    if (terms.side === 'SELL') return [base, terms.quantity];
    if (terms.price > 0n || terms.stopPrice > 0n) {
      const price = terms.price > 0n ? terms.price : terms.stopPrice;
      return [quote, timesDown(price, terms.quantity, 8)];
    }
    if (terms.quoteQuantity > 0n) return [quote, terms.quoteQuantity];
    const matches = market.take('BUY', terms.quantity);
    return [quote, matches.reduce((sum, one) => sum + timesDown(one.price, one.quantity, 8), 0n)];
  }

  #quoted({ symbol, quoteQuantity }: SpotTerms): Exact {
    const { ask, listing } = this.market(symbol);
    const quantity = ratio(quoteQuantity, ask, 8);
    return (quantity / listing.step) * listing.step;
  }

  #make(terms: SpotTerms, listId: number): SpotOrder {
    const time = this.#now;
    const order: SpotOrder = {
      ...{ symbol: terms.symbol, orderId: this.#nextOrder++, clientOrderId: terms.clientOrderId },
      ...{ side: terms.side, type: terms.type, timeInForce: terms.timeInForce },
      quantity: terms.quantity > 0n ? terms.quantity : this.#quoted(terms),
      quoteQuantity: terms.quoteQuantity,
      ...{ price: terms.price, stopPrice: terms.stopPrice, time, listId, status: 'NEW' },
      ...{ executed: 0n, notional: 0n, updateTime: time },
      workingTime: isConditional(terms) ? -1 : time,
      ...{ lockedAsset: '', locked: 0n, cancelId: '', fills: [] },
    };
    this.orders.push(order);
    return order;
  }

  #lock(order: SpotOrder): void {
    if (order.type === 'MARKET') return;
    const [asset, amount] = this.#needs(order);
    order.lockedAsset = asset;
    order.locked = amount;
    this.balances.lock(asset, amount);
  }

  #unlock(order: SpotOrder): void {
    this.balances.lock(order.lockedAsset, -order.locked);
    order.locked = 0n;
  }

  /** Takes from the book what a new or released order can get, and lets the rest be. */
  #match(order: SpotOrder): void {
    const isLimit = order.price > 0n;
    const wanted = order.quantity - order.executed;
    const matches = this.market(order.symbol).take(
      order.side,
      wanted,
      isLimit ? order.price : undefined,
    );
    const found = matches.reduce((sum, { quantity }) => sum + quantity, 0n);
    const isKilled = order.timeInForce === 'FOK' && found < wanted;
    if (isLimit && order.type === 'LIMIT_MAKER') return;
    for (const { price, quantity } of isKilled ? [] : matches)
      this.#fill(order, price, quantity, false);
    if (!isOpen(order)) return;
    if (!isLimit) this.#end(order, 'EXPIRED', { expiry: 'INSUFFICIENT_LIQUIDITY' });
    else if (isKilled) this.#end(order, 'EXPIRED', { expiry: 'UNFILLED_FOK_ORDER_EXPIRED' });
    else if (order.timeInForce === 'IOC') {
      this.#end(order, 'EXPIRED', { expiry: 'UNFILLED_IOC_QUANTITY_EXPIRED' });
    }
  }

  #release(order: SpotOrder, price: Exact): void {
    if (!isTriggered(order, price)) return;
    this.#expireOther(order);
    this.#unlock(order);
    order.workingTime = this.#now;
    order.updateTime = this.#now;
    this.#report(order, 'NEW');
    this.#match(order);
    this.#finishList(order);
    this.#balanceEvent(order.symbol);
  }

  /** First half of what rests, the rest at the next price: partial fills are normal. */
  #fillResting(order: SpotOrder): void {
    this.#expireOther(order);
    const left = order.quantity - order.executed;
    const { step } = this.market(order.symbol).listing;
    const half = (left / 2n / step) * step;
    const part = order.executed === 0n && half > 0n ? half : left;
    this.#fill(order, order.price, part, true);
    this.#finishList(order);
    this.#balanceEvent(order.symbol);
  }

  #fill(order: SpotOrder, price: Exact, quantity: Exact, isMaker: boolean): void {
    const market = this.market(order.symbol);
    const { base, quote } = market.listing;
    market.record(this.#now, price, quantity, !isMaker);
    const notional = timesDown(price, quantity, 8);
    const isBuy = order.side === 'BUY';
    // A part of the lock is used up with the part that fills.
    const left = order.quantity - order.executed;
    const share = quantity === left ? order.locked : cut((order.locked * quantity) / left, 8);
    this.balances.lock(order.lockedAsset, -share);
    order.locked -= share;
    this.balances.add(isBuy ? quote : base, isBuy ? -notional : -quantity);
    this.balances.add(isBuy ? base : quote, isBuy ? quantity : notional);
    const { asset, amount } = this.#commission(order, notional, quantity, isMaker);
    this.balances.add(asset, -amount);
    order.executed += quantity;
    order.notional += notional;
    order.status = order.executed === order.quantity ? 'FILLED' : 'PARTIALLY_FILLED';
    order.updateTime = this.#now;
    const fill: SpotFill = {
      ...{ id: this.#nextTrade++, price, quantity, commission: amount, commissionAsset: asset },
      ...{ time: this.#now, isMaker },
    };
    order.fills.push(fill);
    this.#report(order, 'TRADE', { fill });
  }

  #commission(order: SpotOrder, notional: Exact, quantity: Exact, isMaker: boolean) {
    const { maker, taker, bnbPrices } = this.#options;
    const { base, quote } = this.market(order.symbol).listing;
    const rate = isMaker ? maker : taker;
    const price = quote === 'BNB' ? 10n ** 18n : bnbPrices[quote];
    if (price !== undefined && Object.keys(bnbPrices).length > 0) {
      const due = timesDown(timesDown(notional, rate, 18), DISCOUNT, 18);
      const amount = cut((due * 10n ** 18n) / price, 8);
      if (this.balances.free('BNB') >= amount) return { asset: 'BNB', amount };
    }
    return order.side === 'BUY'
      ? { asset: base, amount: timesDown(quantity, rate, 8) }
      : { asset: quote, amount: timesDown(notional, rate, 8) };
  }

  #end(
    order: SpotOrder,
    status: 'CANCELED' | 'EXPIRED',
    details: { cancelId?: string; expiry?: string },
  ): void {
    this.#unlock(order);
    order.status = status;
    order.updateTime = this.#now;
    order.cancelId = details.cancelId ?? '';
    this.#report(order, status, details);
  }

  #expireOther(order: SpotOrder): void {
    for (const other of this.listOf(order)?.orders ?? []) {
      if (other !== order && isOpen(other)) this.#end(other, 'EXPIRED', { expiry: 'OCO_TRIGGER' });
    }
  }

  #finishList(order: SpotOrder): void {
    const list = this.listOf(order);
    if (list?.orders.every((one) => !isOpen(one)) === true) this.#endList(list);
  }

  #endList(list: OrderList): void {
    list.isDone = true;
    list.time = this.#now;
    this.#options.emit(listStatus(list, this.#now));
  }

  #report(
    order: SpotOrder,
    type: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED',
    details: { readonly fill?: SpotFill; readonly expiry?: string } = {},
  ): void {
    const { fill, expiry } = details;
    this.#options.emit(
      executionReport(order, type, {
        ...{ id: this.#nextExecution++, eventTime: this.#now },
        ...(fill === undefined ? {} : { fill }),
        ...(expiry === undefined ? {} : { expiry }),
      }),
    );
  }

  #balanceEvent(symbol: string): void {
    const { base, quote } = this.market(symbol).listing;
    this.#options.emit(this.balances.event([base, quote, 'BNB'], this.#now));
  }
}

/** Whether the last price releases a conditional order. */
function isTriggered(
  { type, side, stopPrice }: Pick<SpotOrder, 'type' | 'side' | 'stopPrice'>,
  price: Exact,
): boolean {
  const isAbove = type.startsWith('STOP_LOSS') === (side === 'BUY');
  return isAbove ? price >= stopPrice : price <= stopPrice;
}

function isReached({ side, price: limit }: SpotOrder, price: Exact): boolean {
  return side === 'BUY' ? price <= limit : price >= limit;
}
