import { type Decimal, multiplyDecimals } from '../../domain/index.js';
import { refusals } from './refusal.js';
import { isStopType, type SpotOrderTerms } from './spot-order.js';
import type { SpotSymbol } from './spot-symbol.js';

/** What the filters look at beside the order. */
export interface FilterContext {
  /** Average price of the last minutes; quote per base. */
  readonly averagePrice: Decimal;
  readonly openOrders: number;
  readonly openStopOrders: number;
}

/**
 * Applies the symbol's filters in the order of exchangeInfo.
 *
 * @param rules - Rules of the symbol.
 * @param terms - Order to check.
 * @param context - State of the market and of the account.
 * @throws {Refusal} -1013 `Filter failure: NAME` for the first filter that fails.
 */
export function applyFilters(
  rules: SpotSymbol,
  terms: SpotOrderTerms,
  context: FilterContext,
): void {
  for (const price of [terms.price, terms.stopPrice]) {
    if (price > 0n && !isAllowedPrice(rules, price)) throw refusals.filter('PRICE_FILTER');
  }
  const { averagePrice } = context;
  if (terms.price > 0n && !isNearAverage(rules, terms.price, averagePrice)) {
    throw refusals.filter('PERCENT_PRICE_BY_SIDE');
  }
  const isMarket = terms.price === 0n;
  if (terms.quantity > 0n) {
    if (!isAllowedQuantity(rules, terms.quantity)) throw refusals.filter('LOT_SIZE');
    if (isMarket && terms.quantity > rules.marketMaxQuantity) {
      throw refusals.filter('MARKET_LOT_SIZE');
    }
  }
  const price = isMarket ? (terms.stopPrice > 0n ? terms.stopPrice : averagePrice) : terms.price;
  const notional =
    terms.quoteQuantity > 0n ? terms.quoteQuantity : multiplyDecimals(price, terms.quantity);
  if (notional < rules.minNotional && (!isMarket || rules.applyMinToMarket)) {
    throw refusals.filter('NOTIONAL');
  }
  if (notional > rules.maxNotional && (!isMarket || rules.applyMaxToMarket)) {
    throw refusals.filter('NOTIONAL');
  }
  if (context.openOrders >= rules.maxOrders) throw refusals.filter('MAX_NUM_ORDERS');
  if (isStopType(terms.type) && context.openStopOrders >= rules.maxStopOrders) {
    throw refusals.filter('MAX_NUM_ALGO_ORDERS');
  }
}

function isAllowedPrice(rules: SpotSymbol, price: Decimal): boolean {
  return price >= rules.minPrice && price <= rules.maxPrice && price % rules.tickSize === 0n;
}

function isAllowedQuantity(rules: SpotSymbol, quantity: Decimal): boolean {
  return (
    quantity >= rules.minQuantity &&
    quantity <= rules.maxQuantity &&
    quantity % rules.stepSize === 0n
  );
}

function isNearAverage(rules: SpotSymbol, price: Decimal, average: Decimal): boolean {
  return (
    price <= multiplyDecimals(average, rules.priceMultiplierUp) &&
    price >= multiplyDecimals(average, rules.priceMultiplierDown)
  );
}
