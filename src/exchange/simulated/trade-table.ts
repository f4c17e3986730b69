import { remember } from './order-table.js';

/** What the table needs to know of a trade. */
interface TableTrade {
  readonly symbol: string;
  readonly tradeId: number;
  readonly orderId: number;
}

/** The trades of an account by order: an index over plain data of its owner. */
export class TradeTable<T extends TableTrade> {
  readonly #trades: T[];
  readonly #byOrder = new Map<number, T[]>();

  /** @param trades - The owner's list, oldest first; the table adds to it and drops from it. */
  constructor(trades: T[]) {
    this.#trades = trades;
    for (const trade of trades) this.#index(trade);
  }

  add(trade: T): void {
    const gone = remember(this.#trades, trade);
    if (gone !== undefined) this.#forget(gone);
    this.#index(trade);
  }

  /** Trades of a symbol or of one of its orders, oldest first. */
  of(symbol: string, orderId?: number): T[] {
    const trades = orderId === undefined ? this.#trades : (this.#byOrder.get(orderId) ?? []);
    return trades.filter((trade) => trade.symbol === symbol);
  }

  find(symbol: string, tradeId: number): T | undefined {
    let from = 0;
    let to = this.#trades.length;
    // Ids grow from trade to trade.
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#trades[middle]!.tradeId < tradeId) from = middle + 1;
      else to = middle;
    }
    const trade = this.#trades[from];
    return trade?.tradeId === tradeId && trade.symbol === symbol ? trade : undefined;
  }

  #index(trade: T): void {
    const trades = this.#byOrder.get(trade.orderId);
    if (trades === undefined) this.#byOrder.set(trade.orderId, [trade]);
    else trades.push(trade);
  }

  #forget({ orderId, tradeId }: T): void {
    const rest = this.#byOrder.get(orderId)?.filter((trade) => trade.tradeId !== tradeId) ?? [];
    if (rest.length > 0) this.#byOrder.set(orderId, rest);
    else this.#byOrder.delete(orderId);
  }
}
