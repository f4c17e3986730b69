import { leavesBySide } from './trade-columns.js';

/**
 * Tells whether the close of a candle decides to leave: by an opposite signal, an exit column, or neutral (S-03, S-06, S-24).
 *
 * @param side - Of the position: +1 long, -1 short.
 * @param signal - `s[i]`, or `n[i]` as `entryBeside()` has it.
 * @param leave - `x[i]`, 0 without an exit column.
 * @param exitOnNeutral - Neutral leaves.
 */
export function leavesBySignal(
  side: number,
  signal: number,
  leave: number,
  exitOnNeutral: boolean,
): boolean {
  return signal === -side || leavesBySide(side, leave) || (signal === 0 && exitOnNeutral);
}

/**
 * Tells whether a signal exit has gained too little and is dropped, with the entry half of its reversal (S-84).
 *
 * Arithmetic: `side * (close - entryPrice) < minProfit * entryPrice`, exact.
 *
 * @param side - +1 long, -1 short.
 * @param entryPrice - E.
 * @param close - Of the candle that decides.
 * @param minProfit - Fraction; `undefined` drops nothing.
 */
export function gainsTooLittle(
  side: number,
  entryPrice: number,
  close: number,
  minProfit: number | undefined,
): boolean {
  return minProfit !== undefined && side * (close - entryPrice) < minProfit * entryPrice;
}

/**
 * Tells whether a position has been held for as long as it may be (S-75).
 *
 * @param closesHeld - The close of the entry candle is the first.
 * @param maxCandlesHeld - `undefined` for as long as it takes.
 */
export function isTimeUp(closesHeld: number, maxCandlesHeld: number | undefined): boolean {
  return maxCandlesHeld !== undefined && closesHeld >= maxCandlesHeld;
}

/**
 * Tells whether an entry at the open of a candle comes too soon after an exit (S-77).
 *
 * @param candle - Of the entry, by index.
 * @param lastExit - Candle of the last exit, at its open or inside; `undefined` before the first.
 * @param cooldownCandles - 0 for no pause.
 */
export function coolsDown(
  candle: number,
  lastExit: number | undefined,
  cooldownCandles: number,
): boolean {
  return lastExit !== undefined && candle < lastExit + cooldownCandles;
}

/**
 * Tells whether an exit makes its direction wait for a new signal, where entries do (S-26).
 *
 * @param reason - Why the position was left.
 */
export function waitsAfter(reason: string): boolean {
  return reason !== 'signal' && reason !== 'end-of-data';
}
