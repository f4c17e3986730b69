import {
  type Decimal,
  decimal,
  decimalFromNumber,
  maxDecimal,
  roundToStep,
  trimDecimal,
} from '../../domain/index.js';
import {
  type AccountReport,
  type CancelReplaceReport,
  type Fill,
  type FundingPayment,
  type InstrumentRules,
  type OCORequest,
  type OrderReport,
  type OrderRequest,
  type Payload,
  type PricePoint,
  Refusal,
  SpotExchange,
  type SpotSymbol,
  type SymbolSettings,
  spotSymbol,
  UsdmExchange,
  type UserEvent,
  usdmSymbol,
} from '../../exchange/index.js';
import type { BotMemory } from '../core/index.js';
import { heldQuantity } from '../core/index.js';
import { cashChange, signedQuantity } from '../core/position.js';
import { SimulatedAccount } from '../paper/simulated-account.js';
import { SimulatedUsdmAccount } from '../paper/simulated-usdm-account.js';
import type { RuleFault } from './fault-schedule.contract.js';

export interface VenueOptions {
  readonly symbol: string;
  readonly price: number;
  readonly startTime: number;
  readonly seed: number;
  readonly commissionRate: Decimal;
  readonly levelQuantity: Decimal | undefined;
  readonly symbolRules: Partial<SpotSymbol> | undefined;
  readonly bnb: Decimal | undefined;
  /** USD-M: ACCOUNT_UPDATE comes before the executions that it is about. */
  readonly tellsAccountFirst?: boolean;
  /** Wallet of a USD-M account; default a million. */
  readonly wallet: Decimal | undefined;
}

/** An exit of the bot that waits at the exchange. */
export interface RestingExit {
  readonly clientOrderId: string;
  readonly triggerPrice: Decimal;
  readonly quantity: Decimal;
  readonly executedQuantity: Decimal;
}

/** A simulated exchange with one account, whatever its market. */
export interface Venue {
  readonly tickSize: Decimal;
  readonly time: number;
  place(order: OrderRequest): OrderReport;
  cancel(symbol: string, clientOrderId: string): OrderReport;
  /** Spot only. */
  placeOCO(request: OCORequest): readonly OrderReport[];
  cancelReplace(clientOrderId: string, order: OrderRequest): CancelReplaceReport;
  query(symbol: string, clientOrderId: string): OrderReport | undefined;
  queryById(symbol: string, orderId: string): OrderReport | undefined;
  openOrders(symbol: string): readonly OrderReport[];
  fills(query: { orderId?: string; startTime?: number }): readonly Fill[];
  accountReport(): AccountReport;
  rules(): InstrumentRules;
  takeEvents(onPayload?: (payload: Payload) => void): readonly UserEvent[];
  /** USD-M only. */
  symbolSettings(): SymbolSettings;
  fundingPayments(startTime: number): readonly FundingPayment[];
  move(point: PricePoint): void;
  lastPrice(): Decimal;
  stops(): readonly RestingExit[];
  /** Take-profits of the bot that rest. */
  profits(): readonly RestingExit[];
  /** What other hands and the exchange itself may do. */
  expireStop(): void;
  sellByHand(): void;
  deposit(): void;
  /** Somebody takes quote from the account. */
  withdraw(): void;
  /** Another bot pays a little of its commission in the coins that are traded here. */
  payForeignFees(): void;
  /** Somebody buys coins, or opens a position, by hand. */
  buyByHand(): void;
  /** Orders of the bot are gone, without a word; returns their ids. */
  forgetOrders(): readonly string[];
  /** A person cancels the orders of the bot. */
  cancelByHand(): void;
  /** Another state of the bot has an order here. */
  placeOfOtherState(clientOrderId: string): void;
  /** Somebody sets the leverage of the symbol to 1, or back to what it was; what the exchange refuses stays as it is. */
  lowerLeverage(isLowered: boolean): void;
  growStep(): void;
  /** Changes rules until it is called again for the same fault. */
  bend(fault: RuleFault, isBent: boolean): void;
  setCommission(rate: Decimal): void;
  snapshot(): string;
  /** What the bot has by its own orders, dust included: coins, or a signed position. */
  ownQuantity(): Decimal;
  /** What does not agree with the memory of the bot. */
  differences(memory: BotMemory, initialBalance: number): string[];
}

const START_QUOTE = decimal('1000000');

function expectation(found: string[]): (name: string, is: Decimal, should: Decimal) => void {
  return (name, is, should) => {
    if (is !== should)
      found.push(`${name} is ${trimDecimal(is)}, should be ${trimDecimal(should)}`);
  };
}

