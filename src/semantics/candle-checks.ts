/**
 * Tells whether a candle opens at or beyond the effective stop: it fills at the open (S-41).
 *
 * @param side - +1 long, -1 short.
 * @param open - Unslipped open.
 * @param stop - Effective stop, `noStop(side)` when there is none.
 */
export function opensBeyondStop(side: number, open: number, stop: number): boolean {
  return side > 0 ? open <= stop : open >= stop;
}

/**
 * Tells whether a candle opens at or beyond the take-profit: it fills at the open, without slippage (S-41).
 *
 * @param side - +1 long, -1 short.
 * @param open - Unslipped open.
 * @param takeProfit - Level, `noTakeProfit(side)` when there is none.
 */
export function opensBeyondTakeProfit(side: number, open: number, takeProfit: number): boolean {
  return side > 0 ? open >= takeProfit : open <= takeProfit;
}

/**
 * Tells whether a candle touches the effective stop; touching fills it (S-42, S-44).
 *
 * @param side - +1 long, -1 short.
 * @param high - Unslipped high.
 * @param low - Unslipped low.
 * @param stop - Effective stop, `noStop(side)` when there is none.
 */
export function touchesStop(side: number, high: number, low: number, stop: number): boolean {
  return side > 0 ? low <= stop : high >= stop;
}

/**
 * Tells whether a candle touches the take-profit; asked only after the stop was not touched (S-43, S-44).
 *
 * @param side - +1 long, -1 short.
 * @param high - Unslipped high.
 * @param low - Unslipped low.
 * @param takeProfit - Level, `noTakeProfit(side)` when there is none.
 */
export function touchesTakeProfit(
  side: number,
  high: number,
  low: number,
  takeProfit: number,
): boolean {
  return side > 0 ? high >= takeProfit : low <= takeProfit;
}

/**
 * Tells whether an exit inside a candle is ambiguous: stop and take-profit both lay in its range (S-46).
 *
 * @param high - High of the exit candle.
 * @param low - Its low.
 * @param stop - Effective stop, infinite when there is none.
 * @param takeProfit - Level, infinite when there is none.
 */
export function isAmbiguous(high: number, low: number, stop: number, takeProfit: number): boolean {
  return low <= stop && stop <= high && low <= takeProfit && takeProfit <= high;
}
