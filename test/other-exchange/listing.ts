import { type Exact, exact } from '../exact.js';

export type MarketName = 'spot' | 'usdm';

/** An instrument and its rules. */
export interface Listing {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tick: Exact;
  readonly step: Exact;
  readonly startPrice: Exact;
  /** Notional that an order must have at least; quote. */
  readonly minNotional: Exact;
  /** Largest order, and largest market order; base. */
  readonly maxQuantity: Exact;
  readonly marketMaxQuantity: Exact;
  /** Notional that rests on each level of the book; quote. */
  readonly levelNotional: Exact;
}

/** A listing in plain texts; what is left out is wide enough for every test. */
export interface ListingTexts {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tick: string;
  readonly step: string;
  readonly startPrice: string;
  readonly minNotional?: string;
  readonly levelNotional?: string;
}

export function listing(texts: ListingTexts): Listing {
  const startPrice = exact(texts.startPrice);
  const millions = (count: bigint): Exact => {
    const quantity = (exact(count * 1_000_000n) * 10n ** 18n) / startPrice;
    const step = exact(texts.step);
    return (quantity / step) * step + step;
  };
  return {
    symbol: texts.symbol,
    base: texts.base,
    quote: texts.quote,
    tick: exact(texts.tick),
    step: exact(texts.step),
    startPrice,
    minNotional: exact(texts.minNotional ?? '5'),
    maxQuantity: millions(50n),
    marketMaxQuantity: millions(5n),
    levelNotional: exact(texts.levelNotional ?? '700'),
  };
}
