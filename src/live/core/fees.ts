import {
  type Decimal,
  decimalFromNumber,
  maxDecimal,
  minDecimal,
  multiplyDecimals,
} from '../../domain/index.js';
import type { Fill, InstrumentRules } from '../../exchange/ports/index.js';
import type { SideSign } from '../../semantics/index.js';

/** What a fill's commission took, and from where. */
export interface FeeShare {
  /** `quote` and `coins` are part of the cash and of the coins of the position; everything else is a cost beside them. */
  readonly kind: 'quote' | 'coins' | 'other';
  /** Taken from the coins of the position; base. */
  readonly fromPosition: Decimal;
  /** Taken from coins of the same kind that are not the bot's; base. */
  readonly fromStock: Decimal;
  /** What was taken elsewhere, valued; quote. */
  readonly cost: Decimal;
}

/** A commission that is part of the cash. */
export const PAID_IN_QUOTE: FeeShare = { kind: 'quote', fromPosition: 0n, fromStock: 0n, cost: 0n };

export interface FeeFacts {
  readonly rules: Pick<InstrumentRules, 'baseAsset' | 'quoteAsset'>;
  /** Coins of the base asset on the account that are not the bot's. */
  readonly stock: Decimal;
  /** Prices of other assets, quote per unit. */
  readonly prices: Readonly<Record<string, Decimal>>;
  /** Commission of the settings, fraction: values an asset whose price is not known. */
  readonly commissionRate: Decimal;
}

/**
 * Returns what a commission costs. An entry that buys pays in the coins that it bought; an exit that pays in the coin that it
 * sells takes it from the stock of others first, at the price of the fill, and otherwise from what the position left.
 * Commission in a third asset is valued at its last known price.
 */
export function feeShareOf(fill: Fill, side: SideSign, facts: FeeFacts): FeeShare {
  const { commission, commissionAsset, price } = fill;
  const { baseAsset, quoteAsset } = facts.rules;
  if (commissionAsset === quoteAsset) return PAID_IN_QUOTE;
  if (commissionAsset === baseAsset) {
    const isBought = fill.side === 'buy' && side > 0;
    const fromStock = isBought ? 0n : maxDecimal(minDecimal(commission, facts.stock), 0n);
    const cost = multiplyDecimals(fromStock, price, 'up');
    return { kind: 'coins', fromPosition: commission - fromStock, fromStock, cost };
  }
  const known = facts.prices[commissionAsset];
  const cost =
    known === undefined
      ? multiplyDecimals(multiplyDecimals(price, fill.quantity), facts.commissionRate, 'up')
      : multiplyDecimals(commission, known, 'up');
  return { ...PAID_IN_QUOTE, kind: 'other', cost: commission === 0n ? 0n : cost };
}

/** A commission rate of the settings as a decimal. */
export function commissionRateDecimal(rate: number): Decimal {
  return decimalFromNumber(Math.max(0, rate));
}
