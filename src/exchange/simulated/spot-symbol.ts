import { type Decimal, decimal, formatDecimal } from '../../domain/index.js';
import { gridFor, minNotionalFor, splitSymbol } from './symbol-grid.js';

export type SpotSymbolStatus = 'TRADING' | 'HALT' | 'BREAK' | 'CANCEL_ONLY';

/** Trading rules of a simulated spot symbol. */
export interface SpotSymbol {
  readonly symbol: string;
  readonly status: SpotSymbolStatus;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly tickSize: Decimal;
  readonly minPrice: Decimal;
  readonly maxPrice: Decimal;
  readonly stepSize: Decimal;
  readonly minQuantity: Decimal;
  readonly maxQuantity: Decimal;
  /** Largest market order; base. */
  readonly marketMaxQuantity: Decimal;
  readonly minNotional: Decimal;
  readonly maxNotional: Decimal;
  readonly applyMinToMarket: boolean;
  readonly applyMaxToMarket: boolean;
  /** Bounds of the price against the average price; factors. */
  readonly priceMultiplierUp: Decimal;
  readonly priceMultiplierDown: Decimal;
  readonly maxOrders: number;
  readonly maxStopOrders: number;
  readonly maxOrderLists: number;
}

export const SPOT_ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;

/** Tick, step, largest quantity and largest market order of well-known symbols in 2026. */
const KNOWN: Readonly<Record<string, readonly [string, string, string, string]>> = {
  BTCUSDT: ['0.01', '0.00001', '9000', '120'],
  ETHUSDT: ['0.01', '0.0001', '9000', '3000'],
  BNBUSDT: ['0.01', '0.001', '900000', '4000'],
  XRPUSDT: ['0.0001', '0.1', '9222449', '4000000'],
  SOLUSDT: ['0.01', '0.001', '90000', '40000'],
  ADAUSDT: ['0.0001', '0.1', '900000', '800000'],
  DOGEUSDT: ['0.00001', '1', '9000000', '8000000'],
  AVAXUSDT: ['0.01', '0.01', '90000', '40000'],
};

/**
 * Returns the rules of a symbol: Binance's for well-known ones, otherwise a grid that suits the price.
 *
 * @param symbol - For example `BTCUSDT`.
 * @param referencePrice - Some price of it; quote per base.
 * @param overrides - Rules that shall differ.
 */
export function spotSymbol(
  symbol: string,
  referencePrice = 1,
  overrides: Partial<SpotSymbol> = {},
): SpotSymbol {
  const [tick, step, maxQuantity, marketMax] = KNOWN[symbol] ?? gridFor(referencePrice, symbol);
  const tickSize = decimal(tick);
  const stepSize = decimal(step);
  return {
    symbol,
    status: 'TRADING',
    ...splitSymbol(symbol),
    tickSize,
    minPrice: tickSize,
    maxPrice: tickSize * 100_000_000n,
    stepSize,
    minQuantity: stepSize,
    maxQuantity: decimal(maxQuantity),
    marketMaxQuantity: decimal(marketMax),
    minNotional: decimal(minNotionalFor(symbol)),
    maxNotional: decimal('9000000'),
    applyMinToMarket: true,
    applyMaxToMarket: false,
    priceMultiplierUp: decimal('5'),
    priceMultiplierDown: decimal('0.2'),
    maxOrders: 200,
    maxStopOrders: 5,
    maxOrderLists: 20,
    ...overrides,
  };
}

/**
 * Returns the symbol's row of exchangeInfo in the form of 2026.
 *
 * @param rules - Rules of the symbol.
 */
export function exchangeInfoRow(rules: SpotSymbol): Record<string, unknown> {
  return {
    symbol: rules.symbol,
    status: rules.status,
    baseAsset: rules.baseAsset,
    baseAssetPrecision: 8,
    quoteAsset: rules.quoteAsset,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: SPOT_ORDER_TYPES,
    icebergAllowed: false,
    ocoAllowed: true,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filterRows(rules),
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
  };
}

function filterRows(rules: SpotSymbol): Record<string, unknown>[] {
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: formatDecimal(rules.minPrice),
      maxPrice: formatDecimal(rules.maxPrice),
      tickSize: formatDecimal(rules.tickSize),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: formatDecimal(rules.minQuantity),
      maxQty: formatDecimal(rules.maxQuantity),
      stepSize: formatDecimal(rules.stepSize),
    },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: '0.00000000',
      maxQty: formatDecimal(rules.marketMaxQuantity),
      stepSize: '0.00000000',
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: formatDecimal(rules.priceMultiplierUp),
      bidMultiplierDown: formatDecimal(rules.priceMultiplierDown),
      askMultiplierUp: formatDecimal(rules.priceMultiplierUp),
      askMultiplierDown: formatDecimal(rules.priceMultiplierDown),
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: formatDecimal(rules.minNotional),
      applyMinToMarket: rules.applyMinToMarket,
      maxNotional: formatDecimal(rules.maxNotional),
      applyMaxToMarket: rules.applyMaxToMarket,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: rules.maxOrders },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: rules.maxOrderLists },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: rules.maxStopOrders },
  ];
}
