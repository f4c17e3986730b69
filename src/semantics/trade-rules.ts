import type { Direction, Market } from '../domain/index.js';

/** How an entry is sized (S-28): a fixed base quantity, or a share of the balance. */
export type PositionSize = { readonly units: number } | { readonly equityFraction: number };

/** Everything about money and stops that turns signals into trades; rates and stops are fractions of one. */
export interface TradeRules {
  readonly market: Market;
  readonly direction: Direction;
  /** Quote. */
  readonly initialBalance: number;
  readonly size: PositionSize;
  readonly leverage: number;
  /** Lifts S-29 and S-31. */
  readonly allowOverdraft: boolean;
  /** Per side; `commission_bps / 10_000`. */
  readonly commissionRate: number;
  /** `slippage_bps / 10_000`. */
  readonly slippageRate: number;
  /** `stop_slippage_bps / 10_000` (S-47). Default 0. */
  readonly stopSlippageRate?: number;
  readonly stopLoss?: number;
  readonly takeProfit?: number;
  readonly trailingStop?: number;
  /** Neutral closes an open position (S-03). */
  readonly exitOnNeutral: boolean;
  /** S-26. */
  readonly reEntry: 'immediate' | 'new-signal';
  /** Positive, quote (S-30). */
  readonly maxCumulativeLoss?: number;
}
