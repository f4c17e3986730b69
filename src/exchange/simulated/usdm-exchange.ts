import { type Decimal, decimal, minDecimal, multiplyDecimals } from '../../domain/index.js';
import type { PricePoint } from './candle-path.js';
import { generateId } from './generate-id.js';
import {
  type BookFill,
  type BookState,
  bookLevels,
  DEFAULT_LIQUIDITY,
  immediateFills,
  type Liquidity,
  quantityOf,
  reachPrice,
  restingFill,
  takeFrom,
} from './order-book.js';
import { type OrderKey, OrderTable } from './order-table.js';
import { reachedOrders, walkTo } from './price-walk.js';
import { Refusal, refusals, usdmRefusals } from './refusal.js';
import { rulesOf } from './rules-of.js';
import type { Payload } from './spot-payloads.js';
import { parseState, serializeState } from './state-text.js';
import { TradeTable } from './trade-table.js';
import { UsdmAccount } from './usdm-account.js';
import { AlgoOrders } from './usdm-algo-orders.js';
import { applyAlgoFilters, applyUsdmFilters, marketBound } from './usdm-filters.js';
import {
  type AccountMargin,
  abs,
  positionOf,
  reducibleQuantity,
  symbolMargin,
} from './usdm-margin.js';
import {
  type AlgoOrder,
  type AlgoOrderTerms,
  EXPIRY,
  isLimitAlgo,
  isOpenOrder,
  type UsdmOrder,
  type UsdmOrderTerms,
  type UsdmTrade,
} from './usdm-order.js';
import {
  leverageUpdate,
  orderTradeUpdate,
  positionRiskPayload,
  tradeLite,
} from './usdm-payloads.js';
import {
  newUsdmState,
  type SymbolConfig,
  type UsdmMarginType,
  type UsdmStart,
  type UsdmState,
} from './usdm-state.js';
import { notionalMaxAt, type UsdmSymbol } from './usdm-symbol.js';

const HOUR_MS = 3_600_000;
const GOOD_TILL_MS_MIN = 600_000;

/** What is no part of the state: a restored exchange gets it again. */
export interface UsdmSurroundings {
  /** Default: without limit at the best price. */
  readonly liquidity?: Liquidity;
  /** Funding rate at an instant, fraction; default 0.0001, the interest rate. */
  readonly fundingRate?: (symbol: string, time: number) => Decimal;
  /** Whether ACCOUNT_UPDATE comes before the executions that it is about; both were seen. Default false. */
  readonly tellsAccountFirst?: boolean;
}

export interface UsdmExchangeOptions extends UsdmStart, UsdmSurroundings {}

/**
 * One USD-M account in one-way mode that trades against a replayed market. Deterministic: the same calls with the
 * same arguments give the same state, byte for byte. It has no clock; `move` and `setTime` tell it the time.
 *
 * Prices are filled as on the simulated spot exchange. The mark price follows the last price until `setMark` sets it.
 * Funding is paid at the mark price of its instant. A position is closed by force at the price of the moment in which
 * its backing falls to the maintenance margin; what the wallet cannot bear the insurance fund pays.
 */
export class UsdmExchange {
  readonly #state: UsdmState;
  readonly #liquidity: Liquidity;
  readonly #fundingRate: (symbol: string, time: number) => Decimal;
  readonly #orders: OrderTable<UsdmOrder>;
  readonly #algos: AlgoOrders;
  readonly #trades: TradeTable<UsdmTrade>;
  readonly #account: UsdmAccount;
  readonly #events: Payload[] = [];
  readonly #tellsAccountFirst: boolean;
  /** Events before this one are told in their order. */
  #toldCount = 0;

  constructor(options: UsdmExchangeOptions | (UsdmSurroundings & { readonly state: UsdmState })) {
    this.#liquidity = options.liquidity ?? DEFAULT_LIQUIDITY;
    const usual = decimal('0.0001');
    this.#fundingRate = options.fundingRate ?? (() => usual);
    this.#state = 'state' in options ? options.state : newUsdmState(options);
    this.#orders = new OrderTable(this.#state.orders, isOpenOrder);
    this.#tellsAccountFirst = options.tellsAccountFirst ?? false;
    const report = (event: Payload): void => this.#tellAccount(event);
    this.#algos = new AlgoOrders(this.#state, (orderId) => this.#orders.byId(orderId), report);
    this.#account = new UsdmAccount(this.#state, (symbol) => this.#orders.open(symbol), report);
    this.#trades = new TradeTable(this.#state.trades);
  }

