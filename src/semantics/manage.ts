import type { OpenPosition } from './open-position.js';
import type { PositionLevels } from './position-levels.js';
import { tighterStop } from './stop-levels.js';

/** What `manage` sees at the close of a candle (S-85). */
export interface ManageView {
  /** Candle that has closed. */
  readonly i: number;
  /** +1 long, -1 short. */
  readonly side: 1 | -1;
  readonly entryPrice: number;
  readonly entryIndex: number;
  /** Closes at which the position was open; 1 at the close of the entry candle. */
  readonly closesHeld: number;
  /** Of the close and of the best price so far, fractions of the entry price. */
  readonly profit: number;
  readonly peakProfit: number;
  /** Levels of the next candle, ruin and liquidation left out; `NaN` when there is none. */
  readonly stop: number;
  readonly target: number;
}

/** What `manage` wants; a key that is absent or `NaN` changes nothing. */
export interface ManageResult {
  /** Leave at the next open. */
  readonly exit?: boolean | undefined;
  /** One more stop level from the next candle on; never looser than what was set before. */
  readonly stop?: number | undefined;
  /** In place of every other target from the next candle on; `Infinity` is none. */
  readonly target?: number | undefined;
}

/** A pure function of the view and of columns up to candle `i`; it keeps no state of its own (S-85). */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement is one, too.
export type Manage = (view: ManageView) => ManageResult | undefined | void;

/**
 * Returns what `manage` sees.
 *
 * @param position - After the close of a candle.
 * @param levels - Of the next candle.
 * @param i - Candle that has closed.
 * @param close - Its close.
 */
export function manageView(
  position: OpenPosition,
  levels: PositionLevels,
  i: number,
  close: number,
): ManageView {
  const { side, entryPrice, entryIndex, closesHeld, peak } = position;
  return {
    i,
    side,
    entryPrice,
    entryIndex,
    closesHeld,
    profit: (side * (close - entryPrice)) / entryPrice,
    peakProfit: (side * (peak - entryPrice)) / entryPrice,
    stop: finiteOrNaN(levels.ownStop),
    target: finiteOrNaN(levels.target),
  };
}

/**
 * Takes over the levels that `manage` returned (S-85).
 *
 * @param position - Changed in place.
 * @param result - Without an exit.
 * @returns Whether a level was set.
 */
export function setManagedLevels(position: OpenPosition, result: ManageResult): boolean {
  const { stop = Number.NaN, target = Number.NaN } = result;
  if (!Number.isNaN(stop)) {
    const { managedStop, side } = position;
    position.managedStop = Number.isNaN(managedStop) ? stop : tighterStop(side, managedStop, stop);
  }
  if (!Number.isNaN(target)) position.managedTarget = target;
  return !Number.isNaN(stop) || !Number.isNaN(target);
}

function finiteOrNaN(level: number): number {
  return Number.isFinite(level) ? level : Number.NaN;
}
