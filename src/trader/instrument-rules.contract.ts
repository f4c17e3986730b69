import { decimal, type Market } from '../domain/index.js';
import type { InstrumentRules } from '../exchange/index.js';

/**
 * Rules of an instrument as Bitcoin has them.
 *
 * @param symbol - Its name; the last four letters are the quote asset.
 * @param rules - What is different.
 */
export function instrumentRulesOf(
  symbol: string,
  market: Market = 'spot',
  rules: Partial<InstrumentRules> = {},
): InstrumentRules {
  return {
    symbol,
    market,
    baseAsset: symbol.slice(0, -4),
    quoteAsset: symbol.slice(-4),
    status: 'trading',
    tickSize: decimal('0.01'),
    priceMin: 0n,
    priceMax: 0n,
    stepSize: decimal('0.001'),
    quantityMin: decimal('0.001'),
    quantityMax: decimal('1000'),
    marketStepSize: 0n,
    marketQuantityMin: 0n,
    marketQuantityMax: decimal('120'),
    notionalMin: decimal('5'),
    notionalMax: 0n,
    notionalMinAppliesToMarket: true,
    notionalMaxAppliesToMarket: false,
    ordersMax: 200,
    stopOrdersMax: 10,
    orderTypes: ['market', 'limit', 'stop-loss'],
    ocoAllowed: true,
    ...rules,
  };
}