  /**
   * Restores an exchange from `snapshot()`.
   *
   * @param text - The snapshot.
   * @param surroundings - What is no part of the state.
   */
  static restore(text: string, surroundings: UsdmSurroundings = {}): UsdmExchange {
    return new UsdmExchange({ ...surroundings, state: parseState<UsdmState>(text) });
  }

  /** The whole state as text: equal states give equal bytes. */
  snapshot(): string {
    return serializeState(this.#state);
  }

  /** The state, to look at. */
  get state(): Readonly<UsdmState> {
    return this.#state;
  }

  get time(): number {
    return this.#state.time;
  }

  /** Moves the time on, paying what funding falls due and ending GTD orders; it never runs backwards. */
  setTime(time: number): void {
    for (;;) {
      const due = this.#nextFunding(time);
      if (due === undefined) break;
      this.#state.time = Math.max(this.#state.time, due.time);
      this.#payFunding(due.symbol, due.time);
    }
    this.#state.time = Math.max(this.#state.time, time);
    for (const order of this.#orders.open()) {
      if (order.goodTillTime > 0 && order.goodTillTime <= time)
        this.#expire(order, EXPIRY.goodTill);
    }
  }

  /** Sets the clock, backwards too: a clock may be put right. */
  resetTime(time: number): void {
    if (time < this.#state.time) this.#state.time = time;
    else this.setTime(time);
  }

  /** Takes the user events since the last call, in order. */
  takeEvents(): Payload[] {
    this.#toldCount = 0;
    return this.#events.splice(0);
  }

  /** Rules of a symbol. @throws {Refusal} -1121 if there is none of this name. */
  rules(symbol: string): UsdmSymbol {
    return rulesOf(this.#state.symbols, symbol);
  }

  /** Changes the rules of a symbol while it trades. */
  setRules(rules: UsdmSymbol): void {
    this.#state.symbols[rules.symbol] = rules;
  }

  setCommission(rates: Partial<UsdmState['commission']>): void {
    Object.assign(this.#state.commission, rates);
  }

  /**
   * Adds to a wallet, or takes from it.
   *
   * @throws {Refusal} -2018 if there is not enough.
   */
  transfer(asset: string, amount: Decimal): void {
    if (amount < 0n && this.margin(asset).available < -amount) {
      throw usdmRefusals.insufficientBalance();
    }
    this.#account.book('TRANSFER', { asset, amount });
    this.#account.flush(amount < 0n ? 'WITHDRAW' : 'DEPOSIT', { change: amount });
  }

  /** Last price; 0 before the first. */
  lastPrice(symbol: string): Decimal {
    return this.#book(symbol).lastPrice;
  }

  /** Mark price, funding rate and next payment. */
  mark(symbol: string): { price: Decimal; fundingRate: Decimal; nextFundingTime: number } {
    this.rules(symbol);
    const { price, nextFundingTime } = this.#state.marks[symbol]!;
    return { price, nextFundingTime, fundingRate: this.#fundingRate(symbol, nextFundingTime) };
  }

  /** Funding rate of an instant, fraction. */
  fundingRateAt(symbol: string, time: number): Decimal {
    return this.#fundingRate(symbol, time);
  }

  /** Price levels as the client sees them; without a limit of liquidity one level of a nominal quantity. */
  depth(symbol: string, levels: number): { bids: BookFill[]; asks: BookFill[] } {
    return bookLevels(this.#book(symbol), this.rules(symbol), levels, this.#liquidity);
  }

  /**
   * Sets the mark price, which from now on no longer follows the last price.
   *
   * @param symbol - Symbol that it is of.
   * @param price - Quote per base.
   */
  setMark(symbol: string, price: Decimal): void {
    this.rules(symbol);
    const mark = this.#state.marks[symbol]!;
    mark.price = price;
    mark.isOwn = true;
    this.#releaseAlgos(symbol);
    this.#account.flush('ORDER');
    this.#watchMargin();
  }

  /**
   * Lets the market trade on. On the way from the last price every level is traded at which an order is released or
   * filled or a position closed by force, unless the price jumps.
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
  check(terms: UsdmOrderTerms): void {
    const { symbol, clientOrderId } = terms;
    const rules = this.#tradable(symbol);
    if (clientOrderId !== undefined && this.#orders.isInUse(clientOrderId)) {
      throw usdmRefusals.duplicate();
    }
    const openOrders = this.#orders.open(symbol).length;
    applyUsdmFilters(rules, terms, { markPrice: this.mark(symbol).price, openOrders });
    if (terms.timeInForce === 'GTD' && terms.goodTillTime < this.time + GOOD_TILL_MS_MIN) {
      throw refusals.invalidParameter('goodTillDate');
    }
    this.#checkEngine(terms);
  }

  /**
   * Places an order and fills what the book fills at once.
   *
   * @throws {Refusal} With the code and text of Binance; nothing has changed then.
   */
  place(terms: UsdmOrderTerms): UsdmOrder {
    this.check(terms);
    const order = this.#accept(terms);
    this.#match(order);
    this.#account.flush('ORDER');
    this.#watchMargin();
    return order;
  }

  /** Cancels an order. @throws {Refusal} -2011 if it is not open. */
  cancel(symbol: string, key: OrderKey): UsdmOrder {
    this.rules(symbol);
    const order = this.#orders.findOpen(symbol, key);
    this.#cancel(order);
    return order;
  }

  /**
   * Changes quantity and price of an open limit order, which keeps its ids.
   *
   * @throws {Refusal} With the code and text of Binance; the order rests as it was then.
   */
  modify(
    symbol: string,
    key: OrderKey,
    change: {
      readonly side: UsdmOrder['side'];
      readonly quantity: Decimal;
      readonly price: Decimal;
    },
  ): UsdmOrder {
    const rules = this.#tradable(symbol);
    const order = this.#orders.findOpen(symbol, key);
    const { quantity, price } = order;
    if (order.type !== 'LIMIT') throw usdmRefusals.modifiesLimitOnly();
    if (order.side !== change.side) throw refusals.invalidParameter('side');
    if (quantity === change.quantity && price === change.price) throw usdmRefusals.sameOrder();
    const openOrders = this.#orders.open(symbol).length - 1;
    const { price: markPrice } = this.mark(symbol);
    applyUsdmFilters(rules, { ...order, ...change }, { markPrice, openOrders });
    const isTaker = this.#fillsFor({ ...order, ...change }, order.executedQuantity).length > 0;
    if (change.quantity <= order.executedQuantity || (order.timeInForce === 'GTX' && isTaker)) {
      this.#cancel(order);
      return order;
    }
    Object.assign(order, { quantity: change.quantity, price: change.price });
    if (!order.reduceOnly && this.#account.isOverdrawn(rules.marginAsset)) {
      Object.assign(order, { quantity, price });
      throw usdmRefusals.insufficientMargin();
    }
    order.updateTime = this.time;
    this.#report(order, 'AMENDMENT');
    this.#match(order);
    this.#account.flush('ORDER');
    this.#watchMargin();
    return order;
  }

  /** Cancels all open orders of a symbol; algo orders stay. */
  cancelAll(symbol: string): void {
    this.rules(symbol);
    for (const order of this.#orders.open(symbol)) this.#cancel(order);
  }

  /** Ends the open orders of a symbol, algo orders too, without a trace: no event, and no query finds them. Returns how many. */
  forgetOrders(symbol: string): number {
    const open = this.#orders.open(this.rules(symbol).symbol);
    const eventsBefore = this.#events.length;
    this.cancelAll(symbol);
    const algos = this.#algos.forgetAll(symbol);
    this.#events.length = eventsBefore;
    for (const order of open) this.#orders.drop(order);
    return open.length + algos;
  }

  /**
   * Places an algo order. Margin is not looked at before it is released.
   *
   * @throws {Refusal} With the code and text of Binance; nothing has changed then.
   */
  placeAlgo(terms: AlgoOrderTerms): AlgoOrder {
    const rules = this.#tradable(terms.symbol);
    this.#algos.requireUnused(terms.clientOrderId);
    applyAlgoFilters(rules, terms);
    return this.#algos.place(terms);
  }

  /** Cancels an algo order that was not released. @throws {Refusal} -2011 if there is none. */
  cancelAlgo(key: OrderKey): AlgoOrder {
    return this.#algos.cancel(key);
  }

  /** Cancels all algo orders of a symbol that were not released. */
  cancelAllAlgos(symbol: string): void {
    this.rules(symbol);
    this.#algos.cancelAll(symbol);
  }

  /** Ends an order as the exchange does on its own: delisting and the like. */
  expire(symbol: string, key: OrderKey): UsdmOrder {
    const order = this.#orders.findOpen(symbol, key);
    this.#expire(order, EXPIRY.exchange);
    return order;
  }

  /**
   * Sets the leverage of a symbol.
   *
   * @throws {Refusal} -4028, -2027, -2028 or -4161.
   */
  setLeverage(symbol: string, leverage: number): SymbolConfig {
    const rules = this.rules(symbol);
    const config = this.#state.configs[symbol]!;
    const leverageMax = rules.brackets[0]!.leverageMax;
    if (!Number.isInteger(leverage) || leverage < 1 || leverage > leverageMax) {
      throw usdmRefusals.leverage(leverage);
    }
    const isOpen = positionOf(this.#state, symbol).quantity !== 0n;
    if (config.marginType === 'isolated' && isOpen && leverage < config.leverage) {
      throw usdmRefusals.lowerLeverage();
    }
    const { notional } = symbolMargin(this.#state, symbol, []);
    if (abs(notional) > notionalMaxAt(rules, leverage)) throw usdmRefusals.positionTooLarge();
    const before = config.leverage;
    config.leverage = leverage;
    if (leverage < before && this.#account.isOverdrawn(rules.marginAsset)) {
      config.leverage = before;
      throw usdmRefusals.leverageTooSmall();
    }
    if (leverage !== before) this.#events.push(leverageUpdate(symbol, leverage, this.time));
    return config;
  }

  /** Sets the margin type of a symbol. @throws {Refusal} -4046, -4047 or -4048. */
  setMarginType(symbol: string, marginType: UsdmMarginType): void {
    this.rules(symbol);
    const config = this.#state.configs[symbol]!;
    if (config.marginType === marginType) throw usdmRefusals.sameMarginType();
    if (this.#orders.open(symbol).length > 0) throw usdmRefusals.marginTypeWithOrders();
    if (positionOf(this.#state, symbol).quantity !== 0n) {
      throw usdmRefusals.marginTypeWithPosition();
    }
    config.marginType = marginType;
  }

  config(symbol: string): Readonly<SymbolConfig> {
    this.rules(symbol);
    return this.#state.configs[symbol]!;
  }

  /** Margin of everything that an asset backs. */
  margin(asset: string): AccountMargin {
    return this.#account.margin(asset);
  }

  /** Rows of positionRisk: symbols with a position or an open order. */
  positionRisk(symbol?: string): Payload[] {
    const names = symbol === undefined ? Object.keys(this.#state.symbols) : [symbol];
    return names.flatMap((name) => {
      const rules = this.rules(name);
      const orders = this.#orders.open(name);
      if (positionOf(this.#state, name).quantity === 0n && orders.length === 0) return [];
      const margin = symbolMargin(this.#state, name, orders);
      const liquidation = this.#account.liquidationPrice(name);
      return [positionRiskPayload(this.#state, rules, margin, liquidation)];
    });
  }

  find(symbol: string, key: OrderKey): UsdmOrder {
    this.rules(symbol);
    return this.#orders.find(symbol, key);
  }

  /** Open orders, oldest first. */
  openOrders(symbol?: string): UsdmOrder[] {
    return this.#orders.open(symbol);
  }

  /** Orders of a symbol, oldest first. */
  orders(symbol: string): UsdmOrder[] {
    return this.#orders.of(symbol);
  }

  /** Finds an algo order by id or client id, newest first. @throws {Refusal} -2013 if there is none. */
  findAlgo(key: OrderKey): AlgoOrder {
    return this.#algos.find(key);
  }

  openAlgos(symbol?: string): AlgoOrder[] {
    return this.#algos.open(symbol);
  }

  /** Algo orders of a symbol, oldest first. */
  algos(symbol: string): AlgoOrder[] {
    return this.#algos.of(symbol);
  }

  /** The order that an algo order became, if it was released. */
  orderOf(algo: AlgoOrder): UsdmOrder | undefined {
    return this.#algos.orderOf(algo);
  }

  /** Trades of a symbol, oldest first. */
  trades(symbol: string, orderId?: number): UsdmTrade[] {
    return this.#trades.of(symbol, orderId);
  }

  /** The trade with this id, if it is remembered. */
  trade(symbol: string, tradeId: number): UsdmTrade | undefined {
    return this.#trades.find(symbol, tradeId);
  }

  #tradable(symbol: string): UsdmSymbol {
    const rules = this.rules(symbol);
    if (rules.status !== 'TRADING' || this.lastPrice(symbol) === 0n) throw usdmRefusals.closed();
    return rules;
  }

  /** What depends on book, position and margin; also asked when an algo order is released. */
  #checkEngine(terms: UsdmOrderTerms): void {
    if (terms.reduceOnly && this.#reducible(terms) === 0n) throw usdmRefusals.reduceOnly();
    const fills = this.#fillsFor(terms, 0n);
    if (terms.timeInForce === 'GTX' && fills.length > 0) throw usdmRefusals.wouldMatch();
    if (terms.timeInForce === 'FOK' && quantityOf(fills) < terms.quantity) {
      throw usdmRefusals.fillOrKill();
    }
    if (terms.type === 'MARKET' && fills.length === 0) throw usdmRefusals.marketOutsideBound();
    const price = terms.price || fills.at(-1)?.price || this.mark(terms.symbol).price;
    if (!terms.reduceOnly) this.#account.requireMargin({ ...terms, price });
  }

  #accept(
    terms: UsdmOrderTerms,
    extra: Partial<Pick<UsdmOrder, 'algoId' | 'closesPosition' | 'isForced'>> = {},
  ): UsdmOrder {
    const { time } = this.#state;
    const order: UsdmOrder = {
      ...terms,
      orderId: this.#state.nextOrderId++,
      clientOrderId: terms.clientOrderId ?? this.#newId(),
      executedQuantity: 0n,
      executedNotional: 0n,
      status: 'NEW',
      time,
      updateTime: time,
      expiry: EXPIRY.none,
      algoId: 0,
      closesPosition: false,
      isForced: false,
      ...extra,
    };
    this.#orders.add(order);
    this.#report(order, 'NEW');
    return order;
  }

  /** Fills what the book gives at once, and ends what may not rest. */
  #match(order: UsdmOrder): void {
    for (const fill of this.#fillsFor(order, order.executedQuantity)) {
      if (isOpenOrder(order)) this.#fill(order, fill, false);
    }
    if (!isOpenOrder(order)) return;
    if (order.type === 'MARKET') this.#expire(order, EXPIRY.marketRest);
    else if (order.timeInForce === 'IOC') this.#expire(order, EXPIRY.immediateRest);
  }

  #fillsFor(
    {
      symbol,
      side,
      quantity,
      price,
    }: Pick<UsdmOrderTerms, 'symbol' | 'side' | 'quantity' | 'price'>,
    executed: Decimal,
  ): readonly BookFill[] {
    const rules = this.rules(symbol);
    const worst = price || marketBound(rules, side, this.mark(symbol).price);
    return immediateFills(
      this.#book(symbol),
      rules,
      { side, price: worst, quantity: quantity - executed, quoteQuantity: 0n },
      this.#liquidity,
    );
  }

  #tick(symbol: string, price: Decimal): void {
    const book = this.#book(symbol);
    reachPrice(book, price);
    const mark = this.#state.marks[symbol]!;
    if (!mark.isOwn) mark.price = price;
    this.#releaseAlgos(symbol);
    for (const order of reachedOrders(this.#orders.open(symbol), price)) {
      if (isOpenOrder(order)) this.#fillResting(order, book);
    }
    this.#account.flush('ORDER');
    this.#watchMargin();
  }

  #releaseAlgos(symbol: string): void {
    for (const algo of this.#algos.due(symbol)) this.#release(algo);
  }

  /** A released stop becomes an order, or is rejected: only now position and margin are looked at. */
  #release(algo: AlgoOrder): void {
    algo.status = 'TRIGGERING';
    algo.triggerTime = this.time;
    algo.updateTime = this.time;
    this.#algos.report(algo);
    const quantity = this.#algos.closingQuantity(algo);
    if (quantity === 0n) {
      this.#algos.close(algo, 'EXPIRED');
      return;
    }
    const terms: UsdmOrderTerms = {
      symbol: algo.symbol,
      side: algo.side,
      type: isLimitAlgo(algo.type) ? 'LIMIT' : 'MARKET',
      timeInForce: algo.timeInForce,
      quantity,
      price: algo.price,
      reduceOnly: algo.reduceOnly || algo.closesPosition,
      goodTillTime: 0,
      clientOrderId: algo.clientOrderId,
    };
    try {
      this.#checkEngine(terms);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      algo.rejectReason = error.code === -2022 ? 'Reduce Only reject' : error.message;
      this.#algos.close(algo, 'REJECTED');
      return;
    }
    const { closesPosition } = algo;
    algo.status = 'TRIGGERED';
    algo.actualOrderId = this.#state.nextOrderId;
    // Binance sends the events of the order first, and then that the stop was released.
    this.#algos.reportLater(algo);
    const order = this.#accept(terms, { algoId: algo.orderId, closesPosition });
    this.#match(order);
    this.#algos.reportReleased();
  }

  #fillResting(order: UsdmOrder, book: BookState): void {
    const quantity = restingFill(book, order, this.#liquidity);
    if (quantity > 0n) this.#fill(order, { price: order.price, quantity }, true);
  }

  #fill(order: UsdmOrder, wanted: BookFill, isMaker: boolean): void {
    const { symbol, side } = order;
    const position = positionOf(this.#state, symbol);
    // A position that shrank meanwhile leaves less to reduce.
    const reducible = reducibleQuantity(position, side);
    const quantity = order.reduceOnly ? minDecimal(wanted.quantity, reducible) : wanted.quantity;
    if (quantity === 0n) {
      this.#expire(order, EXPIRY.reduceOnly);
      return;
    }
    takeFrom(this.#book(symbol), side, quantity);
    const { maker, taker } = this.#state.commission;
    this.#execute(order, { price: wanted.price, quantity }, isMaker, isMaker ? maker : taker);
    if (order.status !== 'FILLED' && quantity < wanted.quantity) {
      this.#expire(order, EXPIRY.reduceOnly);
    }
    this.#endOrphans(symbol);
  }

  #execute(order: UsdmOrder, fill: BookFill, isMaker: boolean, rate: Decimal): void {
    const { symbol, side } = order;
    const notional = multiplyDecimals(fill.price, fill.quantity);
    const commission = multiplyDecimals(notional, rate);
    const tradeId = this.#state.nextTradeId++;
    const realizedPnl = this.#account.applyFill(symbol, {
      side,
      quantity: fill.quantity,
      notional,
      commission,
      tradeId,
    });
    order.executedQuantity += fill.quantity;
    order.executedNotional += notional;
    order.updateTime = this.time;
    const isFilled = order.executedQuantity === order.quantity;
    order.status = isFilled ? 'FILLED' : 'PARTIALLY_FILLED';
    if (isFilled) this.#orders.close(order);
    const trade: UsdmTrade = {
      symbol,
      tradeId,
      orderId: order.orderId,
      side,
      price: fill.price,
      quantity: fill.quantity,
      notional,
      commission,
      commissionAsset: this.rules(symbol).marginAsset,
      realizedPnl,
      time: this.time,
      isMaker,
    };
    this.#trades.add(trade);
    if (!order.isForced) this.#events.push(tradeLite(order, trade));
    this.#report(order, order.isForced ? 'CALCULATED' : 'TRADE', trade);
    if (isFilled) this.#algos.finish(order);
  }

  /** Orders that only reduce have nothing left to do once the position is gone or turned. */
  #endOrphans(symbol: string): void {
    for (const order of this.#orders.open(symbol)) {
      if (order.reduceOnly && this.#reducible(order) === 0n) {
        this.#expire(order, EXPIRY.reduceOnly);
      }
    }
    this.#algos.endOrphans(symbol);
  }

  #watchMargin(): void {
    for (const symbol of this.#account.failing()) this.#liquidate(symbol);
    this.#account.warn();
  }

  /** Closes a position by force at the price of the moment, after its open orders. */
  #liquidate(symbol: string): void {
    for (const order of this.#orders.open(symbol)) this.#expire(order, EXPIRY.liquidation);
    const { quantity } = positionOf(this.#state, symbol);
    const rules = this.rules(symbol);
    const order = this.#accept(
      {
        symbol,
        side: quantity > 0n ? 'SELL' : 'BUY',
        type: 'MARKET',
        timeInForce: 'IOC',
        quantity: abs(quantity),
        price: 0n,
        reduceOnly: true,
        goodTillTime: 0,
        clientOrderId: `autoclose-${this.#state.nextOrderId}`,
      },
      { isForced: true },
    );
    const isolatedWallet = positionOf(this.#state, symbol).isolatedWallet;
    const price = this.lastPrice(symbol);
    this.#execute(order, { price, quantity: abs(quantity) }, false, rules.liquidationFee);
    this.#account.insure(symbol, isolatedWallet);
    this.#account.flush('ORDER');
    this.#endOrphans(symbol);
  }

  #cancel(order: UsdmOrder): void {
    this.#close(order, 'CANCELED');
  }

  #expire(order: UsdmOrder, expiry: number): void {
    order.expiry = expiry;
    this.#close(order, 'EXPIRED');
  }

  #close(order: UsdmOrder, status: 'CANCELED' | 'EXPIRED'): void {
    order.status = status;
    order.updateTime = this.time;
    this.#orders.close(order);
    this.#report(order, status);
    this.#algos.finish(order);
  }

  /** Account and algo events; those of executions may go before them. */
  #tellAccount(event: Payload): void {
    const isAccount = event.e === 'ACCOUNT_UPDATE';
    const at =
      isAccount && this.#tellsAccountFirst
        ? this.#events.findIndex((one, i) => i >= this.#toldCount && isExecution(one))
        : -1;
    if (at < 0) this.#events.push(event);
    else this.#events.splice(at, 0, event);
    if (isAccount) this.#toldCount = this.#events.length;
  }

  #report(
    order: UsdmOrder,
    execution: Parameters<typeof orderTradeUpdate>[1]['execution'],
    trade?: UsdmTrade,
  ): void {
    const details = { execution, time: this.time, ...(trade === undefined ? {} : { trade }) };
    this.#events.push(orderTradeUpdate(order, details));
  }

  #reducible({ symbol, side }: Pick<UsdmOrderTerms, 'symbol' | 'side'>): Decimal {
    return reducibleQuantity(positionOf(this.#state, symbol), side);
  }

  /** Prices at which something happens on the way of the market. */
  #levels(symbol: string): Decimal[] {
    const mark = this.#state.marks[symbol]!;
    const levels = [
      ...this.#orders.open(symbol).map(({ price }) => price),
      ...this.#algos.levels(symbol),
    ];
    const liquidation = mark.isOwn ? undefined : this.#account.liquidationPrice(symbol);
    if (liquidation !== undefined) levels.push(this.#account.beyond(symbol, liquidation));
    return levels;
  }

  #book(symbol: string): BookState {
    this.rules(symbol);
    return this.#state.books[symbol]!;
  }

  /** The first payment that falls due up to a time. */
  #nextFunding(time: number): { symbol: string; time: number } | undefined {
    let next: { symbol: string; time: number } | undefined;
    for (const [symbol, { nextFundingTime }] of Object.entries(this.#state.marks)) {
      if (nextFundingTime <= time && nextFundingTime < (next?.time ?? Number.POSITIVE_INFINITY)) {
        next = { symbol, time: nextFundingTime };
      }
    }
    return next;
  }

  #payFunding(symbol: string, time: number): void {
    const mark = this.#state.marks[symbol]!;
    const rate = this.#fundingRate(symbol, time);
    mark.nextFundingTime = time + this.rules(symbol).fundingIntervalHours * HOUR_MS;
    const { quantity } = positionOf(this.#state, symbol);
    if (quantity === 0n || mark.price === 0n) return;
    const amount = -multiplyDecimals(multiplyDecimals(mark.price, quantity), rate);
    this.#account.payFunding(symbol, amount);
    this.#watchMargin();
  }

  #newId(): string {
    return generateId(this.#state);
  }
}

function isExecution({ e, o }: Payload): boolean {
  const order = o as { readonly x?: unknown } | undefined;
  return e === 'TRADE_LITE' || (e === 'ORDER_TRADE_UPDATE' && order?.x === 'TRADE');
}
