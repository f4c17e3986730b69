import { type Exact, fixed, isMultiple, times } from '../exact.js';
import type { Listing } from './listing.js';
import type { InstrumentMarket } from './market.js';
import { refusals } from './refusal.js';

const ORDER_TYPES = [
  ...['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT'],
  ...['TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
];
const ORDERS_MAX = 200;
const CONDITIONAL_MAX = 5;
const ONE = 10n ** 18n;
const BAND = { up: 5n, down: 5n };

const eight = (value: Exact): string => fixed(value, 8);

/** The symbol's row of exchangeInfo: the fields of a recorded row of 2026. */
export function spotInfoRow(listing: Listing, status: string): Record<string, unknown> {
  return {
    symbol: listing.symbol,
    status,
    baseAsset: listing.base,
    baseAssetPrecision: 8,
    quoteAsset: listing.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ORDER_TYPES,
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: true,
    filters: filterRows(listing),
    permissions: [],
    permissionSets: [['SPOT', 'MARGIN', 'TRD_GRP_004']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: [
      'EXPIRE_TAKER',
      'EXPIRE_MAKER',
      'EXPIRE_BOTH',
      'DECREMENT',
      'TRANSFER',
    ],
  };
}

function filterRows({
  tick,
  step,
  maxQuantity,
  marketMaxQuantity,
  minNotional,
}: Listing): object[] {
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: eight(tick),
      maxPrice: eight(tick * 100_000_000n),
      tickSize: eight(tick),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: eight(step),
      maxQty: eight(maxQuantity),
      stepSize: eight(step),
    },
    { filterType: 'ICEBERG_PARTS', limit: 100 },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: '0.00000000',
      maxQty: eight(marketMaxQuantity),
      stepSize: '0.00000000',
    },
    {
      filterType: 'TRAILING_DELTA',
      ...{ minTrailingAboveDelta: 10, maxTrailingAboveDelta: 2000 },
      ...{ minTrailingBelowDelta: 10, maxTrailingBelowDelta: 2000 },
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      ...{ bidMultiplierUp: '5', bidMultiplierDown: '0.2' },
      ...{ askMultiplierUp: '5', askMultiplierDown: '0.2', avgPriceMins: 5 },
    },
    {
      filterType: 'NOTIONAL',
      minNotional: eight(minNotional),
      applyMinToMarket: true,
      maxNotional: '9000000.00000000',
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: ORDERS_MAX },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: 20 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: CONDITIONAL_MAX },
    { filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: 10 },
  ];
}

/** What filters look at. */
export interface FilteredTerms {
  readonly type: string;
  readonly quantity: Exact;
  readonly price: Exact;
  readonly stopPrice: Exact;
}

/** Applies filters.md to an order, and to how many are open already. */
export function applyFilters(
  market: InstrumentMarket,
  terms: FilteredTerms,
  open: { readonly orders: number; readonly conditional: number },
): void {
  const { listing, price: last } = market;
  const { tick, step } = listing;
  const isMarket = terms.type === 'MARKET';
  for (const price of [terms.price, terms.stopPrice].filter((value) => value !== 0n)) {
    const isInside = price >= tick && price <= tick * 100_000_000n;
    if (!isInside || !isMultiple(price, tick)) throw refusals.filter('PRICE_FILTER');
  }
  if (terms.price > 0n && (terms.price > last * BAND.up || terms.price < last / BAND.down)) {
    throw refusals.filter('PERCENT_PRICE_BY_SIDE');
  }
  const isSound = terms.quantity >= step && terms.quantity <= listing.maxQuantity;
  if (!isSound || !isMultiple(terms.quantity, step)) throw refusals.filter('LOT_SIZE');
  if (isMarket && terms.quantity > listing.marketMaxQuantity)
    throw refusals.filter('MARKET_LOT_SIZE');
  const valued = terms.price > 0n ? terms.price : terms.stopPrice > 0n ? terms.stopPrice : last;
  const notional = times(valued, terms.quantity);
  if (notional < listing.minNotional) throw refusals.filter('NOTIONAL');
  if (!isMarket && notional > 9_000_000n * ONE) throw refusals.filter('NOTIONAL');
  if (open.orders >= ORDERS_MAX) throw refusals.filter('MAX_NUM_ORDERS');
  if (terms.stopPrice > 0n && open.conditional >= CONDITIONAL_MAX) {
    throw refusals.filter('MAX_NUM_ALGO_ORDERS');
  }
}
