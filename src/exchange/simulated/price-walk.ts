import type { Decimal } from '../../domain/index.js';
import type { PricePoint } from './candle-path.js';
import { type BookState, recordTraded } from './order-book.js';

/** What happens on the way of a market. */
export interface WalkSteps {
  /** Prices at which something happens, asked for again after each of them; 0 stands for none. */
  readonly levels: () => Iterable<Decimal>;
  /** Lets the market trade at a price. */
  readonly tradeAt: (price: Decimal) => void;
}

/**
 * Lets a market trade on to a point. Every level on the way is traded, unless the price jumps.
 *
 * @param book - Market that trades.
 * @param point - Where and when it arrives.
 * @param steps - The levels, and what to do at each of them.
 */
export function walkTo(book: BookState, point: PricePoint, { levels, tradeAt }: WalkSteps): void {
  if (!point.isJump && book.lastPrice > 0n) {
    let level = nextLevel(levels(), book.lastPrice, point.price);
    while (level !== undefined) {
      tradeAt(level);
      level = nextLevel(levels(), level, point.price);
    }
  }
  recordTraded(book, point.time, point.price, point.quantity);
  tradeAt(point.price);
}

/**
 * Returns the level that a market meets first on its way; `undefined` if there is none strictly between.
 *
 * @param levels - Prices at which something happens; 0 stands for none.
 * @param from - Where the market is.
 * @param to - Where it goes.
 */
export function nextLevel(
  levels: Iterable<Decimal>,
  from: Decimal,
  to: Decimal,
): Decimal | undefined {
  const rises = to > from;
  let nearest: Decimal | undefined;
  for (const level of levels) {
    const isOnTheWay = rises ? level > from && level < to : level < from && level > to;
    if (!isOnTheWay || level === 0n) continue;
    if (nearest === undefined || (rises ? level < nearest : level > nearest)) nearest = level;
  }
  return nearest;
}

interface Resting {
  readonly side: 'BUY' | 'SELL';
  readonly price: Decimal;
  readonly orderId: number;
}

/**
 * Returns the resting orders that a price reaches, in the order in which a book would fill them: best price first,
 * then oldest first.
 *
 * @param orders - Orders on the book.
 * @param price - Price traded.
 */
export function reachedOrders<O extends Resting>(orders: readonly O[], price: Decimal): O[] {
  return orders
    .filter((order) => (order.side === 'BUY' ? price <= order.price : price >= order.price))
    .sort((a, b) => {
      const better = a.side === 'BUY' ? b.price - a.price : a.price - b.price;
      return better === 0n ? a.orderId - b.orderId : better < 0n ? -1 : 1;
    });
}
