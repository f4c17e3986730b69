import { type Decimal, parseDecimal } from '../../domain/index.js';

type Filter = Readonly<Record<string, unknown>>;

/** Reads the filters of a row of exchangeInfo; what is missing is 0, and counts that are missing are unlimited. */
export function filterReader(filters: readonly (Filter & { readonly filterType: string })[]) {
  return {
    filter: (type: string): Filter => filters.find(({ filterType }) => filterType === type) ?? {},
    value: (from: Filter, name: string): Decimal =>
      typeof from[name] === 'string' ? (parseDecimal(from[name]) ?? 0n) : 0n,
    count: (from: Filter, name: string): number =>
      typeof from[name] === 'number' ? from[name] : Number.POSITIVE_INFINITY,
  };
}

/** The grids that both markets publish alike. */
export function gridsOf({ filter, value }: ReturnType<typeof filterReader>) {
  const price = filter('PRICE_FILTER');
  const lot = filter('LOT_SIZE');
  const marketLot = filter('MARKET_LOT_SIZE');
  return {
    tickSize: value(price, 'tickSize'),
    priceMin: value(price, 'minPrice'),
    priceMax: value(price, 'maxPrice'),
    stepSize: value(lot, 'stepSize'),
    quantityMin: value(lot, 'minQty'),
    quantityMax: value(lot, 'maxQty'),
    marketStepSize: value(marketLot, 'stepSize'),
    marketQuantityMin: value(marketLot, 'minQty'),
    marketQuantityMax: value(marketLot, 'maxQty'),
  };
}