function restingProfits(orders: readonly OrderReport[]): RestingExit[] {
  return orders
    .filter(
      ({ type, clientOrderId }) => type.startsWith('limit') && clientOrderId.startsWith('wus-'),
    )
    .map((order) => ({ ...order, triggerPrice: order.price }));
}

/** Rules that faults change; the same names on both markets. */
interface BendableRules {
  readonly status: string;
  readonly stepSize: Decimal;
  readonly minQuantity: Decimal;
  readonly marketMaxQuantity: Decimal;
  readonly minNotional: Decimal;
}

/** The rules while a fault lasts; `held` is what the bot has, never signed. */
function bentRules(fault: RuleFault, rules: BendableRules, held: Decimal): Partial<BendableRules> {
  const isSpot = 'maxOrderLists' in rules;
  switch (fault) {
    case 'market-closed':
      return { status: isSpot ? 'BREAK' : 'PENDING_TRADING' };
    case 'market-cancel-only':
      return { status: isSpot ? 'CANCEL_ONLY' : 'PENDING_TRADING' };
    case 'lot-max-down': {
      const part = roundToStep(held / 3n, rules.stepSize);
      return { marketMaxQuantity: maxDecimal(part, 10n * rules.minQuantity) };
    }
    case 'notional-up':
      return { minNotional: decimal('20000') };
  }
}

/** Bends rules, and puts the parts that a fault changed back as they were. */
class Bends {
  readonly #before = new Map<RuleFault, Partial<BendableRules>>();

  change(
    fault: RuleFault,
    isBent: boolean,
    { rules, held }: { readonly rules: BendableRules; readonly held: Decimal },
  ): Partial<BendableRules> {
    const known = this.#before.get(fault);
    if (!isBent) {
      this.#before.delete(fault);
      return known ?? {};
    }
    if (known !== undefined) return {};
    const bent = bentRules(fault, rules, held);
    // Two faults may change the same part: the second to begin keeps what was before the first.
    const others: Partial<BendableRules> = {};
    for (const part of this.#before.values()) Object.assign(others, part);
    const original = { ...rules, ...others };
    const keys = Object.keys(bent) as (keyof BendableRules)[];
    this.#before.set(fault, Object.fromEntries(keys.map((key) => [key, original[key]])));
    return bent;
  }
}

/** Cancels the orders of bots; returns the events of before and those that tell of it. */
function cancelOwn(
  venue: Pick<Venue, 'openOrders' | 'takeEvents' | 'cancel'>,
  symbol: string,
): {
  readonly ids: readonly string[];
  readonly before: readonly UserEvent[];
  readonly events: readonly UserEvent[];
} {
  const open = (): string[] => venue.openOrders(symbol).map(({ clientOrderId }) => clientOrderId);
  const ids = open().filter((id) => id.startsWith('wus-'));
  const before = venue.takeEvents();
  // Of a pair the second went with the first.
  for (const id of ids) if (open().includes(id)) venue.cancel(symbol, id);
  return { ids, before, events: venue.takeEvents() };
}

/** Places an order at twice the price, as a bot of another state would have left it. */
function placeFarAway(
  venue: Pick<Venue, 'lastPrice' | 'tickSize' | 'place'>,
  symbol: string,
  clientOrderId: string,
): void {
  const price = roundToStep(venue.lastPrice() * 2n, venue.tickSize);
  const order = { symbol, side: 'sell', clientOrderId, price } as const;
  venue.place({ ...order, type: 'limit', quantity: decimal('0.01') });
}

/** Spot. */
export class SpotVenue implements Venue {
  readonly exchange: SpotExchange;
  readonly #account: SimulatedAccount;
  readonly #symbol: string;
  readonly #base: string;
  readonly #startBase = decimal('0.5');
  #outsideBase = 0n;
  #outsideQuote = 0n;
  readonly #bends = new Bends();
  readonly #kept: UserEvent[] = [];

