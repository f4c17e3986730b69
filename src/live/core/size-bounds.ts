import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  divideDecimals,
  maxDecimal,
  multiplyDecimals,
  roundToStep,
} from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import { floorQuantity } from '../../exchange/ports/instrument.js';
import { AFFORDABLE_TOLERANCE } from '../../semantics/index.js';
import { type RiskFacts, type RiskRefused, SELLABLE_MARGIN } from './risk.js';

/** Why an entry is not sent, or would be refused by the exchange. */
export type SizeRefusal = RiskRefused['refusal'] | 'leverage-bracket';

/** The largest or the smallest quantity that one rule permits. */
export interface SizeBound {
  /** On the grid of market orders; base. */
  readonly quantity: Decimal;
  /** What an order beyond it is refused for. */
  readonly refusal: SizeRefusal;
}

/** Between which quantities an entry may be sent. */
export interface SizeBounds {
  /** `undefined` when no quantity is enough. */
  readonly least: SizeBound | undefined;
  /** `undefined` without any. */
  readonly most: SizeBound | undefined;
}

/** What bounds the size of an entry. */
export interface SizeFacts extends RiskFacts {
  /** USD-M: the largest position at the leverage of the account, quote; 0 without a bound. */
  readonly bracketNotional: Decimal;
}

/** More than any instrument has; base. */
const QUANTITY_MAX = 9e12;

/**
 * Returns which quantities of an entry pass `assessRisk` as far as their size decides.
 *
 * @param facts - Instrument, limits, price, stop and money.
 */
export function sizeBounds(facts: SizeFacts): SizeBounds {
  return { least: leastOf(facts), most: mostOf(facts) };
}

function leastOf(facts: SizeFacts): SizeBound | undefined {
  const { instrument, price } = facts;
  const { quantityMin, marketQuantityMin, notionalMin } = instrument;
  const lot = ceilQuantity(instrument, maxDecimal(maxDecimal(quantityMin, marketQuantityMin), 1n));
  let least: SizeBound = { quantity: lot, refusal: 'quantity-range' };
  const raise = (quantity: Decimal, refusal: SizeBound['refusal']): void => {
    const onGrid = ceilQuantity(instrument, quantity);
    if (onGrid > least.quantity) least = { quantity: onGrid, refusal };
  };
  if (price <= 0n) return undefined;
  if (instrument.notionalMinAppliesToMarket) {
    raise(divideDecimals(notionalMin, price, 'up'), 'notional');
  }
  if (instrument.market !== 'spot') return least;
  const stopPrice = multiplyDecimals(facts.stopPrice ?? price, SELLABLE_MARGIN);
  const kept = decimalFromNumber(1 - facts.commissionRate);
  if (stopPrice <= 0n || kept <= 0n) return undefined;
  const sold = maxDecimal(lot, divideDecimals(notionalMin, stopPrice, 'up'));
  raise(divideDecimals(ceilQuantity(instrument, sold), kept, 'up'), 'unsellable-at-stop');
  return least;
}

function mostOf(facts: SizeFacts): SizeBound | undefined {
  const { instrument, limits, price, commissionRate } = facts;
  const isSpot = instrument.market === 'spot';
  let most: SizeBound | undefined;
  const lower = (quantity: Decimal, refusal: SizeBound['refusal']): void => {
    const onGrid = floorQuantity(instrument, maxDecimal(quantity, 0n), true);
    if (most === undefined || onGrid < most.quantity) most = { quantity: onGrid, refusal };
  };
  const worth = (notional: Decimal): Decimal => divideDecimals(notional, price);
  const limit = (quote: number | undefined, refusal: SizeBound['refusal']): void => {
    if (quote !== undefined && quote < QUANTITY_MAX)
      lower(worth(decimalFromNumber(quote)), refusal);
  };
  for (const lot of [instrument.quantityMax, instrument.marketQuantityMax]) {
    if (lot > 0n) lower(lot, 'quantity-range');
  }
  if (instrument.notionalMaxAppliesToMarket && instrument.notionalMax > 0n) {
    lower(worth(instrument.notionalMax), 'notional');
  }
  limit(limits.maxOrderNotional, 'order-notional');
  limit(limits.maxPositionNotional, 'position-notional');
  const pays = (leverage: number, rate: number, funds: number): Decimal => {
    const each = decimalToNumber(price) * (1 / leverage + rate);
    const quantity = (Math.max(0, funds) * (1 + AFFORDABLE_TOLERANCE / 2)) / each;
    return decimalFromNumber(Math.min(quantity, QUANTITY_MAX));
  };
  lower(pays(facts.ownLeverage, commissionRate, facts.ownFunds), 'beyond-own-balance');
  // Spot takes the commission from the coins bought.
  const rate = isSpot ? 0 : commissionRate;
  lower(pays(facts.leverage, rate, decimalToNumber(facts.quoteFree)), 'insufficient-balance');
  if (facts.bracketNotional > 0n) lower(worth(facts.bracketNotional), 'leverage-bracket');
  return most;
}

/** The smallest quantity on the grid of market orders that is not below the one wanted. */
function ceilQuantity({ stepSize, marketStepSize }: InstrumentRules, quantity: Decimal): Decimal {
  return roundToStep(roundToStep(quantity, stepSize, 'up'), marketStepSize, 'up');
}
