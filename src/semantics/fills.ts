/** +1 for a long position, -1 for a short one: the factor that mirrors every rule. */
export type SideSign = 1 | -1;

/** +1 for an order that buys, -1 for one that sells. */
export type OrderSign = 1 | -1;

/**
 * Returns the fill price of a market order: slippage moves it against the trader (S-21).
 *
 * Arithmetic: `price * (1 + orderSign * slippageRate)`; `1 + (-r)` is the same double as `1 - r`.
 *
 * @param price - Unslipped price, quote per base.
 * @param orderSign - +1 buys, -1 sells. An entry buys for a long; its exit sells.
 * @param slippageRate - Fraction, `slippage_bps / 10_000`.
 * @returns Quote per base.
 */
export function marketFillPrice(price: number, orderSign: number, slippageRate: number): number {
  return price * (1 + orderSign * slippageRate);
}

/**
 * Returns the fill price of a stop: `stop_slippage_bps` beyond the price of any other market order (S-47).
 *
 * Arithmetic: `price * (1 + orderSign * (slippageRate + stopSlippageRate))`.
 *
 * @param price - Unslipped price, quote per base: the level, or the open beyond it.
 * @param orderSign - +1 buys, -1 sells.
 * @param slippageRate - Fraction.
 * @param stopSlippageRate - Fraction, `stop_slippage_bps / 10_000`. Default 0.
 * @returns Quote per base.
 */
export function stopFillPrice(
  price: number,
  orderSign: number,
  slippageRate: number,
  stopSlippageRate = 0,
): number {
  return marketFillPrice(price, orderSign, slippageRate + stopSlippageRate);
}

/**
 * Returns the commission of one fill (S-22).
 *
 * Arithmetic: `price * quantity * commissionRate`, from left to right.
 *
 * @param price - Fill price after slippage, quote per base.
 * @param quantity - Base.
 * @param commissionRate - Fraction per side, `commission_bps / 10_000`.
 * @returns Quote.
 */
export function commissionOf(price: number, quantity: number, commissionRate: number): number {
  return price * quantity * commissionRate;
}
