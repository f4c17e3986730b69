import { type Decimal, type Market, multiplyDecimals, roundToStep } from '../../domain/index.js';
import type { OrderRequest } from './order.js';

/** `trading`: all orders; `cancel-only`: no new orders; `closed`: nothing. */
export type InstrumentStatus = 'trading' | 'cancel-only' | 'closed';

/** Trading rules of one instrument, as the exchange publishes them at run time. 0 disables a bound. */
export interface InstrumentRules {
  readonly symbol: string;
  readonly market: Market;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly status: InstrumentStatus;
  /** Grid of prices; quote per base. */
  readonly tickSize: Decimal;
  readonly priceMin: Decimal;
  readonly priceMax: Decimal;
  /** Grid of quantities; base. */
  readonly stepSize: Decimal;
  readonly quantityMin: Decimal;
  readonly quantityMax: Decimal;
  /** The same for market orders. */
  readonly marketStepSize: Decimal;
  readonly marketQuantityMin: Decimal;
  readonly marketQuantityMax: Decimal;
  /** Bounds of price × quantity; quote. */
  readonly notionalMin: Decimal;
  readonly notionalMax: Decimal;
  readonly notionalMinAppliesToMarket: boolean;
  readonly notionalMaxAppliesToMarket: boolean;
  /** Open orders allowed, and how many of them may be untriggered stops. */
  readonly ordersMax: number;
  readonly stopOrdersMax: number;
  readonly orderTypes: readonly OrderRequest['type'][];
  readonly ocoAllowed: boolean;
  /** USD-M only: the word of the exchange, for example PERPETUAL or CURRENT_QUARTER; the latter ends at `deliveryTime`. */
  readonly contractType?: string;
  readonly deliveryTime?: number;
  /** USD-M only: asset that margin, commission and profit are counted in. */
  readonly marginAsset?: string;
  /** USD-M only: farthest that a market order may fill from the mark price; fraction. */
  readonly marketPriceDistanceMax?: Decimal;
  /** USD-M only: commission of a forced close; fraction of the notional. */
  readonly liquidationRate?: Decimal;
}

/** A rule that an order breaks. */
export type InstrumentViolation =
  | 'status'
  | 'order-type'
  | 'tick-size'
  | 'price-range'
  | 'step-size'
  | 'quantity-range'
  | 'notional';

/** Publishes the rules of the instruments. */
export interface InstrumentSource {
  /**
   * Fetches the rules now in force.
   *
   * @param symbols - Symbols wanted.
   * @returns One entry per symbol.
   * @throws {RequestRefused} `unknown-symbol` if one does not exist.
   */
  instrumentRules(symbols: readonly string[]): Promise<ReadonlyMap<string, InstrumentRules>>;
}

/**
 * Returns the largest quantity on the instrument's grid that does not exceed the one wanted.
 *
 * @param rules - Rules of the instrument.
 * @param quantity - Base.
 * @param isMarketOrder - Market orders may have their own grid.
 */
export function floorQuantity(
  rules: InstrumentRules,
  quantity: Decimal,
  isMarketOrder = false,
): Decimal {
  const floored = roundToStep(quantity, rules.stepSize);
  return isMarketOrder ? roundToStep(floored, rules.marketStepSize) : floored;
}

/**
 * Returns the rules that an order breaks, before it is sent.
 *
 * @param rules - Rules of the instrument.
 * @param order - Order to check.
 * @param referencePrice - Current price, for the notional of orders without one; quote per base.
 * @returns Empty if the order may be sent.
 */
export function instrumentViolations(
  rules: InstrumentRules,
  order: OrderRequest,
  referencePrice: Decimal,
): readonly InstrumentViolation[] {
  const violations = new Set<InstrumentViolation>();
  if (rules.status !== 'trading') violations.add('status');
  if (!rules.orderTypes.includes(order.type)) violations.add('order-type');
  for (const price of pricesOf(order)) {
    if (offGrid(price, rules.tickSize)) violations.add('tick-size');
    if (outside(price, rules.priceMin, rules.priceMax)) violations.add('price-range');
  }
  if (order.quantity === undefined) return [...violations];
  const releasesMarket = isMarketType(order.type);
  if (offGrid(order.quantity, rules.stepSize)) violations.add('step-size');
  if (outside(order.quantity, rules.quantityMin, rules.quantityMax)) {
    violations.add('quantity-range');
  }
  if (releasesMarket) {
    if (offGrid(order.quantity, rules.marketStepSize)) violations.add('step-size');
    if (outside(order.quantity, rules.marketQuantityMin, rules.marketQuantityMax)) {
      violations.add('quantity-range');
    }
  }
  const price =
    'price' in order ? order.price : 'triggerPrice' in order ? order.triggerPrice : referencePrice;
  const notional = multiplyDecimals(price, order.quantity);
  // USD-M lets every remainder of a position be closed.
  const isExempt = rules.market === 'usdm' && order.reduceOnly === true;
  const minApplies = !isExempt && (!releasesMarket || rules.notionalMinAppliesToMarket);
  const maxApplies = !releasesMarket || rules.notionalMaxAppliesToMarket;
  if (minApplies && notional < rules.notionalMin) violations.add('notional');
  if (maxApplies && rules.notionalMax > 0n && notional > rules.notionalMax) {
    violations.add('notional');
  }
  return [...violations];
}

function pricesOf(order: OrderRequest): Decimal[] {
  return [
    ...('price' in order ? [order.price] : []),
    ...('triggerPrice' in order ? [order.triggerPrice] : []),
  ];
}

function isMarketType(type: OrderRequest['type']): boolean {
  return type === 'market' || type === 'stop-loss' || type === 'take-profit';
}

function offGrid(value: Decimal, step: Decimal): boolean {
  return step > 0n && value % step !== 0n;
}

function outside(value: Decimal, min: Decimal, max: Decimal): boolean {
  return (min > 0n && value < min) || (max > 0n && value > max);
}
