import type { Decimal } from '../../domain/index.js';
import type { BookState } from './order-book.js';
import type { SpotOrder, SpotOrderList, SpotTrade } from './spot-order.js';
import type { SpotSymbol } from './spot-symbol.js';

export interface Balance {
  free: Decimal;
  locked: Decimal;
}

/** Commission of the account, as fractions. */
export interface CommissionRates {
  maker: Decimal;
  taker: Decimal;
  /** Pays in BNB, at the discount, while there is enough of it. */
  paysWithBNB: boolean;
  /** Part of the commission that remains when paid in BNB. */
  discount: Decimal;
}

/** Everything that the simulated exchange knows: plain data, so that it can be saved, compared and inspected. */
export interface SpotState {
  time: number;
  seed: number;
  /** Draws made so far; part of the state so that a restored exchange goes on alike. */
  draws: number;
  nextOrderId: number;
  nextOrderListId: number;
  nextTradeId: number;
  nextExecutionId: number;
  updateTime: number;
  commission: CommissionRates;
  symbols: Record<string, SpotSymbol>;
  books: Record<string, BookState>;
  balances: Record<string, Balance>;
  orders: SpotOrder[];
  orderLists: SpotOrderList[];
  trades: SpotTrade[];
  /** What open orders bind, by order id, or by `L` and the id of their list. */
  locks: Record<string, { asset: string; amount: Decimal }>;
}
