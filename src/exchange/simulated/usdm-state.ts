import type { Decimal } from '../../domain/index.js';
import type { BookState } from './order-book.js';
import type { AlgoOrder, UsdmOrder, UsdmTrade } from './usdm-order.js';
import type { UsdmSymbol } from './usdm-symbol.js';

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
