import { type Decimal, decimal } from '../../domain/index.js';
import { type BookState, emptyBook } from './order-book.js';
import type { AlgoOrder, UsdmOrder, UsdmTrade } from './usdm-order.js';
import { bracketOf, type UsdmSymbol } from './usdm-symbol.js';

const HOUR_MS = 3_600_000;
const LEVERAGE = 20;

export type UsdmMarginType = 'cross' | 'isolated';

/** The one position of a symbol. */
export interface PositionState {
  readonly symbol: string;
  /** Signed: negative is short; base. */
  quantity: Decimal;
  /** What the open part cost: price × signed quantity; its sign is that of the quantity; quote. */
  cost: Decimal;
  /** Realised so far, before commission; quote. */
  realized: Decimal;
  /** Part of the wallet that backs this position alone; 0 with cross margin. */
  isolatedWallet: Decimal;
  updateTime: number;
}

export interface SymbolConfig {
  leverage: number;
  marginType: UsdmMarginType;
}

export interface MarkState {
  price: Decimal;
  /** The mark price was set on its own; else it follows the last price. */
  isOwn: boolean;
  nextFundingTime: number;
}

export type IncomeType =
  | 'COMMISSION'
  | 'REALIZED_PNL'
  | 'FUNDING_FEE'
  | 'TRANSFER'
  | 'INSURANCE_CLEAR';

/** A change of the wallet. */
export interface IncomeRow {
  readonly id: number;
  readonly symbol: string;
  readonly type: IncomeType;
  readonly asset: string;
  readonly amount: Decimal;
  readonly time: number;
  readonly tradeId: string;
}

/** What a USD-M exchange starts with. */
export interface UsdmStart {
  readonly symbols: readonly UsdmSymbol[];
  /** Wallets at the start, by asset. */
  readonly balances: Readonly<Record<string, Decimal>>;
  /** Instant at the start, ms UTC. */
  readonly startTime: number;
  /** Seed of the ids that the exchange makes up; default 1. */
  readonly seed?: number;
  /** Fractions of the notional; default 0.0002 for makers and 0.0005 for takers. */
  readonly commission?: Partial<UsdmState['commission']>;
}

/** Everything that the simulated exchange knows: plain data, so that it can be saved, compared and inspected. */
export interface UsdmState {
  time: number;
  seed: number;
  /** Draws made so far; part of the state so that a restored exchange goes on alike. */
  draws: number;
  nextOrderId: number;
  nextAlgoId: number;
  nextTradeId: number;
  nextIncomeId: number;
  /** Fractions of the notional. */
  commission: { maker: Decimal; taker: Decimal };
  symbols: Record<string, UsdmSymbol>;
  configs: Record<string, SymbolConfig>;
  books: Record<string, BookState>;
  marks: Record<string, MarkState>;
  /** Whole wallets, isolated parts included, by asset. */
  wallets: Record<string, Decimal>;
  /** Assets whose holder was warned of a liquidation. */
  warnedAssets: string[];
  positions: Record<string, PositionState>;
  orders: UsdmOrder[];
  algoOrders: AlgoOrder[];
  trades: UsdmTrade[];
  income: IncomeRow[];
}

/** Returns the state of an exchange that nobody has used yet. */
export function newUsdmState(options: UsdmStart): UsdmState {
  const { symbols, startTime } = options;
  const bySymbol = <T>(value: (rules: UsdmSymbol) => T): Record<string, T> =>
    Object.fromEntries(symbols.map((rules) => [rules.symbol, value(rules)]));
  return {
    time: startTime,
    seed: options.seed ?? 1,
    draws: 0,
    nextOrderId: 1,
    nextAlgoId: 1_000_001,
    nextTradeId: 1,
    nextIncomeId: 1,
    commission: { maker: decimal('0.0002'), taker: decimal('0.0005'), ...options.commission },
    symbols: bySymbol((rules) => rules),
    configs: bySymbol((rules) => ({
      leverage: Math.min(LEVERAGE, bracketOf(rules, 0n).leverageMax),
      marginType: 'cross' as const,
    })),
    books: bySymbol(emptyBook),
    marks: bySymbol(({ fundingIntervalHours }) => {
      const interval = fundingIntervalHours * HOUR_MS;
      const nextFundingTime = (Math.floor(startTime / interval) + 1) * interval;
      return { price: 0n, isOwn: false, nextFundingTime };
    }),
    wallets: { ...options.balances },
    warnedAssets: [],
    positions: {},
    orders: [],
    algoOrders: [],
    trades: [],
    income: [],
  };
}
