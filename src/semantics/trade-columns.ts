/** Numbers of one candle that a strategy gives beside its signal (S-07), by candle; absent columns say nothing. */
export interface TradeColumns {
  /** Distance of a stop from the entry price, quote per unit, > 0, `Infinity` for none. Shape `[n]`. */
  readonly stopDistance?: Float64Array | undefined;
  /** Distance of a target, likewise. */
  readonly targetDistance?: Float64Array | undefined;
  /** Multiplies the quantity of an entry, in (0, 1] (S-79). */
  readonly size?: Float64Array | undefined;
  /** Which entry is made first in a portfolio. Nothing else reads it. */
  readonly rank?: Float64Array | undefined;
}

/** Bits of an exit column (S-06): which sides leave. */
export const LEAVE_LONG = 1;
export const LEAVE_SHORT = 2;

/** The distances and the share of one entry, of the candle that decided it; `Infinity` and 1 where nothing is set. */
export interface EntryColumns {
  readonly stopDistance: number;
  readonly targetDistance: number;
  readonly size: number;
}

/**
 * Reads the columns at the candle of a decision.
 *
 * @param columns - Of the strategy.
 * @param decision - Candle.
 * @returns `undefined` when a value is `NaN` or out of range: the entry is not made (S-07).
 */
export function columnsAt(
  columns: TradeColumns | undefined,
  decision: number,
): EntryColumns | undefined {
  const stopDistance = columns?.stopDistance?.[decision] ?? Number.POSITIVE_INFINITY;
  const targetDistance = columns?.targetDistance?.[decision] ?? Number.POSITIVE_INFINITY;
  const size = columns?.size?.[decision] ?? 1;
  const isValid = stopDistance > 0 && targetDistance > 0 && size > 0 && size <= 1;
  return isValid ? { stopDistance, targetDistance, size } : undefined;
}

/**
 * Returns the entry that a candle stands for: one whose side leaves at the same close counts as neutral (S-06).
 *
 * @param enter - `n[i]`.
 * @param leave - `x[i]`, bits `LEAVE_LONG` and `LEAVE_SHORT`.
 */
export function entryBeside(enter: number, leave: number): number {
  return leavesBySide(enter, leave) ? 0 : enter;
}

/**
 * Tells whether an exit column closes a side (S-06).
 *
 * @param side - +1 long, -1 short; 0 is none.
 * @param leave - `x[i]`.
 */
export function leavesBySide(side: number, leave: number): boolean {
  return (side > 0 && (leave & LEAVE_LONG) !== 0) || (side < 0 && (leave & LEAVE_SHORT) !== 0);
}
