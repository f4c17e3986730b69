import type { EngineRules } from './trade-rules.js';

/**
 * Tells whether a run may take long positions at all (S-25).
 *
 * @param rules - Only `direction` counts.
 */
export function longPermitted(rules: Pick<EngineRules, 'direction'>): boolean {
  return rules.direction !== 'short';
}

/**
 * Tells whether a run may take short positions at all: never on spot (S-25).
 *
 * @param rules - Market and direction.
 */
export function shortPermitted(rules: Pick<EngineRules, 'direction' | 'market'>): boolean {
  return rules.direction !== 'long' && rules.market !== 'spot';
}

/**
 * Tells whether the next candle opens later than the one before ends: entries decided before are dropped (S-20).
 *
 * @param openTime - Of the candle of the decision, ms UTC.
 * @param nextOpenTime - Of the next candle present, ms UTC.
 * @param timeframeMs - Δ, ms.
 */
export function isAcrossGap(openTime: number, nextOpenTime: number, timeframeMs: number): boolean {
  return nextOpenTime > openTime + timeframeMs;
}

/**
 * Returns the direction that stays blocked after a candle's close with `re_entry: new_signal` (S-26).
 *
 * @param blocked - Direction of the exit inside a candle (§4) that waits for a new signal: +1, -1, or 0 for none.
 * @param signal - `s[j]` of a candle from the exit candle on.
 * @returns `blocked` while the signal is still the same, then 0.
 */
export function stillBlocked(blocked: number, signal: number): number {
  return signal === blocked ? blocked : 0;
}

/**
 * Tells whether the loss limit has tripped (S-30): from then on nothing is entered, and nothing counted as skipped.
 *
 * @param cumulativeNetPnl - Sum of `net_pnl` in the order of the exits, each added to the sum before; quote.
 * @param maxCumulativeLoss - Positive, quote; `Infinity` when there is no limit.
 */
export function isLossLimitReached(cumulativeNetPnl: number, maxCumulativeLoss: number): boolean {
  return cumulativeNetPnl <= -maxCumulativeLoss;
}

/** A balance that is smaller than this share of the initial one is gone (S-31). */
export const RUINED_SHARE = 1e-9;

/**
 * Tells whether the balance is gone: from then on nothing is entered or counted (S-31).
 *
 * @param balance - Quote.
 * @param allowOverdraft - Lifts the rule.
 * @param initialBalance - Quote. Default 0: gone is what is not above 0.
 */
export function isRuined(balance: number, allowOverdraft: boolean, initialBalance = 0): boolean {
  return balance <= RUINED_SHARE * initialBalance && !allowOverdraft;
}
