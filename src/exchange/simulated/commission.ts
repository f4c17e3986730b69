import { type Decimal, divideDecimals, multiplyDecimals } from '../../domain/index.js';
import type { SpotState } from './spot-state.js';

const BNB = 'BNB';

/** Quotes in which BNB has no price here: commission of their symbols cannot be paid in it. */
export function quotesWithoutBnbPrice({ symbols, books }: SpotState): string[] {
  const quotes = new Set(Object.values(symbols).map(({ quoteAsset }) => quoteAsset));
  return [...quotes].filter((quote) => quote !== BNB && !books[BNB + quote]?.lastPrice);
}

/**
 * Returns the commission of one fill: in the asset received (base when buying, quote when selling), or in BNB at the
 * discount where the account wants that and has enough.
 *
 * @param fill - What the fill brought in; `received` in units of `asset`, `notional` in quote.
 * @param state - Rates, balances and the price of BNB.
 */
export function commissionFor(
  fill: {
    readonly asset: string;
    readonly received: Decimal;
    readonly notional: Decimal;
    readonly quoteAsset: string;
    readonly isMaker: boolean;
  },
  state: SpotState,
): { readonly asset: string; readonly amount: Decimal } {
  const { commission, balances, books } = state;
  const rate = fill.isMaker ? commission.maker : commission.taker;
  if (commission.paysWithBNB) {
    const price = fill.quoteAsset === BNB ? 100_000_000n : books[BNB + fill.quoteAsset]?.lastPrice;
    if (price !== undefined && price > 0n) {
      const due = multiplyDecimals(multiplyDecimals(fill.notional, rate), commission.discount);
      const amount = divideDecimals(due, price);
      if ((balances[BNB]?.free ?? 0n) >= amount) return { asset: BNB, amount };
    }
  }
  return { asset: fill.asset, amount: multiplyDecimals(fill.received, rate) };
}
