import type { SideSign } from './fills.js';
import { type EntryDistances, openPosition } from './open-position.js';
import { type LevelRules, levelsOf } from './position-levels.js';
import { quantityAtRisk, quantityOfBalance } from './sizing.js';
import { noStop } from './stop-levels.js';
import { columnsAt, type TradeColumns } from './trade-columns.js';
import type { EngineRules } from './trade-rules.js';

/** What the candle of a decision says about the entry. */
export interface EntryTerms {
  readonly distances: EntryDistances;
  /** Multiplies the quantity (S-79). */
  readonly size: number;
}

const NO_DISTANCES: EntryDistances = {
  stop: Number.POSITIVE_INFINITY,
  target: Number.POSITIVE_INFINITY,
  stopAtr: Number.POSITIVE_INFINITY,
  targetAtr: Number.POSITIVE_INFINITY,
  trailingAtr: Number.POSITIVE_INFINITY,
};
const PLAIN_TERMS: EntryTerms = { distances: NO_DISTANCES, size: 1 };

/**
 * Returns what the candle of a decision says about its entry (S-07, S-70).
 *
 * @param rules - Of the run.
 * @param columns - Of the strategy; absent when it gives none.
 * @param atr - `exitAtrPeriod` of the candles, where `usesAtr(rules)`. Shape `[n]`.
 * @param decision - Candle: the one before the entry candle.
 * @returns `undefined` when a column or the ATR is undefined: the entry is not made, and not counted.
 */
export function entryTerms(
  rules: EngineRules,
  columns: TradeColumns | undefined,
  atr: Float64Array | undefined,
  decision: number,
): EntryTerms | undefined {
  if (columns === undefined && atr === undefined) return PLAIN_TERMS;
  const given = columnsAt(columns, decision);
  if (given === undefined) return undefined;
  const range = atr === undefined ? Number.POSITIVE_INFINITY : atr[decision]!;
  if (!(range > 0)) return undefined;
  const multiple = (k: number | undefined): number =>
    k === undefined ? Number.POSITIVE_INFINITY : k * range;
  return {
    distances: {
      stop: given.stopDistance,
      target: given.targetDistance,
      stopAtr: multiple(rules.stopLossAtr),
      targetAtr: multiple(rules.takeProfitAtr),
      trailingAtr: multiple(rules.trailingStopAtr),
    },
    size: given.size,
  };
}

/**
 * Tells whether a run needs the ATR of its candles (S-70).
 *
 * @param rules - Of the run.
 */
export function usesAtr({ stopLossAtr, takeProfitAtr, trailingStopAtr }: EngineRules): boolean {
  return stopLossAtr !== undefined || takeProfitAtr !== undefined || trailingStopAtr !== undefined;
}

/**
 * Returns the quantity of an entry (S-28, S-78, S-79).
 *
 * @param levelRules - Of the run.
 * @param terms - Of the decision.
 * @param side - +1 long, -1 short.
 * @param price - Entry fill price after slippage.
 * @param balance - After every earlier fill, quote.
 * @returns Base; `undefined` when no stop stands at the entry, or at it: the entry is not made, and not counted.
 */
export function entryQuantity(
  levelRules: LevelRules,
  terms: EntryTerms,
  side: SideSign,
  price: number,
  balance: number,
): number | undefined {
  const { size, leverage, commissionRate } = levelRules.rules;
  if ('units' in size) return size.units * terms.size;
  const most = (fraction: number): number =>
    quantityOfBalance(balance, fraction, leverage, price, commissionRate);
  if ('equityFraction' in size) return most(size.equityFraction) * terms.size;
  const distance = stopDistanceAtEntry(levelRules, terms, side, price);
  if (!(distance > 0 && distance < Number.POSITIVE_INFINITY)) return undefined;
  return quantityAtRisk(balance, size.riskFraction, distance, most(1)) * terms.size;
}

/** From the entry price to the tightest stop of the rules but ruin; infinite when none stands there yet. */
function stopDistanceAtEntry(
  levelRules: LevelRules,
  { distances }: EntryTerms,
  side: SideSign,
  price: number,
): number {
  const entry = { side, entryIndex: 0, entryPrice: price, units: 0, entryCommission: 0, distances };
  return side * (price - levelsOf(openPosition(entry, noStop(side)), levelRules).ownStop);
}
