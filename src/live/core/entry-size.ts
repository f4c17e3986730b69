import { type Decimal, decimalFromNumber, decimalToNumber } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import { floorQuantity } from '../../exchange/ports/instrument.js';
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
 * Returns the lowest price at which a long plans to leave: of the stop-loss and the trailing stop the one farther away.
 *
 * @param rules - Of the bot.
 * @param price - Of the entry, quote per base.
 */
export function lowestStopPrice(
  { stopLoss, trailingStop }: Pick<TradeRules, 'stopLoss' | 'trailingStop'>,
  price: Decimal,
): Decimal {
  return decimalFromNumber(
    decimalToNumber(price) * (1 - Math.max(stopLoss ?? 0, trailingStop ?? 0)),
  );
}

/**
 * Returns the quantity of an entry by the rules of the backtest (S-28), put on the grid of the instrument: never more than
 * they give, and never more than margin and commission leave of the balance.
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
  const own = decimalToNumber(balance);
  const quote = decimalToNumber(price);
  const wanted = Math.min(
    quantityOfBalance(own, size.equityFraction, leverage, expected, commissionRate),
    // A short is expected to sell lower; the exchange counts its margin at the price before slippage.
    quantityOfBalance(own, 1, leverage, quote, commissionRate),
  );
  const nearest = decimalFromNumber(Math.min(wanted, QUANTITY_MAX));
  const below = decimalToNumber(nearest) > wanted ? nearest - 1n : nearest;
  return floorQuantity(instrument, below, true);
}
