import { type Decimal, formatDecimal } from '../../domain/index.js';

/** A side of a book as the API prints it: price and quantity, best price first. */
export type BookRows = readonly (readonly [string, string])[];

/** A book as the API prints it. */
export interface PrintedBook {
  readonly bids: BookRows;
  readonly asks: BookRows;
}

/** Prints the levels of a book. */
export function printedBook(book: {
  readonly bids: readonly { readonly price: Decimal; readonly quantity: Decimal }[];
  readonly asks: readonly { readonly price: Decimal; readonly quantity: Decimal }[];
}): PrintedBook {
  const rows = (side: typeof book.bids): BookRows =>
    side.map(({ price, quantity }) => [formatDecimal(price), formatDecimal(quantity)] as const);
  return { bids: rows(book.bids), asks: rows(book.asks) };
}

/** What changed in a book between two updates: quantities as they are now, 0 where a level is gone. */
export interface DepthChange extends PrintedBook {
  readonly firstId: number;
  readonly lastId: number;
  /** `lastId` of the change before. */
  readonly previousId: number;
}

/** A quantity that is sent again whatever it is. */
const UNKNOWN = '';

/** What the clients of one diff stream know of a book. */
class DepthLedger {
  readonly #known = { bids: new Map<string, string>(), asks: new Map<string, string>() };
  #lastId: number;

  constructor(book: PrintedBook, id: number) {
    this.#lastId = id;
    for (const side of SIDES) for (const row of book[side]) this.#known[side].set(...row);
  }

  /** Notes levels that a snapshot showed: the next change says again what they are. */
  touch(book: PrintedBook): void {
    for (const side of SIDES) {
      for (const [price] of book[side]) this.#known[side].set(price, UNKNOWN);
    }
  }

  /** What changed since the last call; `undefined` where nothing did. */
  change(book: PrintedBook, nextId: () => number): DepthChange | undefined {
    const [bids, asks] = SIDES.map((side) => this.#changesOf(side, book[side]));
    if (bids!.length + asks!.length === 0) return undefined;
    const previousId = this.#lastId;
    this.#lastId = nextId();
    return { bids: bids!, asks: asks!, firstId: previousId + 1, lastId: this.#lastId, previousId };
  }

  #changesOf(side: (typeof SIDES)[number], rows: BookRows): BookRows {
    const before = this.#known[side];
    const now = new Map(rows);
    this.#known[side] = now;
    const gone = [...before.keys()].filter((price) => !now.has(price));
    return [
      ...rows.filter(([price, quantity]) => before.get(price) !== quantity),
      ...gone.map((price) => [price, NOTHING] as const),
    ];
  }
}

const SIDES = ['bids', 'asks'] as const;
const NOTHING = formatDecimal(0n);

/**
 * The ids of the books of a market, and what the clients of its diff streams know of them. Ids ascend with time and are
 * never used twice, so that a client can put snapshots and changes together as Binance documents it.
 */
export class DepthLedgers {
  readonly #now: () => number;
  readonly #lastIds = new Map<string, number>();
  readonly #ledgers = new Map<string, Set<DepthLedger>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The id of a snapshot that a client gets now. */
  snapshot(symbol: string, book: PrintedBook): number {
    for (const ledger of this.#ledgers.get(symbol) ?? []) ledger.touch(book);
    return this.#nextId(symbol);
  }

  /**
   * Opens a ledger for the clients of a diff stream.
   *
   * @param symbol - Symbol of the book.
   * @param book - The book as it is.
   * @returns `change` says what changed since it was last asked, `close` ends the ledger.
   */
  open(
    symbol: string,
    book: PrintedBook,
  ): {
    readonly change: (current: PrintedBook) => DepthChange | undefined;
    readonly close: () => void;
  } {
    const ledger = new DepthLedger(book, this.#nextId(symbol));
    const ledgers = this.#ledgers.get(symbol) ?? new Set();
    ledgers.add(ledger);
    this.#ledgers.set(symbol, ledgers);
    return {
      change: (current) => ledger.change(current, () => this.#nextId(symbol)),
      close: () => void ledgers.delete(ledger),
    };
  }

  #nextId(symbol: string): number {
    const id = Math.max(this.#now(), (this.#lastIds.get(symbol) ?? 0) + 1);
    this.#lastIds.set(symbol, id);
    return id;
  }
}
