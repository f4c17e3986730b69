import { plain } from '../exact.js';
import type { Listing } from './listing.js';

/** The symbol's row of exchangeInfo: the fields of the row recorded in September 2026. */
export function usdmInfoRow(listing: Listing, status: string): Record<string, unknown> {
  const { symbol, base, quote, tick, step } = listing;
  return {
    ...{ symbol, pair: symbol, contractType: 'PERPETUAL', deliveryDate: 4_133_404_800_000 },
    ...{ onboardDate: 1_567_965_300_000, status, maintMarginPercent: '2.5000' },
    ...{ requiredMarginPercent: '5.0000', baseAsset: base, quoteAsset: quote, marginAsset: quote },
    ...{ pricePrecision: decimals(tick), quantityPrecision: decimals(step) },
    ...{ baseAssetPrecision: 8, quotePrecision: 8, underlyingType: 'COIN' },
    ...{ underlyingSubType: ['PoW', 'Crypto'], triggerProtect: '0.0500' },
    ...{ liquidationFee: '0.012500', marketTakeBound: '0.05', maxMoveOrderLimit: 10_000 },
    filters: [
      {
        filterType: 'PRICE_FILTER',
        ...{ minPrice: plain(tick), maxPrice: plain(tick * 10_000_000n), tickSize: plain(tick) },
      },
      lot('LOT_SIZE', step, listing.maxQuantity),
      lot('MARKET_LOT_SIZE', step, listing.marketMaxQuantity),
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MIN_NOTIONAL', notional: plain(listing.minNotional) },
      {
        filterType: 'PERCENT_PRICE',
        ...{ multiplierUp: '1.0500', multiplierDown: '0.9500', multiplierDecimal: '4' },
      },
      { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
    ],
    orderTypes: [
      ...['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
      'TRAILING_STOP_MARKET',
    ],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    permissionSets: ['GRID', 'COPY', 'DCA', 'PSB'],
  };
}

function lot(filterType: string, step: bigint, most: bigint): object {
  return { filterType, minQty: plain(step), maxQty: plain(most), stepSize: plain(step) };
}

function decimals(step: bigint): number {
  return plain(step).split('.')[1]?.length ?? 0;
}

/** Leverage, cap of the notional and maintenance rate of BTCUSDT, as the exchange publishes them. */
const BRACKETS = [
  ...([
    [125, 50_000, 0.004],
    [100, 600_000, 0.005],
    [75, 3_000_000, 0.0065],
  ] as const),
  ...([
    [50, 12_000_000, 0.01],
    [25, 70_000_000, 0.02],
    [20, 100_000_000, 0.025],
  ] as const),
  ...([
    [10, 230_000_000, 0.05],
    [5, 480_000_000, 0.1],
    [4, 600_000_000, 0.125],
  ] as const),
  ...([
    [3, 800_000_000, 0.15],
    [2, 1_200_000_000, 0.25],
    [1, 1_800_000_000, 0.5],
  ] as const),
];

/** Numbers, not texts; what is deducted lets the margin grow without a jump. */
export function bracketRows(): object[] {
  let [floor, rate, cum] = [0, 0, 0];
  return BRACKETS.map(([initialLeverage, notionalCap, maintMarginRatio], i) => {
    cum += Math.round(floor * (maintMarginRatio - rate) * 1e8) / 1e8;
    const row = {
      ...{ bracket: i + 1, initialLeverage, notionalCap, notionalFloor: floor },
      ...{ maintMarginRatio, cum },
    };
    [floor, rate] = [notionalCap, maintMarginRatio];
    return row;
  });
}

/** Largest position at a leverage, as text. */
export function notionalMax(leverage: number): string {
  const allowed = BRACKETS.filter(([most]) => most >= leverage);
  return String(allowed.at(-1)?.[1] ?? 0);
}
