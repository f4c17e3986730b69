import {
  absolute,
  asNumber,
  cut,
  type Exact,
  exact,
  fixed,
  plain,
  times,
  timesDown,
} from '../exact.js';
import { doubleText } from './json.js';
import type { InstrumentMarket } from './market.js';
import { Refusal, refusals } from './refusal.js';
import {
  type AlgoOrder,
  algoUpdate,
  isOpenOrder,
  orderTradeUpdate,
  tradeLite,
  type UsdmFill,
  type UsdmOrder,
} from './usdm-order.js';
import { type AlgoTerms, applyUsdmFilters, type UsdmTerms } from './usdm-terms.js';

export interface UsdmAccountOptions {
  readonly markets: ReadonlyMap<string, InstrumentMarket>;
  readonly balances: readonly (readonly [string, Exact])[];
  readonly now: () => number;
  readonly emit: (event: Record<string, unknown>) => void;
  readonly maker: Exact;
  readonly taker: Exact;
  readonly bnbPrices: Readonly<Record<string, Exact>>;
  /** Rate of every payment; fraction, longs pay shorts when positive. */
  readonly fundingRate: Exact;
  /** Mark price over last price. */
  readonly markRatio: Exact;
}

/** A position in one-way mode: the entry price is a double, as the exchange keeps it. */
interface HeldPosition {
  amount: Exact;
  entryPrice: number;
  leverage: number;
  /** A setting alone: margin is counted as cross. */
  marginType: 'CROSSED' | 'ISOLATED';
  updateTime: number;
}

/** A row of the income history. */
export interface Income {
  readonly symbol: string;
  readonly incomeType: 'REALIZED_PNL' | 'COMMISSION' | 'FUNDING_FEE';
  readonly income: Exact;
  readonly asset: string;
  readonly time: number;
  readonly tranId: number;
  readonly tradeId: string;
}

const ONE = 10n ** 18n;
/** Commission in BNB is a tenth less. */
const DISCOUNT = 900_000_000_000_000_000n;
const FUNDING_MS = 28_800_000;
const ALGO_MAX = 200;
const MAINTENANCE = exact('0.005');

/** A USD-M account in one-way, single-asset mode, its orders and its algo orders. */
export class UsdmAccount {
  readonly orders: UsdmOrder[] = [];
  readonly algos: AlgoOrder[] = [];
  readonly incomes: Income[] = [];
  readonly wallets: Map<string, Exact>;
  status = 'TRADING';
  readonly #options: UsdmAccountOptions;
  readonly #positions = new Map<string, HeldPosition>();
  #nextOrder = 8_389_765_739_703_625_592n;
  #nextTrade = 258_307_945;
  #nextAlgo = 2_000_000_547_321_628;
  #nextTransaction = 9_689_322_392;
  #nextFunding: number;

  constructor(options: UsdmAccountOptions) {
    this.#options = options;
    this.wallets = new Map(options.balances);
    this.#nextFunding = nextFundingTime(options.now());
  }

  market(symbol: string): InstrumentMarket {
    const market = this.#options.markets.get(symbol);
    if (market === undefined) throw refusals.symbol();
    return market;
  }

