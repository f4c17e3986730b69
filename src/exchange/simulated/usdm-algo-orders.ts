import type { Decimal } from '../../domain/index.js';
import { generateId } from './generate-id.js';
import { type OrderKey, OrderTable } from './order-table.js';
import { refusals, usdmRefusals } from './refusal.js';
import type { Payload } from './spot-payloads.js';
import { positionOf, reducibleQuantity } from './usdm-margin.js';
import {
  type AlgoOrder,
  type AlgoOrderTerms,
  isAlgoTriggered,
  isOpenAlgo,
  type UsdmOrder,
} from './usdm-order.js';
import { algoUpdate } from './usdm-payloads.js';
import type { UsdmState } from './usdm-state.js';
import { ALGO_ORDERS_MAX } from './usdm-symbol.js';

/** Orders that wait for a price of the simulated USD-M exchange; the exchange makes orders of those released. */
export class AlgoOrders {
  readonly #state: UsdmState;
  readonly #table: OrderTable<AlgoOrder>;
  readonly #orderById: (orderId: number) => UsdmOrder | undefined;
  readonly #report: (event: Payload) => void;
  /** Released, and not yet reported so. */
  #released: AlgoOrder | undefined;

  constructor(
    state: UsdmState,
    orderById: (orderId: number) => UsdmOrder | undefined,
    report: (event: Payload) => void,
  ) {
    this.#state = state;
    this.#table = new OrderTable(state.algoOrders, isOpenAlgo);
    this.#orderById = orderById;
    this.#report = report;
  }

  /** @throws {Refusal} -4116 if an open algo order has this client id. */
  requireUnused(clientOrderId: string | undefined): void {
    if (clientOrderId !== undefined && this.#table.isInUse(clientOrderId)) {
      throw usdmRefusals.duplicate();
    }
  }

  /**
   * Adds an order that passed the filters.
   *
   * @throws {Refusal} -4045, -2021 or -2022; nothing has changed then.
   */
  place(terms: AlgoOrderTerms): AlgoOrder {
    if (this.#table.open().length >= ALGO_ORDERS_MAX) throw usdmRefusals.tooManyAlgoOrders();
    if (this.#isReached(terms)) throw usdmRefusals.wouldTrigger();
    if (terms.closesPosition && this.#reducible(terms) === 0n) throw usdmRefusals.reduceOnly();
    const { time } = this.#state;
    const algo: AlgoOrder = {
      ...terms,
      orderId: this.#state.nextAlgoId++,
      clientOrderId: terms.clientOrderId ?? generateId(this.#state),
      status: 'NEW',
      time,
      updateTime: time,
      triggerTime: 0,
      actualOrderId: 0,
      rejectReason: '',
    };
    this.#table.add(algo);
    this.report(algo);
    return algo;
  }

  /** Cancels an order that was not released. @throws {Refusal} -2011 if there is none. */
  cancel(key: OrderKey): AlgoOrder {
    const algo = this.#table
      .open()
      .find(
        (entry) =>
          entry.status === 'NEW' &&
          (key.orderId === undefined
            ? entry.clientOrderId === key.clientOrderId
            : entry.orderId === key.orderId),
      );
    if (algo === undefined) throw refusals.nothingToCancel();
    this.close(algo, 'CANCELED');
    return algo;
  }

  /** Cancels all orders of a symbol that were not released. */
  cancelAll(symbol: string): void {
    for (const algo of this.#waiting(symbol)) this.close(algo, 'CANCELED');
  }

  /** Cancels all orders of a symbol that were not released, and keeps no trace of them. Returns how many. */
  forgetAll(symbol: string): number {
    const waiting = this.#waiting(symbol);
    this.cancelAll(symbol);
    for (const algo of waiting) this.#table.drop(algo);
    return waiting.length;
  }

  /** Finds an order by id or client id, newest first. @throws {Refusal} -2013 if there is none. */
  find(key: OrderKey): AlgoOrder {
    const algo = this.#state.algoOrders.findLast((entry) =>
      key.orderId === undefined
        ? entry.clientOrderId === key.clientOrderId
        : entry.orderId === key.orderId,
    );
    if (algo === undefined) throw refusals.orderNotFound();
    return algo;
  }

  /** Open orders, oldest first. */
  open(symbol?: string): AlgoOrder[] {
    return this.#table.open(symbol);
  }

  /** Orders of a symbol, oldest first. */
  of(symbol: string): AlgoOrder[] {
    return this.#table.of(symbol);
  }

  /** The order that an algo order became, if it was released. */
  orderOf(algo: AlgoOrder): UsdmOrder | undefined {
    return algo.actualOrderId === 0 ? undefined : this.#orderById(algo.actualOrderId);
  }

  /** Orders of a symbol that the prices release now; one may be cancelled while others are worked on. */
  *due(symbol: string): Generator<AlgoOrder> {
    for (const algo of this.#table.open(symbol)) {
      if (algo.status === 'NEW' && this.#isReached(algo)) yield algo;
    }
  }

  /** Last prices that release an order of a symbol. */
  levels(symbol: string): Decimal[] {
    const followsLast = !this.#state.marks[symbol]!.isOwn;
    return this.#waiting(symbol)
      .filter(({ workingType }) => followsLast || workingType === 'CONTRACT_PRICE')
      .map(({ triggerPrice }) => triggerPrice);
  }

  /** Quantity that an order which closes the position would close; base. */
  closingQuantity(algo: AlgoOrder): Decimal {
    return algo.closesPosition ? this.#reducible(algo) : algo.quantity;
  }

  /** Ends orders that would close a position which is gone or turned. */
  endOrphans(symbol: string): void {
    for (const algo of this.#waiting(symbol)) {
      if (algo.closesPosition && this.#reducible(algo) === 0n) this.close(algo, 'EXPIRED');
    }
  }

  /** The algo order behind an order is finished with it. */
  finish(order: UsdmOrder): void {
    const algo = order.algoId === 0 ? undefined : this.#table.byId(order.algoId);
    if (algo !== undefined && isOpenAlgo(algo)) this.close(algo, 'FINISHED');
  }

  /** Keeps the report of a release until the events of its order were sent. */
  reportLater(algo: AlgoOrder): void {
    this.#released = algo;
  }

  /** Reports a release that was kept. */
  reportReleased(): void {
    const algo = this.#released;
    this.#released = undefined;
    if (algo !== undefined) this.report(algo);
  }

  close(algo: AlgoOrder, status: AlgoOrder['status']): void {
    if (this.#released === algo) this.reportReleased();
    algo.status = status;
    algo.updateTime = this.#state.time;
    this.#table.close(algo);
    this.report(algo);
  }

  /** Tells the client what has become of an order. */
  report(algo: AlgoOrder): void {
    this.#report(algoUpdate(algo, this.orderOf(algo), this.#state.time));
  }

  #waiting(symbol: string): AlgoOrder[] {
    return this.#table.open(symbol).filter(({ status }) => status === 'NEW');
  }

  #isReached(terms: AlgoOrderTerms | AlgoOrder): boolean {
    const { marks, books } = this.#state;
    const price =
      terms.workingType === 'MARK_PRICE'
        ? marks[terms.symbol]!.price
        : books[terms.symbol]!.lastPrice;
    return isAlgoTriggered(terms, price);
  }

  #reducible({ symbol, side }: Pick<AlgoOrderTerms, 'symbol' | 'side'>): Decimal {
    return reducibleQuantity(positionOf(this.#state, symbol), side);
  }
}
