import {
  type Decimal,
  divideDecimals,
  maxDecimal,
  minDecimal,
  multiplyDecimals,
} from '../../domain/index.js';
import type { InstrumentRules, OrderRequest } from '../../exchange/ports/index.js';
import { floorQuantity } from '../../exchange/ports/instrument.js';

/** What the parts are meant for. */
export interface PartTerms {
  readonly type: OrderRequest['type'];
  /** Expected price, for the bounds of the notional; quote per base. */
  readonly price: Decimal;
  /** USD-M lets orders that only reduce be of any notional. */
  readonly reduceOnly?: boolean;
}

/**
 * Splits a quantity into orders that the instrument takes: as few as possible, the largest first. A last part that would
 * be too small for an order is made larger at the cost of the one before it.
 *
 * @param rules - Rules of the instrument.
 * @param quantity - On the grid of the instrument; base.
 * @param terms - Kind and price of the orders.
 * @param partsMax - Parts that are given at most.
 * @returns Parts that add up to the quantity, or `undefined` if more would be needed. A quantity that no splitting helps is
 *   returned as it is.
 */
export function splitQuantity(
  rules: InstrumentRules,
  quantity: Decimal,
  terms: PartTerms,
  partsMax: number,
): readonly Decimal[] | undefined {
  const most = largestOf(rules, terms);
  if (most === undefined || quantity <= most || most <= 0n) return [quantity];
  const whole = quantity / most;
  const rest = quantity - whole * most;
  if (whole + (rest > 0n ? 1n : 0n) > BigInt(partsMax)) return undefined;
  const parts = Array.from({ length: Number(whole) }, () => most);
  if (rest === 0n) return parts;
  if (!isTooSmall(rules, rest, terms)) return [...parts, rest];
  const half = floorQuantity(rules, (most + rest) / 2n, isMarketType(terms.type));
  if (isTooSmall(rules, half, terms)) return [...parts, rest];
  return [...parts.slice(0, -1), most + rest - half, half];
}

/**
 * Returns the first of those parts, whatever their number.
 *
 * @see splitQuantity
 */
export function firstPart(rules: InstrumentRules, quantity: Decimal, terms: PartTerms): Decimal {
  const most = largestOf(rules, terms);
  if (most === undefined || quantity <= most || most <= 0n) return quantity;
  // What follows is split again when this part is done: only a small rest matters now.
  const rest = quantity - most;
  const half = floorQuantity(rules, quantity / 2n, isMarketType(terms.type));
  const isTail = rest < most && isTooSmall(rules, rest, terms) && !isTooSmall(rules, half, terms);
  return isTail ? quantity - half : most;
}

/** Whether no order of its own takes the quantity. */
export function isTooSmall(rules: InstrumentRules, quantity: Decimal, terms: PartTerms): boolean {
  const isMarket = isMarketType(terms.type);
  const least = isMarket
    ? maxDecimal(rules.quantityMin, rules.marketQuantityMin)
    : rules.quantityMin;
  if (quantity <= 0n || quantity < least) return true;
  const isExempt = rules.market === 'usdm' && terms.reduceOnly === true;
  if (isExempt || (isMarket && !rules.notionalMinAppliesToMarket)) return false;
  return multiplyDecimals(terms.price, quantity) < rules.notionalMin;
}

/** The largest quantity of one order, on the grid; `undefined` without a bound. */
function largestOf(
  rules: InstrumentRules,
  { type, price }: Omit<PartTerms, 'reduceOnly'>,
): Decimal | undefined {
  const isMarket = isMarketType(type);
  const isBounded = rules.notionalMax > 0n && (!isMarket || rules.notionalMaxAppliesToMarket);
  const bounds = [
    rules.quantityMax,
    isMarket ? rules.marketQuantityMax : 0n,
    isBounded && price > 0n ? divideDecimals(rules.notionalMax, price) : 0n,
  ].filter((bound) => bound > 0n);
  if (bounds.length === 0) return undefined;
  const least = bounds.reduce((a, b) => minDecimal(a, b));
  return floorQuantity(rules, least, isMarket);
}

function isMarketType(type: OrderRequest['type']): boolean {
  return type === 'market' || type === 'stop-loss' || type === 'take-profit';
}
