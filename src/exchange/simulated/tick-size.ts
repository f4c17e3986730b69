import { type Market, trimDecimal } from '../../domain/index.js';
import { spotSymbol } from './spot-symbol.js';
import { usdmSymbol } from './usdm-symbol.js';

/**
 * Returns the price step of a symbol on the simulated exchange.
 *
 * @param market - Where it is traded: the steps of spot and USD-M differ.
 * @param symbol - For example `BTCUSDT`.
 * @param referencePrice - Some price of it; quote per base.
 * @returns Quote per base.
 */
export function tickSizeOf(market: Market, symbol: string, referencePrice: number): number {
  const rulesOf = market === 'spot' ? spotSymbol : usdmSymbol;
  return Number(trimDecimal(rulesOf(symbol, referencePrice).tickSize));
}
