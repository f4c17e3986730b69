import {
  DECIMAL_ONE,
  type Decimal,
  decimal,
  multiplyDecimals,
  stepPlaces,
  trimDecimal,
} from '../../domain/index.js';
import { gridFor, minNotionalFor, splitSymbol } from './symbol-grid.js';

export type UsdmSymbolStatus = 'PENDING_TRADING' | 'TRADING' | 'PRE_SETTLE' | 'SETTLING' | 'CLOSE';

/** A step of the margin table. */
export interface MarginBracket {
  readonly notionalFloor: Decimal;
  readonly notionalCap: Decimal;
  readonly leverageMax: number;
  readonly maintenanceRate: Decimal;
  /** Maintenance margin is notional × rate − deduction, so that it grows without jumps. */
  readonly deduction: Decimal;
}

/** Trading rules of a simulated perpetual future. */
export interface UsdmSymbol {
  readonly symbol: string;
  readonly status: UsdmSymbolStatus;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Asset of margin, profit and commission. */
  readonly marginAsset: string;
  readonly tickSize: Decimal;
  readonly minPrice: Decimal;
  readonly maxPrice: Decimal;
  readonly stepSize: Decimal;
  readonly minQuantity: Decimal;
  readonly maxQuantity: Decimal;
  /** Largest market order; base. */
  readonly marketMaxQuantity: Decimal;
  readonly minNotional: Decimal;
  /** Bounds of limit prices against the mark price; factors. */
  readonly priceMultiplierUp: Decimal;
  readonly priceMultiplierDown: Decimal;
  /** Farthest that a market order fills from the mark price; fraction. */
  readonly marketTakeBound: Decimal;
  /** Commission of a forced close; fraction. */
  readonly liquidationFee: Decimal;
  readonly maxOrders: number;
  readonly fundingIntervalHours: number;
  readonly brackets: readonly MarginBracket[];
}

/** What `POST /algoOrder` takes; trailing stops are not simulated. */
export const ALGO_ORDER_TYPES = [
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
] as const;
export const USDM_TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const;
/** Open algo orders that an account may have, over all symbols. */
export const ALGO_ORDERS_MAX = 200;

/** Tick, step, largest quantity, largest market order and smallest notional of well-known symbols in 2026. */
const KNOWN: Readonly<Record<string, readonly [string, string, string, string, string]>> = {
  BTCUSDT: ['0.1', '0.001', '1000', '120', '50'],
  ETHUSDT: ['0.01', '0.001', '10000', '2000', '20'],
  XRPUSDT: ['0.0001', '0.1', '10000000', '2000000', '5'],
  BNBUSDT: ['0.01', '0.01', '100000', '2000', '5'],
  SOLUSDT: ['0.01', '0.01', '1000000', '5000', '5'],
  DOGEUSDT: ['0.00001', '1', '50000000', '30000000', '5'],
};
/** Cap in thousands of quote, largest leverage, maintenance rate: deep markets, and all others. */
const DEEP = [
  [50, 125, '0.004'],
  [600, 100, '0.005'],
  [3_000, 75, '0.0065'],
  [12_000, 50, '0.01'],
  [70_000, 25, '0.02'],
  [100_000, 20, '0.025'],
  [230_000, 10, '0.05'],
  [480_000, 5, '0.1'],
  [600_000, 4, '0.125'],
  [800_000, 3, '0.15'],
  [1_200_000, 2, '0.25'],
  [1_800_000, 1, '0.5'],
] as const;
const THIN = [
  [5, 75, '0.01'],
  [10, 50, '0.015'],
  [50, 25, '0.02'],
  [250, 20, '0.025'],
  [500, 10, '0.05'],
  [1_000, 5, '0.1'],
  [2_000, 4, '0.125'],
  [5_000, 2, '0.25'],
  [10_000, 1, '0.5'],
] as const;

/**
 * Returns the rules of a perpetual future: Binance's for well-known ones, otherwise a grid that suits the price. The
 * margin tables have the shape of Binance's, not today's numbers.
 *
 * @param symbol - For example `BTCUSDT`.
 * @param referencePrice - Some price of it; quote per base.
 * @param overrides - Rules that shall differ.
 */
