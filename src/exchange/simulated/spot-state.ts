import { type Decimal, decimal } from '../../domain/index.js';
import { type BookState, emptyBook } from './order-book.js';
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

/** What a spot exchange starts with. */
export interface SpotStart {
  readonly symbols: readonly SpotSymbol[];
  /** Free balances at the start, by asset. */
  readonly balances: Readonly<Record<string, Decimal>>;
  /** Instant at the start, ms UTC. */
  readonly startTime: number;
  /** Seed of the ids that the exchange makes up; default 1. */
  readonly seed?: number;
  /** Default: 0.1 % for maker and taker, not paid in BNB. */
  readonly commission?: Partial<CommissionRates>;
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

/** Returns the state of an exchange that nobody has used yet. */
export function newSpotState(options: SpotStart): SpotState {
  return {
    time: options.startTime,
    seed: options.seed ?? 1,
    draws: 0,
    nextOrderId: 1,
    nextOrderListId: 1,
    nextTradeId: 1,
    nextExecutionId: 1,
    updateTime: options.startTime,
    commission: {
      maker: decimal('0.001'),
      taker: decimal('0.001'),
      paysWithBNB: false,
      discount: decimal('0.75'),
      ...options.commission,
    },
    symbols: Object.fromEntries(options.symbols.map((rules) => [rules.symbol, rules])),
    books: Object.fromEntries(options.symbols.map((rules) => [rules.symbol, emptyBook()])),
    balances: Object.fromEntries(
      Object.entries(options.balances).map(([asset, free]) => [asset, { free, locked: 0n }]),
    ),
    orders: [],
    orderLists: [],
    trades: [],
    locks: {},
  };
}
