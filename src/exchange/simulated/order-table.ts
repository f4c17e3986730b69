import { refusals } from './refusal.js';

/** How to find an order: at least one of the two. */
export interface OrderKey {
  readonly orderId?: number | undefined;
  readonly clientOrderId?: string | undefined;
}

/** What the table needs to know of an order. */
interface TableOrder {
  readonly symbol: string;
  readonly orderId: number;
  readonly clientOrderId: string;
}

/** Closed orders that are remembered; older ones are dropped. */
const HISTORY_MAX = 100_000;

/** The orders of an account by id, by client id, and the open ones: an index over plain data of its owner. */
export class OrderTable<O extends TableOrder> {
  readonly #orders: O[];
  readonly #isOpen: (order: O) => boolean;
  readonly #byId = new Map<number, O>();
  readonly #open = new Map<number, O>();

  /**
   * @param orders - The owner's list, oldest first; the table adds to it and drops from it.
   * @param isOpen - Whether an order may still change.
   */
  constructor(orders: O[], isOpen: (order: O) => boolean) {
    this.#orders = orders;
    this.#isOpen = isOpen;
    for (const order of orders) {
      this.#byId.set(order.orderId, order);
      if (isOpen(order)) this.#open.set(order.orderId, order);
    }
  }

  add(order: O): void {
    this.#orders.push(order);
    this.#byId.set(order.orderId, order);
    this.#open.set(order.orderId, order);
    this.#forgetOldest();
  }

  /** Notes that an order is final. */
  close(order: O): void {
    this.#open.delete(order.orderId);
  }

  /** Leaves no trace of an order. */
  drop(order: O): void {
    this.#open.delete(order.orderId);
    this.#byId.delete(order.orderId);
    const index = this.#orders.indexOf(order);
    if (index >= 0) this.#orders.splice(index, 1);
  }

  byId(orderId: number): O | undefined {
    return this.#byId.get(orderId);
  }

  /** Open orders, oldest first. */
  open(symbol?: string): O[] {
    const orders = [...this.#open.values()];
    return symbol === undefined ? orders : orders.filter((order) => order.symbol === symbol);
  }

  /** Orders of a symbol, oldest first. */
  of(symbol: string): O[] {
    return this.#orders.filter((order) => order.symbol === symbol);
  }

  /** Whether an open order has this client id. */
  isInUse(clientOrderId: string): boolean {
    for (const order of this.#open.values()) {
      if (order.clientOrderId === clientOrderId) return true;
    }
    return false;
  }

  /**
   * Finds an order, newest first if the client id was used more than once.
   *
   * @throws {Refusal} -2013 if there is none, -2039 if the two ids disagree.
   */
  find(symbol: string, key: OrderKey): O {
    if (key.orderId !== undefined) {
      const order = this.#byId.get(key.orderId);
      if (order === undefined || order.symbol !== symbol) throw refusals.orderNotFound();
      if (key.clientOrderId !== undefined && order.clientOrderId !== key.clientOrderId) {
        throw refusals.idsDisagree();
      }
      return order;
    }
    const order = this.#orders.findLast(
      (entry) => entry.symbol === symbol && entry.clientOrderId === key.clientOrderId,
    );
    if (order === undefined) throw refusals.orderNotFound();
    return order;
  }

  /** Finds an open order. @throws {Refusal} -2011 if there is none. */
  findOpen(symbol: string, key: OrderKey): O {
    const order = this.open(symbol).find((entry) =>
      key.orderId === undefined
        ? entry.clientOrderId === key.clientOrderId
        : entry.orderId === key.orderId &&
          (key.clientOrderId === undefined || entry.clientOrderId === key.clientOrderId),
    );
    if (order === undefined) throw refusals.nothingToCancel();
    return order;
  }

  #forgetOldest(): void {
    if (this.#orders.length <= HISTORY_MAX) return;
    const index = this.#orders.findIndex((order) => !this.#isOpen(order));
    const [gone] = this.#orders.splice(Math.max(index, 0), 1);
    if (gone !== undefined) this.#byId.delete(gone.orderId);
  }
}

/** Appends to a history of trades or the like; when it is full its oldest entry is dropped, and returned. */
export function remember<T>(history: T[], entry: T): T | undefined {
  history.push(entry);
  return history.length > HISTORY_MAX ? history.shift() : undefined;
}
