import { type Decimal, decimalFromNumber, decimalToNumber } from '../../domain/index.js';
import { floorQuantity, type InstrumentRules } from '../../exchange/index.js';
import {
  marketFillPrice,
  quantityOfBalance,
  type SideSign,
  type TradeRules,
} from '../../semantics/index.js';

/** Beyond every lot size of an exchange, and still a decimal; base. */
const QUANTITY_MAX = 9e12;

/** What an entry is sized by. */
export interface EntryBasis {
  readonly side: SideSign;
  /** That it is expected to meet, before slippage; quote per base. */
  readonly price: Decimal;
  /** Of the bot; quote. */
  readonly balance: Decimal;
}

/**
 * Returns the quantity of an entry by the rules of the backtest (S-28), put on the grid of the instrument: never more than
 * they give, so that margin and commission fit the balance.
 *
 * @param rules - Of the bot.
 * @param instrument - Grid of market orders.
 * @param basis - Side, price and balance.
 * @returns Base; 0 when the grid is coarser than the size.
 */
export function entryQuantity(
  rules: Pick<TradeRules, 'size' | 'leverage' | 'commissionRate' | 'slippageRate'>,
  instrument: InstrumentRules,
  { side, price, balance }: EntryBasis,
): Decimal {
  const { size, leverage, commissionRate, slippageRate } = rules;
  if ('units' in size) return floorQuantity(instrument, decimalFromNumber(size.units), true);
  const expected = marketFillPrice(decimalToNumber(price), side, slippageRate);
  const wanted = quantityOfBalance(
    decimalToNumber(balance),
    size.equityFraction,
    leverage,
    expected,
    commissionRate,
  );
  const nearest = decimalFromNumber(Math.min(wanted, QUANTITY_MAX));
  const below = decimalToNumber(nearest) > wanted ? nearest - 1n : nearest;
  return floorQuantity(instrument, below, true);
}