  constructor(options: VenueOptions) {
    const { symbol, commissionRate } = options;
    this.#symbol = symbol;
    this.#base = symbol.replace(/USDT$/, '');
    this.exchange = new SpotExchange({
      symbols: [
        spotSymbol(symbol, options.price, options.symbolRules),
        ...(this.#base === 'BNB' ? [] : [spotSymbol('BNBUSDT', 300)]),
      ],
      balances: {
        BNB: options.bnb ?? 0n,
        [this.#base]: this.#startBase,
        USDT: START_QUOTE,
      },
      startTime: options.startTime,
      seed: options.seed,
      commission: {
        maker: commissionRate,
        taker: commissionRate,
        paysWithBNB: options.bnb !== undefined,
      },
      liquidity: {
        levelQuantity: options.levelQuantity,
        levels: 1_000,
        spreadTicks: 0,
      } as never,
    });
    this.#account = new SimulatedAccount(this.exchange);
    const point = { time: options.startTime, quantity: decimal('1'), isJump: true };
    if (this.#base !== 'BNB') this.exchange.move('BNBUSDT', { ...point, price: decimal('300') });
  }

  get tickSize(): Decimal {
    return this.exchange.rules(this.#symbol).tickSize;
  }
  get time(): number {
    return this.exchange.time;
  }
  place(order: OrderRequest): OrderReport {
    return this.#account.place(order);
  }
  cancel(symbol: string, clientOrderId: string): OrderReport {
    return this.#account.cancel(symbol, clientOrderId);
  }
  placeOCO(request: OCORequest): readonly OrderReport[] {
    return this.#account.placeOCO(request);
  }
  cancelReplace(clientOrderId: string, order: OrderRequest): CancelReplaceReport {
    return this.#account.cancelReplace(clientOrderId, order);
  }
  query(symbol: string, clientOrderId: string): OrderReport | undefined {
    return this.#account.query(symbol, clientOrderId);
  }
  queryById(symbol: string, orderId: string): OrderReport | undefined {
    return this.#account.queryById(symbol, orderId);
  }
  openOrders(symbol: string): readonly OrderReport[] {
    return this.#account.openOrders(symbol);
  }
  fills({ orderId }: { orderId?: string }): readonly Fill[] {
    return this.#account.fills(this.#symbol, orderId);
  }
  accountReport(): AccountReport {
    return this.#account.account();
  }
  rules(): InstrumentRules {
    return this.#account.rules(this.#symbol);
  }
  takeEvents(onPayload?: (payload: Payload) => void): readonly UserEvent[] {
    const events = this.#account.takeEvents(onPayload);
    for (const event of events) if (event.type === 'order') this.#noteFee(event.fill);
    return [...this.#kept.splice(0), ...events];
  }
  /** A sale that is paid for in the same coins takes from the stock, not from what the bot bought. */
  #noteFee(fill: Fill | undefined): void {
    if (fill?.side === 'sell' && fill.commissionAsset === this.#base)
      this.#outsideBase -= fill.commission;
  }
  withdraw(): void {
    const amount = decimal('1000');
    this.exchange.transfer('USDT', -amount);
    this.#outsideQuote -= amount;
  }
  payForeignFees(): void {
    const amount = decimal('0.0001');
    this.exchange.transfer(this.#base, -amount);
    this.#outsideBase -= amount;
  }
  buyByHand(): void {
    this.deposit();
  }
  symbolSettings(): SymbolSettings {
    throw new Error('spot has no leverage');
  }
  fundingPayments(): readonly FundingPayment[] {
    return [];
  }
  move(point: PricePoint): void {
    this.exchange.move(this.#symbol, point);
  }
  lastPrice(): Decimal {
    return this.exchange.lastPrice(this.#symbol);
  }
  profits(): readonly RestingExit[] {
    return restingProfits(this.openOrders(this.#symbol));
  }
  stops(): readonly RestingExit[] {
    return this.exchange
      .openOrders(this.#symbol)
      .filter(({ stopPrice, clientOrderId }) => stopPrice > 0n && clientOrderId.startsWith('wus-'))
      .map((order) => ({ ...order, triggerPrice: order.stopPrice }));
  }
  expireStop(): void {
    const own = this.exchange.openOrders(this.#symbol).find(({ side }) => side === 'SELL');
    if (own === undefined) return;
    this.exchange.expire(this.#symbol, { orderId: own.orderId }, 'EXCHANGE_CANCELED');
  }
  sellByHand(): void {
    const order = this.exchange.openOrders(this.#symbol).find(({ side }) => side === 'SELL');
    if (order !== undefined) this.exchange.cancel(this.#symbol, { orderId: order.orderId });
    const { free } = this.exchange.state.balances[this.#base]!;
    this.exchange.transfer(this.#base, -free);
    this.#outsideBase -= free;
  }
  deposit(): void {
    const amount = decimal('0.25');
    this.exchange.transfer(this.#base, amount);
    this.#outsideBase += amount;
  }
  forgetOrders(): readonly string[] {
    const { ids, before } = cancelOwn(this, this.#symbol);
    this.#kept.push(...before);
    return ids;
  }
  cancelByHand(): void {
    const { before, events } = cancelOwn(this, this.#symbol);
    this.#kept.push(...before, ...events);
  }
  placeOfOtherState(clientOrderId: string): void {
    placeFarAway(this, this.#symbol, clientOrderId);
  }
  bend(fault: RuleFault, isBent: boolean): void {
    const rules = this.exchange.rules(this.#symbol);
    const own = this.ownQuantity();
    const held = own < 0n ? -own : own;
    const changes = this.#bends.change(fault, isBent, { rules, held });
    this.exchange.setRules({ ...rules, ...changes } as typeof rules);
  }
  /** Spot has none. */
  lowerLeverage(): void {}
  growStep(): void {
    const rules = this.exchange.rules(this.#symbol);
    const stepSize = rules.stepSize * 10n;
    this.exchange.setRules({ ...rules, stepSize, minQuantity: stepSize });
  }
  setCommission(rate: Decimal): void {
    this.exchange.setCommission({ maker: rate, taker: rate });
  }
  snapshot(): string {
    return this.exchange.snapshot();
  }

  ownQuantity(): Decimal {
    const { free, locked } = this.exchange.state.balances[this.#base]!;
    return free + locked - this.#startBase - this.#outsideBase;
  }

  differences(memory: BotMemory, initialBalance: number): string[] {
    const found: string[] = [];
    const expect = expectation(found);
    const { balances } = this.exchange.state;
    const quote = balances.USDT!;
    const { position } = memory;
    const held = position === null ? 0n : heldQuantity(position);
    const cash = position === null ? 0n : cashChange(position);
    expect('I2 coins', this.ownQuantity(), held + memory.dust);
    const should =
      START_QUOTE + this.#outsideQuote + memory.balance - decimalFromNumber(initialBalance) + cash;
    // What was paid in other coins is a cost, and still there in quote.
    expect('I10 cash', quote.free + quote.locked, should + memory.otherFees);
    return found;
  }
}

/** USD-M. */
export class UsdmVenue implements Venue {
  readonly exchange: UsdmExchange;
  readonly #account: SimulatedUsdmAccount;
  readonly #symbol: string;
  readonly #startWallet: Decimal;
  #outside = 0n;
  readonly #bends = new Bends();
  readonly #kept: UserEvent[] = [];
  #handOrders = 0;
  /** Before somebody lowered it. */
  #leverageBefore: number | undefined;

  constructor(options: VenueOptions) {
    const { symbol, commissionRate } = options;
    this.#symbol = symbol;
    this.#startWallet = options.wallet ?? START_QUOTE;
    this.exchange = new UsdmExchange({
      symbols: [usdmSymbol(symbol, options.price, { tickSize: decimal('0.01') })],
      balances: { USDT: this.#startWallet },
      startTime: options.startTime,
      seed: options.seed,
      commission: { maker: commissionRate, taker: commissionRate },
      liquidity: {
        levelQuantity: options.levelQuantity,
        levels: 1_000,
        spreadTicks: 0,
      } as never,
      tellsAccountFirst: options.tellsAccountFirst ?? false,
    });
    this.#account = new SimulatedUsdmAccount(this.exchange);
  }

  get tickSize(): Decimal {
    return this.exchange.rules(this.#symbol).tickSize;
  }
  get time(): number {
    return this.exchange.time;
  }
  place(order: OrderRequest): OrderReport {
    return this.#account.place(order);
  }
  cancel(symbol: string, clientOrderId: string): OrderReport {
    return this.#account.cancel(symbol, clientOrderId);
  }
  query(symbol: string, clientOrderId: string): OrderReport | undefined {
    return this.#account.query(symbol, clientOrderId);
  }
  queryById(symbol: string, orderId: string): OrderReport | undefined {
    return this.#account.queryById(symbol, orderId);
  }
  openOrders(symbol: string): readonly OrderReport[] {
    return this.#account.openOrders(symbol);
  }
  fills(query: { orderId?: string; startTime?: number }): readonly Fill[] {
    return this.#account.fills(this.#symbol, query);
  }
  accountReport(): AccountReport {
    return this.#account.account();
  }
  rules(): InstrumentRules {
    return this.#account.rules(this.#symbol);
  }
  takeEvents(onPayload?: (payload: Payload) => void): readonly UserEvent[] {
    return [...this.#kept.splice(0), ...this.#account.takeEvents(onPayload)];
  }
  symbolSettings(): SymbolSettings {
    return this.#account.symbolSettings(this.#symbol);
  }
  fundingPayments(startTime: number): readonly FundingPayment[] {
    return this.#account.fundingPayments(this.#symbol, startTime);
  }
  move(point: PricePoint): void {
    this.exchange.move(this.#symbol, point);
  }
  lastPrice(): Decimal {
    return this.exchange.lastPrice(this.#symbol);
  }
  placeOCO(): never {
    throw new Error('USD-M takes no pairs');
  }
  cancelReplace(): never {
    throw new Error('USD-M replaces no orders');
  }
  profits(): readonly RestingExit[] {
    return restingProfits(this.openOrders(this.#symbol));
  }
  stops(): readonly RestingExit[] {
    return this.exchange
      .openAlgos(this.#symbol)
      .filter(({ status }) => status === 'NEW')
      .map((algo) => ({ ...algo, executedQuantity: 0n }));
  }
  /** The exchange ends algo orders only by cancelling them, without being asked. */
  expireStop(): void {
    this.exchange.cancelAllAlgos(this.#symbol);
  }
  sellByHand(): void {
    const quantity = this.exchange.state.positions[this.#symbol]?.quantity ?? 0n;
    if (quantity === 0n) return;
    this.#account.place({
      type: 'market',
      symbol: this.#symbol,
      side: quantity > 0n ? 'sell' : 'buy',
      quantity: quantity < 0n ? -quantity : quantity,
      clientOrderId: `by-hand-${this.#handOrders++}`,
      reduceOnly: true,
    });
  }
  withdraw(): void {
    const amount = decimal('250');
    this.exchange.transfer('USDT', -amount);
    this.#outside -= amount;
  }
  /** Commissions are taken from the wallet. */
  payForeignFees(): void {
    const amount = decimal('0.01');
    this.exchange.transfer('USDT', -amount);
    this.#outside -= amount;
  }
  buyByHand(): void {
    this.#account.place({
      type: 'market',
      symbol: this.#symbol,
      side: 'buy',
      quantity: decimal('0.5'),
      clientOrderId: `by-hand-${this.#handOrders++}`,
    });
  }
  deposit(): void {
    const amount = decimal('250');
    this.exchange.transfer('USDT', amount);
    this.#outside += amount;
  }
  forgetOrders(): readonly string[] {
    const { ids, before } = cancelOwn(this, this.#symbol);
    this.#kept.push(...before);
    return ids;
  }
  cancelByHand(): void {
    const { before, events } = cancelOwn(this, this.#symbol);
    this.#kept.push(...before, ...events);
  }
  placeOfOtherState(clientOrderId: string): void {
    placeFarAway(this, this.#symbol, clientOrderId);
  }
  bend(fault: RuleFault, isBent: boolean): void {
    const rules = this.exchange.rules(this.#symbol);
    const own = this.ownQuantity();
    const held = own < 0n ? -own : own;
    const changes = this.#bends.change(fault, isBent, { rules, held });
    this.exchange.setRules({ ...rules, ...changes } as typeof rules);
  }
  lowerLeverage(isLowered: boolean): void {
    if (isLowered === (this.#leverageBefore !== undefined)) return;
    const before = this.#leverageBefore ?? this.exchange.config(this.#symbol).leverage;
    try {
      this.exchange.setLeverage(this.#symbol, isLowered ? 1 : before);
      this.#leverageBefore = isLowered ? before : undefined;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  growStep(): void {
    const rules = this.exchange.rules(this.#symbol);
    const stepSize = rules.stepSize * 10n;
    this.exchange.setRules({ ...rules, stepSize, minQuantity: stepSize });
  }
  setCommission(rate: Decimal): void {
    this.exchange.setCommission({ maker: rate, taker: rate });
  }
  snapshot(): string {
    return this.exchange.snapshot();
  }

  ownQuantity(): Decimal {
    return this.exchange.state.positions[this.#symbol]?.quantity ?? 0n;
  }

  differences(memory: BotMemory, initialBalance: number): string[] {
    const found: string[] = [];
    const expect = expectation(found);
    const { positions, wallets } = this.exchange.state;
    const cost = positions[this.#symbol]?.cost ?? 0n;
    const { position } = memory;
    const signed = position === null ? 0n : signedQuantity(position);
    const cash = position === null ? 0n : cashChange(position);
    expect('I2 position', this.ownQuantity(), signed + memory.dust);
    // A wallet holds what is realised: less what the open part cost it is the cash of the bot.
    const should =
      this.#startWallet + this.#outside + memory.balance - decimalFromNumber(initialBalance) + cash;
    expect('I10 wallet', wallets.USDT! - cost, should + memory.otherFees);
    return found;
  }
}
