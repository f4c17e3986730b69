import { DECIMAL_ONE, type Decimal, multiplyDecimals, trimDecimal } from '../../domain/index.js';
import { usdmRefusals } from './refusal.js';
import type { AlgoOrderTerms, UsdmOrderTerms } from './usdm-order.js';
import { fitsPrecision } from './usdm-parameters.js';
import type { UsdmSymbol } from './usdm-symbol.js';

/**
 * Checks an order against the rules of its symbol.
 *
 * @param rules - Rules of the symbol.
 * @param terms - Order to check.
 * @param context - Mark price, and the open orders of the symbol.
 * @throws {Refusal} With the -1111, -2025 or -4xxx code of the first rule that it breaks.
 */
export function applyUsdmFilters(
  rules: UsdmSymbol,
  terms: UsdmOrderTerms,
  context: { readonly markPrice: Decimal; readonly openOrders: number },
): void {
  const isMarket = terms.type === 'MARKET';
  checkQuantity(rules, terms.quantity, isMarket);
  if (!isMarket) {
    checkPrice(rules, terms.price);
    checkMultiplier(rules, terms, context.markPrice);
  }
  const price = isMarket ? context.markPrice : terms.price;
  if (!terms.reduceOnly && multiplyDecimals(price, terms.quantity) < rules.minNotional) {
    throw usdmRefusals.notional(trimDecimal(rules.minNotional));
  }
  if (context.openOrders >= rules.maxOrders) throw usdmRefusals.tooManyOrders();
}

/**
 * Checks an algo order: its grids now, margin and price bounds only when it is released.
 *
 * @throws {Refusal} With the code of the first rule that it breaks.
 */
export function applyAlgoFilters(rules: UsdmSymbol, terms: AlgoOrderTerms): void {
  if (!terms.closesPosition) checkQuantity(rules, terms.quantity, terms.price === 0n);
  checkPrice(rules, terms.triggerPrice);
  if (terms.price > 0n) checkPrice(rules, terms.price);
  const price = terms.price > 0n ? terms.price : terms.triggerPrice;
  const isExempt = terms.closesPosition || terms.reduceOnly;
  if (!isExempt && multiplyDecimals(price, terms.quantity) < rules.minNotional) {
    throw usdmRefusals.notional(trimDecimal(rules.minNotional));
  }
}

/** Worst price at which a market order may be filled. */
export function marketBound(rules: UsdmSymbol, side: 'BUY' | 'SELL', markPrice: Decimal): Decimal {
  const factor = DECIMAL_ONE + (side === 'BUY' ? rules.marketTakeBound : -rules.marketTakeBound);
  return multiplyDecimals(markPrice, factor);
}

function checkQuantity(rules: UsdmSymbol, quantity: Decimal, isMarket: boolean): void {
  if (!fitsPrecision(quantity, rules.stepSize)) throw usdmRefusals.precision();
  if (quantity < rules.minQuantity) throw usdmRefusals.quantityTooSmall();
  if (quantity > (isMarket ? rules.marketMaxQuantity : rules.maxQuantity)) {
    throw usdmRefusals.quantityTooLarge();
  }
  if ((quantity - rules.minQuantity) % rules.stepSize !== 0n) throw usdmRefusals.step();
}

function checkPrice(rules: UsdmSymbol, price: Decimal): void {
  if (!fitsPrecision(price, rules.tickSize)) throw usdmRefusals.precision();
  if (price < rules.minPrice) throw usdmRefusals.priceTooLow();
  if (price > rules.maxPrice) throw usdmRefusals.priceTooHigh();
  if ((price - rules.minPrice) % rules.tickSize !== 0n) throw usdmRefusals.tick();
}

function checkMultiplier(rules: UsdmSymbol, terms: UsdmOrderTerms, markPrice: Decimal): void {
  const up = multiplyDecimals(markPrice, rules.priceMultiplierUp);
  const down = multiplyDecimals(markPrice, rules.priceMultiplierDown);
  if (terms.side === 'BUY' && terms.price > up) throw usdmRefusals.aboveMultiplier(trimDecimal(up));
  if (terms.side === 'SELL' && terms.price < down) {
    throw usdmRefusals.belowMultiplier(trimDecimal(down));
  }
}