  /** Mark price: eight decimals, off the tick, as recorded. */
  mark(symbol: string): Exact {
    return timesDown(this.market(symbol).price, this.#options.markRatio, 8);
  }

  get nextFunding(): number {
    return this.#nextFunding;
  }

  get fundingRate(): Exact {
    return this.#options.fundingRate;
  }

  position(symbol: string): HeldPosition {
    let position = this.#positions.get(symbol);
    if (position === undefined) {
      position = { amount: 0n, entryPrice: 0, leverage: 20, marginType: 'CROSSED', updateTime: 0 };
      this.#positions.set(symbol, position);
    }
    return position;
  }

  /** Rows of positionRisk v3: only symbols with a position or an open order. */
  positionRows(symbol?: string): Record<string, unknown>[] {
    return [...this.#options.markets.keys()]
      .filter((name) => (symbol ?? name) === name)
      .filter((name) => this.position(name).amount !== 0n || this.openOrders(name).length > 0)
      .map((name) => this.#positionRow(name));
  }

  /** Margin of one asset. */
  margin(asset: string) {
    const wallet = this.wallets.get(asset) ?? 0n;
    const held = [...this.#options.markets.values()].filter(
      ({ listing }) => listing.quote === asset,
    );
    const total = (of: (symbol: string) => Exact): Exact =>
      held.reduce((sum, { listing }) => sum + of(listing.symbol), 0n);
    const unrealized = total((symbol) => this.#unrealized(symbol));
    const initial = total((symbol) => this.#initialMargin(symbol));
    const maintenance = total((symbol) =>
      timesDown(absolute(this.#notional(symbol)), MAINTENANCE, 8),
    );
    return { wallet, unrealized, initial, maintenance, available: wallet + unrealized - initial };
  }

  openOrders(symbol?: string): UsdmOrder[] {
    return this.orders.filter((one) => isOpenOrder(one) && (symbol ?? one.symbol) === one.symbol);
  }

  openAlgos(symbol?: string): AlgoOrder[] {
    return this.algos.filter(
      (one) => one.status === 'NEW' && (symbol ?? one.symbol) === one.symbol,
    );
  }

  check(terms: UsdmTerms): void {
    const market = this.market(terms.symbol);
    if (this.status !== 'TRADING')
      throw new Refusal(-4140, 'Invalid symbol status for opening position.');
    const isReducing = terms.reduceOnly;
    applyUsdmFilters(market, { ...terms, prices: [terms.price], isReducing });
    if (this.orders.some((one) => isOpenOrder(one) && one.clientOrderId === terms.clientOrderId)) {
      throw new Refusal(-4116, 'clientOrderId is duplicated');
    }
    const { amount } = this.position(terms.symbol);
    const isAgainst = terms.side === 'BUY' ? amount < 0n : amount > 0n;
    if (isReducing && !isAgainst) throw new Refusal(-2022, 'ReduceOnly Order is rejected.');
    if (isReducing || (isAgainst && terms.quantity <= absolute(amount))) return;
    const price = terms.price > 0n ? terms.price : market.ask;
    const needed =
      (times(price, terms.quantity) * ONE) / exact(this.position(terms.symbol).leverage);
    if (needed > this.margin(market.listing.quote).available) {
      throw new Refusal(-2019, 'Margin is insufficient.');
    }
  }

  place(terms: UsdmTerms, algo?: AlgoOrder): UsdmOrder {
    if (algo === undefined) this.check(terms);
    const { ask, bid, listing } = this.market(terms.symbol);
    const crosses = terms.side === 'BUY' ? terms.price >= ask : terms.price <= bid;
    if (terms.timeInForce === 'GTX' && crosses) {
      const message =
        'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history';
      throw new Refusal(-5022, message);
    }
    const held = absolute(this.position(terms.symbol).amount);
    const order: UsdmOrder = {
      ...{ symbol: terms.symbol, orderId: this.#nextOrder++, clientOrderId: terms.clientOrderId },
      ...{ side: terms.side, type: terms.type, timeInForce: terms.timeInForce },
      // What may only reduce is as large as the position at most.
      quantity: terms.reduceOnly && terms.quantity > held ? held : terms.quantity,
      ...{
        price: terms.price,
        reduceOnly: terms.reduceOnly,
        algoId: algo?.algoId,
        time: this.#now,
      },
      ...{ status: 'NEW', executed: 0n, notional: 0n, updateTime: this.#now, fills: [] },
    };
    if (algo !== undefined) algo.child = order;
    this.orders.push(order);
    this.#report(order, 'NEW');
    const limit = terms.type === 'LIMIT' ? terms.price : undefined;
    const matches =
      crosses || limit === undefined
        ? this.market(order.symbol).take(order.side, order.quantity, limit)
        : [];
    this.#fillAll(
      order,
      matches.map((match) => ({ ...match, isMaker: false })),
    );
    if (isOpenOrder(order) && (limit === undefined || terms.timeInForce === 'IOC')) {
      order.status = 'EXPIRED';
      this.#report(order, 'EXPIRED', { reason: limit === undefined ? 9 : 2 });
    }
    this.#expireOrphans(listing.symbol);
    return order;
  }

  placeAlgo(terms: AlgoTerms): AlgoOrder {
    const market = this.market(terms.symbol);
    if (this.status !== 'TRADING')
      throw new Refusal(-4140, 'Invalid symbol status for opening position.');
    applyUsdmFilters(market, {
      type: terms.type,
      quantity: terms.closePosition ? market.listing.step : terms.quantity,
      prices: [terms.triggerPrice, terms.price],
      isReducing: terms.reduceOnly || terms.closePosition,
    });
    if (this.openAlgos().some(({ clientAlgoId }) => clientAlgoId === terms.clientAlgoId)) {
      throw new Refusal(-4116, 'clientOrderId is duplicated');
    }
    if (this.openAlgos().length >= ALGO_MAX) {
      throw new Refusal(-4045, 'Reach max stop order limit.');
    }
    if (this.#isTriggered(terms)) throw new Refusal(-2021, 'Order would immediately trigger.');
    const time = this.#now;
    const algo: AlgoOrder = {
      ...terms,
      ...{ algoId: this.#nextAlgo++, createTime: time, updateTime: time, triggerTime: 0 },
      ...{ status: 'NEW', child: undefined, reason: '' },
    };
    this.algos.push(algo);
    this.#options.emit(algoUpdate(algo, time));
    return algo;
  }

  cancel(order: UsdmOrder | undefined): UsdmOrder {
    if (order === undefined || !isOpenOrder(order)) throw refusals.unknownOrder();
    order.status = 'CANCELED';
    order.updateTime = this.#now;
    this.#report(order, 'CANCELED');
    return order;
  }

  cancelAlgo(algo: AlgoOrder | undefined): AlgoOrder {
    if (algo === undefined || algo.status !== 'NEW') throw refusals.unknownOrder();
    this.#endAlgo(algo, 'CANCELED');
    return algo;
  }

  /** Others traded: stops are released, limit orders filled, funding is paid. */
  onPrice(symbol: string): void {
    const { price } = this.market(symbol);
    for (const order of this.openOrders(symbol)) {
      const isReached = order.side === 'BUY' ? price <= order.price : price >= order.price;
      if (isOpenOrder(order) && isReached) {
        const left = order.quantity - order.executed;
        this.#fillAll(order, [{ price: order.price, quantity: left, isMaker: true }]);
        this.#expireOrphans(symbol);
      }
    }
    for (const algo of this.openAlgos(symbol)) {
      if (algo.status === 'NEW' && this.#isTriggered(algo)) this.#release(algo);
    }
  }

  /** Pays what is due by now. */
  payFunding(): void {
    while (this.#now >= this.#nextFunding) {
      const time = this.#nextFunding + 5;
      for (const [symbol, { amount }] of this.#positions) {
        if (amount !== 0n) this.#pay(symbol, time);
      }
      this.#nextFunding += FUNDING_MS;
    }
  }

  /** Open conditional orders of a symbol are gone, without an event. */
  forget(symbol: string): number {
    const gone = this.openAlgos(symbol);
    for (const algo of gone) this.algos.splice(this.algos.indexOf(algo), 1);
    return gone.length;
  }

  get #now(): number {
    return this.#options.now();
  }

  #isTriggered({ symbol, side, type, triggerPrice, workingType }: AlgoTerms | AlgoOrder): boolean {
    const price = workingType === 'MARK_PRICE' ? this.mark(symbol) : this.market(symbol).price;
    const isAbove = type.startsWith('STOP') === (side === 'BUY');
    return isAbove ? price >= triggerPrice : price <= triggerPrice;
  }

  /** In the recorded order: TRIGGERING, the events of the new order, TRIGGERED, FINISHED. */
  #release(algo: AlgoOrder): void {
    const { amount } = this.position(algo.symbol);
    algo.triggerTime = this.#now;
    algo.updateTime = this.#now;
    this.#options.emit(algoUpdate(algo, this.#now, 'TRIGGERING'));
    const isAgainst = algo.side === 'BUY' ? amount < 0n : amount > 0n;
    if ((algo.closePosition || algo.reduceOnly) && !isAgainst) {
      algo.reason = 'ReduceOnly Order is rejected.';
      this.#endAlgo(algo, algo.closePosition ? 'EXPIRED' : 'REJECTED');
      return;
    }
    algo.status = 'TRIGGERED';
    const isMarket = algo.type.endsWith('_MARKET');
    this.place(
      {
        ...{ symbol: algo.symbol, side: algo.side, type: isMarket ? 'MARKET' : 'LIMIT' },
        timeInForce: algo.timeInForce,
        quantity: algo.closePosition ? absolute(amount) : algo.quantity,
        price: algo.price,
        reduceOnly: algo.reduceOnly || algo.closePosition,
        clientOrderId: algo.clientAlgoId,
      },
      algo,
    );
    this.#options.emit(algoUpdate(algo, this.#now, 'TRIGGERED'));
    if (algo.child !== undefined && !isOpenOrder(algo.child)) this.#endAlgo(algo, 'FINISHED');
  }

  #endAlgo(algo: AlgoOrder, status: string): void {
    algo.status = status;
    algo.updateTime = this.#now;
    this.#options.emit(algoUpdate(algo, this.#now));
  }

  /** Orders that close the position end with it; so do plain ones that only reduce. */
  #expireOrphans(symbol: string): void {
    if (this.position(symbol).amount !== 0n) return;
    for (const algo of this.openAlgos(symbol)) {
      if (algo.closePosition) this.#endAlgo(algo, 'EXPIRED');
    }
    for (const order of this.openOrders(symbol)) {
      if (!order.reduceOnly) continue;
      order.status = 'EXPIRED';
      this.#report(order, 'EXPIRED', { reason: 4 });
    }
  }

  #fillAll(
    order: UsdmOrder,
    parts: readonly { price: Exact; quantity: Exact; isMaker: boolean }[],
  ): void {
    const fills = parts.map((part) => this.#book(order, part));
    if (fills.length === 0) return;
    this.#accountUpdate(order.symbol, fills);
    let executed = order.executed - fills.reduce((sum, { quantity }) => sum + quantity, 0n);
    let notional =
      order.notional - fills.reduce((sum, one) => sum + times(one.price, one.quantity), 0n);
    for (const fill of fills) {
      executed += fill.quantity;
      notional += times(fill.price, fill.quantity);
      const status = executed === order.quantity ? 'FILLED' : 'PARTIALLY_FILLED';
      this.#options.emit(tradeLite(order, fill, this.#now));
      this.#report({ ...order, executed, notional, status }, 'TRADE', { fill });
    }
  }

  #book(order: UsdmOrder, part: { price: Exact; quantity: Exact; isMaker: boolean }): UsdmFill {
    const { symbol } = order;
    const market = this.market(symbol);
    const { quote } = market.listing;
    market.record(this.#now, part.price, part.quantity, !part.isMaker);
    const notional = times(part.price, part.quantity);
    const realized = this.#move(
      symbol,
      order.side === 'BUY' ? part.quantity : -part.quantity,
      part.price,
    );
    const commission = this.#commission(quote, notional, part.isMaker);
    this.#change(quote, realized);
    this.#change(commission.asset, -commission.amount);
    const fill: UsdmFill = {
      ...{ id: this.#nextTrade++, price: part.price, quantity: part.quantity, realized },
      ...{ commission: commission.amount, commissionAsset: commission.asset },
      ...{ time: this.#now, isMaker: part.isMaker },
    };
    order.fills.push(fill);
    order.executed += part.quantity;
    order.notional += notional;
    order.status = order.executed === order.quantity ? 'FILLED' : 'PARTIALLY_FILLED';
    order.updateTime = this.#now;
    const { id: tradeId, time } = fill;
    if (realized !== 0n)
      this.#income(symbol, 'REALIZED_PNL', realized, quote, time, String(tradeId));
    this.#income(symbol, 'COMMISSION', -commission.amount, commission.asset, time, String(tradeId));
    return fill;
  }

  /** Changes a position by a signed quantity; returns the profit of what it closed. */
  #move(symbol: string, quantity: Exact, price: Exact): Exact {
    const position = this.position(symbol);
    const before = position.amount;
    position.amount += quantity;
    position.updateTime = this.#now;
    const isGrowing = before === 0n || before > 0n === quantity > 0n;
    if (isGrowing) {
      const cost = asNumber(absolute(before)) * position.entryPrice;
      const added = asNumber(absolute(quantity)) * asNumber(price);
      position.entryPrice = (cost + added) / asNumber(absolute(position.amount));
      return 0n;
    }
    const isTurning = absolute(quantity) > absolute(before);
    const closed = isTurning ? before : -quantity;
    const profit = (asNumber(price) - position.entryPrice) * asNumber(closed);
    if (isTurning) position.entryPrice = asNumber(price);
    if (position.amount === 0n) position.entryPrice = 0;
    return exact(profit.toFixed(8));
  }

  #commission(quote: string, notional: Exact, isMaker: boolean): { asset: string; amount: Exact } {
    const { maker, taker, bnbPrices } = this.#options;
    const due = timesDown(notional, isMaker ? maker : taker, 18);
    const price = bnbPrices[quote];
    if (price !== undefined) {
      const amount = cut((timesDown(due, DISCOUNT, 18) * ONE) / price, 8);
      if ((this.wallets.get('BNB') ?? 0n) >= amount) return { asset: 'BNB', amount };
    }
    return { asset: quote, amount: cut(due, 8) };
  }

  #pay(symbol: string, time: number): void {
    const { quote } = this.market(symbol).listing;
    const amount = -timesDown(this.#notional(symbol), this.#options.fundingRate, 8);
    this.#change(quote, amount);
    this.#income(symbol, 'FUNDING_FEE', amount, quote, time, '');
    const wallet = fixed(this.wallets.get(quote) ?? 0n, 8);
    const row = { a: quote, wb: wallet, cw: wallet, bc: fixed(amount, 8) };
    const a = { m: 'FUNDING_FEE', S: symbol, B: [row] };
    this.#options.emit({ e: 'ACCOUNT_UPDATE', T: time, E: this.#now, a });
  }

  #income(
    symbol: string,
    incomeType: Income['incomeType'],
    income: Exact,
    asset: string,
    time: number,
    tradeId: string,
  ): void {
    const tranId = this.#nextTransaction++;
    this.incomes.push({ symbol, incomeType, income, asset, time, tranId, tradeId });
  }

  #change(asset: string, amount: Exact): void {
    this.wallets.set(asset, (this.wallets.get(asset) ?? 0n) + amount);
  }

  #accountUpdate(symbol: string, fills: readonly UsdmFill[]): void {
    const { quote } = this.market(symbol).listing;
    const assets = [...new Set([quote, ...fills.map(({ commissionAsset }) => commissionAsset)])];
    const position = this.position(symbol);
    const rows = assets.map((asset) => {
      const wallet = fixed(this.wallets.get(asset) ?? 0n, 8);
      return { a: asset, wb: wallet, cw: wallet, bc: '0' };
    });
    const held = {
      ...{ s: symbol, pa: plain(position.amount), ep: doubleText(position.entryPrice) },
      ...{ cr: '0', up: plain(this.#unrealized(symbol)), mt: 'cross', iw: '0', ps: 'BOTH' },
      ...{ ma: quote, bep: doubleText(position.entryPrice * 1.0005) },
    };
    const a = { B: rows, P: [held], m: 'ORDER' };
    this.#options.emit({ e: 'ACCOUNT_UPDATE', T: this.#now, E: this.#now, a });
  }

  #report(
    order: UsdmOrder,
    execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED',
    details: { readonly fill?: UsdmFill; readonly reason?: number } = {},
  ): void {
    const asset = this.market(order.symbol).listing.quote;
    this.#options.emit(orderTradeUpdate(order, execution, { time: this.#now, asset, ...details }));
  }

  #notional(symbol: string): Exact {
    return timesDown(this.mark(symbol), this.position(symbol).amount, 8);
  }

  #initialMargin(symbol: string): Exact {
    const size = absolute(this.#notional(symbol));
    return cut((size * ONE) / exact(this.position(symbol).leverage), 8);
  }

  #unrealized(symbol: string): Exact {
    const { amount, entryPrice } = this.position(symbol);
    if (amount === 0n) return 0n;
    return exact(((asNumber(this.mark(symbol)) - entryPrice) * asNumber(amount)).toFixed(8));
  }

  #positionRow(symbol: string): Record<string, unknown> {
    const { amount, entryPrice, updateTime } = this.position(symbol);
    const { quote } = this.market(symbol).listing;
    const notional = this.#notional(symbol);
    const margin = this.#initialMargin(symbol);
    return {
      ...{ symbol, positionSide: 'BOTH', positionAmt: plain(amount) },
      entryPrice: amount === 0n ? '0.0' : doubleText(entryPrice),
      breakEvenPrice: amount === 0n ? '0.0' : doubleText(entryPrice * 1.0005),
      markPrice: fixed(this.mark(symbol), 8),
      unRealizedProfit: fixed(this.#unrealized(symbol), 8),
      ...{ liquidationPrice: '0', isolatedMargin: '0', notional: fixed(notional, 8) },
      ...{ marginAsset: quote, isolatedWallet: '0', initialMargin: fixed(margin, 8) },
      maintMargin: fixed(timesDown(absolute(notional), MAINTENANCE, 8), 8),
      ...{ positionInitialMargin: fixed(margin, 8), openOrderInitialMargin: '0', adl: 2 },
      ...{ bidNotional: '0', askNotional: '0', updateTime },
    };
  }
}

/** 00:00, 08:00 and 16:00 UTC. */
function nextFundingTime(now: number): number {
  return (Math.floor(now / FUNDING_MS) + 1) * FUNDING_MS;
}
