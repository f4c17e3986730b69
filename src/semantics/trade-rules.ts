import type { Direction, Market } from '../domain/index.js';

/** How an entry is sized (S-28): a fixed base quantity, or a share of the balance. */
export type PositionSize = { readonly units: number } | { readonly equityFraction: number };

/** The sizes of `PositionSize`, or the share of the balance that the stop may lose (S-78). */
export type EntrySize = PositionSize | { readonly riskFraction: number };

/** From a candle after the entry candle on (0 is the entry candle), the distance of the target (S-74). */
export interface ProfitTarget {
  readonly fromCandle: number;
  /** Of the entry price. */
  readonly fraction: number;
}

/** A part of a position that leaves at a level of its own (S-76). */
export interface ScaleOutPart {
  /** Distance of the level, of the entry price. */
  readonly fraction: number;
  /** Of the entry quantity. */
  readonly share: number;
}

/** Everything about money and stops that turns signals into trades; rates and stops are fractions of one. */
export interface EngineRules {
  readonly market: Market;
  readonly direction: Direction;
  /** Quote. */
  readonly initialBalance: number;
  readonly size: EntrySize;
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
  /** Multiples of the ATR of the decision (S-70). */
  readonly stopLossAtr?: number;
  readonly takeProfitAtr?: number;
  readonly trailingStopAtr?: number;
  /** Candles. Default 14 (`EXIT_ATR_PERIOD`). */
  readonly exitAtrPeriod?: number;
  /** Profit at which the trailing stop begins (S-72). */
  readonly trailingActivation?: number;
  /** Profit at which the stop moves to the entry price, and how far beyond it (S-73); the offset is 0 by default. */
  readonly breakEven?: number;
  readonly breakEvenOffset?: number;
  /** In place of `takeProfit` (S-74). Candles ascend from 0. */
  readonly profitTargets?: readonly ProfitTarget[];
  /** S-75. */
  readonly maxCandlesHeld?: number;
  /** Fractions ascend (S-76). */
  readonly scaleOut?: readonly ScaleOutPart[];
  /** What a signal exit must at least have gained; may be negative (S-84). */
  readonly exitMinProfit?: number;
  /** Default 0 (S-77). */
  readonly cooldownCandles?: number;
  /** Neutral closes an open position (S-03). */
  readonly exitOnNeutral: boolean;
  /** S-26. */
  readonly reEntry: 'immediate' | 'new-signal';
  /** Positive, quote (S-30). */
  readonly maxCumulativeLoss?: number;
}

/** Everything about money and stops that turns signals into trades, as settings give it: its size needs no stop. */
export interface TradeRules extends EngineRules {
  readonly size: PositionSize;
}

/** Period of the ATR that distances are multiples of (S-70, §9). */
export const EXIT_ATR_PERIOD = 14;
