import { type Decimal, readDecimal } from '../../domain/index.js';

type Filter = Readonly<Record<string, unknown>>;

/**
 * Reads the filters of a row of exchangeInfo; what is missing is 0, and counts that are missing are unlimited.
 *
 * @throws {RangeError} (from `value`) If a number is there that cannot be read: no bound may be lost by it.
 */
export function filterReader(filters: readonly (Filter & { readonly filterType: string })[]) {
  return {
    filter: (type: string): Filter => filters.find(({ filterType }) => filterType === type) ?? {},
    value: (from: Filter, name: string): Decimal => {
      const given = from[name];
      if (given === undefined || given === null) return 0n;
      const value = readDecimal(given);
      if (value !== undefined) return value;
      throw new RangeError(`${String(from.filterType)}.${name} is not a number`);
    },
    count: (from: Filter, name: string): number => {
      const count = Number(from[name] ?? Number.POSITIVE_INFINITY);
      return count >= 0 ? count : Number.POSITIVE_INFINITY;
    },
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