export function usdmSymbol(
  symbol: string,
  referencePrice = 1,
  overrides: Partial<UsdmSymbol> = {},
): UsdmSymbol {
  const [tick, step, maxQuantity, marketMax, minNotional] = KNOWN[symbol] ?? [
    ...gridFor(referencePrice, symbol),
    minNotionalFor(symbol),
  ];
  const { baseAsset, quoteAsset } = splitSymbol(symbol);
  const tickSize = decimal(tick);
  const stepSize = decimal(step);
  return {
    symbol,
    status: 'TRADING',
    baseAsset,
    quoteAsset,
    marginAsset: quoteAsset,
    tickSize,
    minPrice: tickSize,
    maxPrice: tickSize * 100_000_000n,
    stepSize,
    minQuantity: stepSize,
    maxQuantity: decimal(maxQuantity),
    marketMaxQuantity: decimal(marketMax),
    minNotional: decimal(minNotional),
    priceMultiplierUp: decimal('1.05'),
    priceMultiplierDown: decimal('0.95'),
    marketTakeBound: decimal('0.05'),
    liquidationFee: decimal('0.0125'),
    maxOrders: 200,
    fundingIntervalHours: 8,
    brackets: marginBrackets(symbol === 'BTCUSDT' || symbol === 'ETHUSDT' ? DEEP : THIN),
    ...overrides,
  };
}

function marginBrackets(
  rows: readonly (readonly [number, number, string])[],
): readonly MarginBracket[] {
  const brackets: MarginBracket[] = [];
  for (const [cap, leverageMax, rate] of rows) {
    const before = brackets.at(-1);
    const notionalFloor = before?.notionalCap ?? 0n;
    const maintenanceRate = decimal(rate);
    const growth = maintenanceRate - (before?.maintenanceRate ?? 0n);
    brackets.push({
      notionalFloor,
      notionalCap: BigInt(cap) * 1_000n * DECIMAL_ONE,
      leverageMax,
      maintenanceRate,
      deduction: (before?.deduction ?? 0n) + multiplyDecimals(notionalFloor, growth),
    });
  }
  return brackets;
}

/** The bracket of a position of this size. */
export function bracketOf(rules: UsdmSymbol, notional: Decimal): MarginBracket {
  return (
    rules.brackets.find(({ notionalCap }) => notional <= notionalCap) ?? rules.brackets.at(-1)!
  );
}

/** Largest position at a leverage; quote. */
export function notionalMaxAt(rules: UsdmSymbol, leverage: number): Decimal {
  const allowed = rules.brackets.filter(({ leverageMax }) => leverageMax >= leverage);
  return allowed.at(-1)?.notionalCap ?? 0n;
}

/**
 * Returns the symbol's row of exchangeInfo in the form of 2026.
 *
 * @param rules - Rules of the symbol.
 */
export function usdmExchangeInfoRow(rules: UsdmSymbol): Record<string, unknown> {
  return {
    symbol: rules.symbol,
    pair: rules.symbol,
    contractType: 'PERPETUAL',
    deliveryDate: 4_133_404_800_000,
    onboardDate: 1_567_965_300_000,
    status: rules.status,
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: rules.baseAsset,
    quoteAsset: rules.quoteAsset,
    marginAsset: rules.marginAsset,
    pricePrecision: stepPlaces(rules.tickSize),
    quantityPrecision: stepPlaces(rules.stepSize),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    triggerProtect: '0.0500',
    liquidationFee: trimDecimal(rules.liquidationFee),
    marketTakeBound: trimDecimal(rules.marketTakeBound),
    maxMoveOrderLimit: 10_000,
    filters: filterRows(rules),
    orderTypes: ['LIMIT', 'MARKET', ...ALGO_ORDER_TYPES],
    timeInForce: USDM_TIMES_IN_FORCE,
    permissionSets: ['GRID', 'COPY'],
  };
}

function filterRows(rules: UsdmSymbol): Record<string, unknown>[] {
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: trimDecimal(rules.minPrice),
      maxPrice: trimDecimal(rules.maxPrice),
      tickSize: trimDecimal(rules.tickSize),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: trimDecimal(rules.minQuantity),
      maxQty: trimDecimal(rules.maxQuantity),
      stepSize: trimDecimal(rules.stepSize),
    },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: trimDecimal(rules.minQuantity),
      maxQty: trimDecimal(rules.marketMaxQuantity),
      stepSize: trimDecimal(rules.stepSize),
    },
    { filterType: 'MAX_NUM_ORDERS', limit: rules.maxOrders },
    { filterType: 'MIN_NOTIONAL', notional: trimDecimal(rules.minNotional) },
    {
      filterType: 'PERCENT_PRICE',
      multiplierUp: trimDecimal(rules.priceMultiplierUp),
      multiplierDown: trimDecimal(rules.priceMultiplierDown),
      multiplierDecimal: '4',
    },
    { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
  ];
}
