import type { SideSign } from './fills.js';
import { excursionPercent, profitBetween, returnPercent } from './profit.js';
import { noStop, raisePeak, ruinLevel } from './stop-levels.js';

/** Distances that are fixed for the life of a trade, quote per unit (S-70); `Infinity` where there is none. */
export interface EntryDistances {
  /** Of the strategy's columns (S-07). */
  readonly stop: number;
  readonly target: number;
  /** Multiples of the ATR of the decision. */
  readonly stopAtr: number;
  readonly targetAtr: number;
  readonly trailingAtr: number;
}

/** How a position begins. */
export interface PositionEntry {
  readonly side: SideSign;
  /** Candle at whose open it was entered. */
  readonly entryIndex: number;
  /** E: fill price after slippage, quote per base. */
  readonly entryPrice: number;
  /** Entry quantity, base. */
  readonly units: number;
  /** Quote. */
  readonly entryCommission: number;
  readonly distances: EntryDistances;
}

/** An open position: everything that its levels and its row in the trade log are made of. Changed in place. */
export interface OpenPosition extends PositionEntry {
  /** What is left, base. */
  quantity: number;
  /** P: best price of completed candles since entry (S-40). */
  peak: number;
  /** Closes at which it was open, so the next candle is the one this many after the entry candle. */
  closesHeld: number;
  /** Price at which equity is zero (S-31); `noStop(side)` with overdraft. */
  ruin: number;
  /** What `manage` set (S-85); `NaN` where it set nothing. A target of `Infinity` is none. */
  managedStop: number;
  managedTarget: number;
  /** Parts that have left (S-76). */
  scaleOuts: number;
  /** Over the fills so far, in their order: Σ gross profit, Σ commission (the entry's first), Σ price × quantity; quote. */
  grossPnl: number;
  commission: number;
  exitValue: number;
  /** Extremes of the completed candles and of the exit fills, for MAE and MFE (§5). */
  highest: number;
  lowest: number;
}

/**
 * Returns a position at its entry.
 *
 * @param entry - Its fill.
 * @param ruin - `ruinLevel()`, or `noStop()` where ruin is no stop.
 */
export function openPosition(entry: PositionEntry, ruin: number): OpenPosition {
  const { side, entryIndex, entryPrice, units, entryCommission, distances } = entry;
  // Written out, so that every position has the same shape: engines make millions of them.
  return {
    side,
    entryIndex,
    entryPrice,
    units,
    entryCommission,
    distances,
    quantity: units,
    peak: entryPrice,
    closesHeld: 0,
    ruin,
    managedStop: Number.NaN,
    managedTarget: Number.NaN,
    scaleOuts: 0,
    grossPnl: 0,
    commission: entryCommission,
    exitValue: 0,
    highest: Number.NEGATIVE_INFINITY,
    lowest: Number.POSITIVE_INFINITY,
  };
}

/**
 * Moves a position that is still open over the close of a candle: peak and extremes (S-40, §5).
 *
 * @param position - Changed in place.
 * @param high - Of the candle.
 * @param low - Of the candle.
 */
export function completeCandle(position: OpenPosition, high: number, low: number): void {
  position.peak = raisePeak(position.peak, position.side, high, low);
  position.closesHeld++;
  position.highest = Math.max(position.highest, high);
  position.lowest = Math.min(position.lowest, low);
}

/**
 * Books the fill of an exit, or of a part of one: the sums of the trade (S-76).
 *
 * @param position - Changed in place.
 * @param price - Fill price after slippage.
 * @param quantity - Base.
 * @param commission - Of the fill, quote.
 * @returns Gross profit of the fill, quote.
 */
export function bookExitFill(
  position: OpenPosition,
  price: number,
  quantity: number,
  commission: number,
): number {
  const grossPnl = profitBetween(position.side, position.entryPrice, price, quantity);
  position.grossPnl += grossPnl;
  position.commission += commission;
  position.exitValue += price * quantity;
  position.quantity -= quantity;
  position.highest = Math.max(position.highest, price);
  position.lowest = Math.min(position.lowest, price);
  return grossPnl;
}

/**
 * Computes the ruin level anew after a scale-out, for the candles after it (S-31).
 *
 * @param position - Changed in place.
 * @param balance - At the close, quote.
 * @param allowOverdraft - Lifts the rule.
 */
export function renewRuin(position: OpenPosition, balance: number, allowOverdraft: boolean): void {
  const { side, entryPrice, quantity } = position;
  position.ruin = allowOverdraft ? noStop(side) : ruinLevel(entryPrice, side, balance, quantity);
}

/** What of a trade log row a closed position says (§5). */
export interface ClosedPosition {
  readonly exitPrice: number;
  readonly netPnl: number;
  readonly returnPct: number;
  readonly maePct: number;
  readonly mfePct: number;
}

/**
 * Returns the row of a position whose last fill is booked.
 *
 * @param position - Closed.
 * @param lastPrice - Fill price of its last exit: the exit price where there was one fill.
 */
export function closedPosition(position: OpenPosition, lastPrice: number): ClosedPosition {
  const { side, entryPrice, units } = position;
  const netPnl = position.grossPnl - position.commission;
  const [best, worst] =
    side > 0 ? [position.highest, position.lowest] : [position.lowest, position.highest];
  return {
    exitPrice: position.scaleOuts === 0 ? lastPrice : position.exitValue / units,
    netPnl,
    returnPct: returnPercent(netPnl, entryPrice, units),
    maePct: Math.min(0, excursionPercent(side, entryPrice, worst)),
    mfePct: Math.max(0, excursionPercent(side, entryPrice, best)),
  };
}
