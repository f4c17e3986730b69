import {
  type Decimal,
  divideDecimals,
  maxDecimal,
  minDecimal,
  multiplyDecimals,
} from '../../domain/index.js';

/** Market of one symbol as replayed so far. */
export interface BookState {
  /** Last price; 0 before the first. */
  lastPrice: Decimal;
  /** Quantity that orders of the account took from each side since the last price. */
  takenAsks: Decimal;
  takenBids: Decimal;
  /** Quantity and notional traded per minute, newest last: the average price of the filters. */
  minutes: { minute: number; quantity: Decimal; notional: Decimal }[];
}

/** Grids of a symbol. */
export interface Grid {
  readonly tickSize: Decimal;
  readonly stepSize: Decimal;
  /** Largest order; base. */
  readonly maxQuantity: Decimal;
}

export type BookSide = 'BUY' | 'SELL';

const MINUTE_MS = 60_000;
/** `avgPriceMins` of the filters. */
const AVERAGE_MINUTES = 5;

/** How much the replayed market takes and gives. */
export interface Liquidity {
  /** Quantity on each price level, base; `undefined` is without limit, and orders fill at once at the best price. */
  readonly levelQuantity?: Decimal;
  /** Levels on each side, one tick apart; beyond them the book is empty. */
  readonly levels: number;
  /** Distance of the best ask from the last price, which is the best bid; ticks. */
  readonly spreadTicks: number;
}

export const DEFAULT_LIQUIDITY: Liquidity = { levels: 20, spreadTicks: 1 };

/** A part of an order that the book fills. */
export interface BookFill {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/** Returns an empty market. */
export function emptyBook(): BookState {
  return { lastPrice: 0n, takenAsks: 0n, takenBids: 0n, minutes: [] };
}

/** Best price at which an order of this side is filled at once. */
export function bestPrice(
  book: BookState,
  rules: Grid,
  side: BookSide,
  liquidity: Liquidity,
): Decimal {
  return side === 'SELL'
    ? book.lastPrice
    : book.lastPrice + rules.tickSize * BigInt(liquidity.spreadTicks);
}

/**
 * Returns what the book would fill of an order at once, best price first.
 *
 * @param book - Market of the symbol.
 * @param rules - Rules of the symbol.
 * @param order - Side, limit price (0 for none), and either the quantity or the quote amount that remains.
 * @param liquidity - Depth of the book.
 */
export function immediateFills(
  book: BookState,
  rules: Grid,
  order: { side: BookSide; price: Decimal; quantity: Decimal; quoteQuantity: Decimal },
  liquidity: Liquidity,
): readonly BookFill[] {
  if (book.lastPrice === 0n) return [];
  const direction = order.side === 'BUY' ? 1n : -1n;
  const fills: BookFill[] = [];
  let taken = order.side === 'BUY' ? book.takenAsks : book.takenBids;
  let { quantity, quoteQuantity } = order;
  const levels = liquidity.levelQuantity === undefined ? 1 : liquidity.levels;
  for (let level = 0; level < levels; level++) {
    const price =
      bestPrice(book, rules, order.side, liquidity) + direction * BigInt(level) * rules.tickSize;
    if (price <= 0n) break;
    if (order.price > 0n && (price - order.price) * direction > 0n) break;
    const offered = liquidity.levelQuantity;
    let available = offered === undefined ? undefined : offered - taken;
    if (offered !== undefined) taken = taken > offered ? taken - offered : 0n;
    const wanted =
      quoteQuantity > 0n ? floorToStep(divideDecimals(quoteQuantity, price), rules) : quantity;
    if (wanted === 0n) break;
    if (available === undefined) available = wanted;
    if (available <= 0n) continue;
    const filled = wanted < available ? wanted : available;
    fills.push({ price, quantity: filled });
    if (quoteQuantity > 0n) quoteQuantity -= multiplyDecimals(price, filled);
    else quantity -= filled;
    if (quantity === 0n && quoteQuantity <= 0n) break;
  }
  return fills;
}

/** Price levels as clients see them; without a limit of liquidity one level of a nominal quantity. */
export function bookLevels(
  book: BookState,
  rules: Grid,
  count: number,
  liquidity: Liquidity,
): { bids: BookFill[]; asks: BookFill[] } {
  const side = (price: Decimal, direction: bigint, taken: Decimal): BookFill[] => {
    const rows: BookFill[] = [];
    let rest = taken;
    for (let i = 0; i < Math.min(count, liquidity.levels); i++) {
      const offered = liquidity.levelQuantity ?? rules.maxQuantity;
      const quantity = offered > rest ? offered - rest : 0n;
      rest = rest > offered ? rest - offered : 0n;
      const levelPrice = price + direction * BigInt(i) * rules.tickSize;
      if (quantity > 0n && levelPrice > 0n) rows.push({ price: levelPrice, quantity });
    }
    return rows;
  };
  return {
    bids: side(bestPrice(book, rules, 'SELL', liquidity), -1n, book.takenBids),
    asks: side(bestPrice(book, rules, 'BUY', liquidity), 1n, book.takenAsks),
  };
}

/** Moves the market to a price, where nothing was taken yet. */
export function reachPrice(book: BookState, price: Decimal): void {
  book.lastPrice = price;
  book.takenAsks = 0n;
  book.takenBids = 0n;
}

/** Notes what an order took from the other side of the book; base. */
export function takeFrom(book: BookState, side: BookSide, quantity: Decimal): void {
  if (side === 'BUY') book.takenAsks += quantity;
  else book.takenBids += quantity;
}

/** Quantity that a resting order gets at the price that the market has reached; base. */
export function restingFill(
  book: BookState,
  order: {
    readonly side: BookSide;
    readonly quantity: Decimal;
    readonly executedQuantity: Decimal;
  },
  { levelQuantity }: Liquidity,
): Decimal {
  const remaining = order.quantity - order.executedQuantity;
  if (levelQuantity === undefined) return remaining;
  const taken = order.side === 'BUY' ? book.takenAsks : book.takenBids;
  return maxDecimal(0n, minDecimal(remaining, levelQuantity - taken));
}

/** Sum of the quantities; base. */
export function quantityOf(fills: readonly BookFill[]): Decimal {
  return fills.reduce((sum, fill) => sum + fill.quantity, 0n);
}

/** Sum of price × quantity; quote. */
export function notionalOf(fills: readonly BookFill[]): Decimal {
  return fills.reduce((sum, fill) => sum + multiplyDecimals(fill.price, fill.quantity), 0n);
}

/** Adds a traded quantity to the average price. */
export function recordTraded(
  book: BookState,
  time: number,
  price: Decimal,
  quantity: Decimal,
): void {
  const minute = Math.floor(time / MINUTE_MS);
  let newest = book.minutes.at(-1);
  if (newest?.minute !== minute) {
    newest = { minute, quantity: 0n, notional: 0n };
    book.minutes.push(newest);
    book.minutes = book.minutes.filter((entry) => entry.minute > minute - AVERAGE_MINUTES);
  }
  newest.quantity += quantity;
  newest.notional += multiplyDecimals(price, quantity);
}

/** Volume-weighted price of the last five minutes, or the last price where nothing was traded. */
export function averagePrice(book: BookState): Decimal {
  const quantity = book.minutes.reduce((sum, entry) => sum + entry.quantity, 0n);
  const notional = book.minutes.reduce((sum, entry) => sum + entry.notional, 0n);
  return quantity === 0n ? book.lastPrice : divideDecimals(notional, quantity);
}

function floorToStep(quantity: Decimal, rules: Grid): Decimal {
  return (quantity / rules.stepSize) * rules.stepSize;
}
