import { type Exact, isMultiple, plain, times } from '../exact.js';
import type { InstrumentMarket } from './market.js';
import type { Parameters } from './parameters.js';
import { Refusal, refusals } from './refusal.js';
import type { Side } from './usdm-order.js';

/** What a new plain order asks for. */
export interface UsdmTerms {
  readonly symbol: string;
  readonly side: Side;
  readonly type: 'LIMIT' | 'MARKET';
  readonly timeInForce: string;
  readonly quantity: Exact;
  readonly price: Exact;
  readonly reduceOnly: boolean;
  readonly clientOrderId: string;
}

/** What a new conditional order asks for. */
export interface AlgoTerms {
  readonly symbol: string;
  readonly side: Side;
  readonly type: string;
  readonly timeInForce: string;
  readonly quantity: Exact;
  readonly price: Exact;
  readonly triggerPrice: Exact;
  readonly workingType: string;
  readonly closePosition: boolean;
  readonly reduceOnly: boolean;
  readonly clientAlgoId: string;
}

const CONDITIONAL = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'] as const;
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const;

let madeIds = 0;

/** Reads `POST /fapi/v1/order`; conditional types belong to the algo service since December 2025. */
export function readUsdmTerms(parameters: Parameters): UsdmTerms {
  const symbol = parameters.required('symbol');
  const side = parameters.word('side', ['BUY', 'SELL']);
  const type = parameters.required('type');
  if ([...CONDITIONAL, 'TRAILING_STOP_MARKET'].some((one) => one === type)) {
    const message =
      'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.';
    throw new Refusal(-4120, message);
  }
  if (type !== 'LIMIT' && type !== 'MARKET') throw refusals.orderType();
  requireOneWay(parameters);
  return {
    ...{ symbol, side, type },
    timeInForce: type === 'LIMIT' ? parameters.word('timeInForce', TIMES_IN_FORCE) : 'GTC',
    quantity: mandatory(parameters, 'quantity'),
    price: type === 'LIMIT' ? mandatory(parameters, 'price') : 0n,
    reduceOnly: parameters.flag('reduceOnly'),
    clientOrderId: clientId(parameters, 'newClientOrderId'),
  };
}

/** Reads `POST /fapi/v1/algoOrder`. */
export function readAlgoTerms(parameters: Parameters): AlgoTerms {
  parameters.word('algoType', ['CONDITIONAL']);
  const symbol = parameters.required('symbol');
  const side = parameters.word('side', ['BUY', 'SELL']);
  const type = parameters.word('type', CONDITIONAL);
  requireOneWay(parameters);
  const closePosition = parameters.flag('closePosition');
  const quantity = parameters.decimal('quantity');
  const reduceOnly = parameters.flag('reduceOnly');
  const isMarket = type.endsWith('_MARKET');
  if (closePosition && quantity !== undefined) {
    throw new Refusal(-4137, 'Quantity must be zero with closePosition equals true');
  }
  if (closePosition && reduceOnly)
    throw new Refusal(-4138, 'Reduce only must be true or false with closePosition');
  if (closePosition && !isMarket) throw refusals.combination();
  if (!closePosition && quantity === undefined) throw refusals.mandatory('quantity');
  return {
    ...{ symbol, side, type, closePosition, reduceOnly },
    timeInForce: parameters.optional('timeInForce') ?? 'GTC',
    quantity: quantity ?? 0n,
    price: isMarket ? 0n : mandatory(parameters, 'price'),
    triggerPrice: mandatory(parameters, 'triggerPrice'),
    workingType: parameters.optional('workingType') ?? 'CONTRACT_PRICE',
    clientAlgoId: clientId(parameters, 'clientAlgoId'),
  };
}

/** Filters of the symbol, with the texts of USD-M. */
export function applyUsdmFilters(
  { listing, price: last }: InstrumentMarket,
  terms: {
    readonly type: string;
    readonly quantity: Exact;
    readonly prices: readonly Exact[];
    readonly isReducing: boolean;
  },
): void {
  const { tick, step, minNotional } = listing;
  for (const price of terms.prices.filter((value) => value !== 0n)) {
    if (price < tick) throw new Refusal(-4013, `Price less than min price.`);
    if (!isMultiple(price, tick)) throw new Refusal(-4014, 'Price not increased by tick size.');
  }
  const { quantity } = terms;
  const isMarket = terms.type.endsWith('MARKET');
  if (quantity < step) throw new Refusal(-4003, 'Quantity less than or equal to zero.');
  if (!isMultiple(quantity, step)) {
    throw new Refusal(-1111, 'Precision is over the maximum defined for this asset.');
  }
  if (quantity > (isMarket ? listing.marketMaxQuantity : listing.maxQuantity)) {
    throw new Refusal(-4005, 'Quantity greater than max quantity.');
  }
  const price = terms.prices.find((value) => value > 0n) ?? last;
  if (!terms.isReducing && times(price, quantity) < minNotional) {
    const message = `Order's notional must be no smaller than ${plain(minNotional)} (unless you choose reduce only).`;
    throw new Refusal(-4164, message);
  }
}

function requireOneWay(parameters: Parameters): void {
  const side = parameters.optional('positionSide') ?? 'BOTH';
  if (side !== 'BOTH') {
    throw new Refusal(-4061, "Order's position side does not match user's setting.");
  }
}

function clientId(parameters: Parameters, name: string): string {
  const id = parameters.optional(name);
  if (id === undefined) return `made-up-${++madeIds}`;
  if (!/^[.A-Z:/a-z0-9_-]{1,36}$/.test(id)) throw refusals.illegal(name);
  return id;
}

function mandatory(parameters: Parameters, name: string): Exact {
  const value = parameters.decimal(name);
  if (value === undefined) throw refusals.mandatory(name);
  return value;
}
