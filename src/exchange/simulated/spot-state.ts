import { type Decimal, decimal, trimDecimal } from '../../domain/index.js';
import type { SpotOrder, SpotOrderList, SpotTrade } from './spot-order.js';
import type { SpotSymbol } from './spot-symbol.js';

export interface Balance {
  free: Decimal;
  locked: Decimal;
}

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

/**
 * Writes a state as text: equal states give equal bytes.
 *
 * @param state - State of a simulated exchange.
 */
export function serializeSpotState(state: SpotState): string {
  return JSON.stringify(state, (_, value: unknown) =>
    typeof value === 'bigint' ? { $decimal: trimDecimal(value) } : value,
  );
}

/**
 * Reads a state that `serializeSpotState` wrote.
 *
 * @param text - The text.
 * @throws {SyntaxError} If it is no JSON.
 */
export function parseSpotState(text: string): SpotState {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && '$decimal' in value
      ? decimal(String(value.$decimal))
      : value,
  ) as SpotState;
}
