import type { ExitReason } from '../domain/index.js';

/**
 * Returns a stop price that is never reached: what a rule without that stop uses.
 *
 * @param side - +1 long, -1 short.
 * @returns -Infinity for a long, +Infinity for a short.
 */
export function noStop(side: number): number {
  return side > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * Returns a take-profit price that is never reached.
 *
 * @param side - +1 long, -1 short.
 * @returns +Infinity for a long, -Infinity for a short.
 */
export function noTakeProfit(side: number): number {
  return side > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/**
 * Returns the stop level `E * (1 - sl)` of a long, `E * (1 + sl)` of a short (§4).
 *
 * Arithmetic: `entryPrice * (1 - side * fraction)`, one multiplication with the price.
 *
 * @param entryPrice - Entry fill price after slippage.
 * @param side - +1 long, -1 short.
 * @param fraction - `stop_loss_pct`, in (0, 1).
 */
export function stopLossLevel(entryPrice: number, side: number, fraction: number): number {
  return entryPrice * (1 - side * fraction);
}

/**
 * Returns the take-profit level `E * (1 + tp)` of a long, `E * (1 - tp)` of a short (§4).
 *
 * Arithmetic: `entryPrice * (1 + side * fraction)`.
 *
 * @param entryPrice - Entry fill price after slippage.
 * @param side - +1 long, -1 short.
 * @param fraction - `take_profit_pct`, > 0, below 1 for a short.
 */
export function takeProfitLevel(entryPrice: number, side: number, fraction: number): number {
  return entryPrice * (1 + side * fraction);
}

/**
 * Returns the trailing level `P * (1 - tsl)` of a long, `P * (1 + tsl)` of a short (§4).
 *
 * Arithmetic: `peakPrice * (1 - side * fraction)`.
 *
 * @param peakPrice - Best price of completed candles since entry (S-40).
 * @param side - +1 long, -1 short.
 * @param fraction - `trailing_stop_loss_pct`, in (0, 1).
 */
export function trailingStopLevel(peakPrice: number, side: number, fraction: number): number {
  return peakPrice * (1 - side * fraction);
}

/**
 * Returns the price at which equity is zero: one more stop level, that only shorts and leverage can reach (S-31).
 *
 * Arithmetic: `entryPrice - (side * balance) / quantity`.
 *
 * @param entryPrice - Entry fill price after slippage.
 * @param side - +1 long, -1 short.
 * @param balance - After the entry commission, quote.
 * @param quantity - Base.
 */
export function ruinLevel(
  entryPrice: number,
  side: number,
  balance: number,
  quantity: number,
): number {
  return entryPrice - (side * balance) / quantity;
}

/**
 * Returns the best price of completed candles after one more of them: the trailing stop moves once per close (S-40).
 *
 * @param peakPrice - Best price so far; the entry price on the entry candle.
 * @param side - +1 long, -1 short.
 * @param high - High of the candle whose checks are done.
 * @param low - Its low.
 */
export function raisePeak(peakPrice: number, side: number, high: number, low: number): number {
  return side > 0 ? Math.max(peakPrice, high) : Math.min(peakPrice, low);
}

/**
 * Returns the tighter of two stop levels: the higher for a long, the lower for a short (§4).
 *
 * @param side - +1 long, -1 short.
 * @param a - A level, `noStop(side)` when there is none.
 * @param b - Another.
 */
export function tighterStop(side: number, a: number, b: number): number {
  return side > 0 ? Math.max(a, b) : Math.min(a, b);
}

/**
 * Names the exit at the effective stop: `trailing-stop` only when strictly tighter than the others, then
 * `stop-loss`, then `liquidation` (S-44).
 *
 * @param side - +1 long, -1 short.
 * @param stopLoss - Level, `noStop(side)` when there is none.
 * @param trailing - Likewise.
 * @param ruin - Likewise.
 */
export function stopReason(
  side: number,
  stopLoss: number,
  trailing: number,
  ruin: number,
): Extract<ExitReason, 'stop-loss' | 'trailing-stop' | 'liquidation'> {
  if (side * trailing > side * stopLoss && side * trailing > side * ruin) return 'trailing-stop';
  return side * stopLoss >= side * ruin ? 'stop-loss' : 'liquidation';
}
