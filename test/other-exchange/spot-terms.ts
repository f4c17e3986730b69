import type { Exact } from '../exact.js';
import type { Parameters } from './parameters.js';
import { refusals } from './refusal.js';
import type { Side } from './spot-order.js';

/** What a new order asks for. */
export interface SpotTerms {
  readonly symbol: string;
  readonly side: Side;
  readonly type: string;
  readonly timeInForce: string;
  readonly quantity: Exact;
  readonly quoteQuantity: Exact;
  readonly price: Exact;
  readonly stopPrice: Exact;
  readonly clientOrderId: string;
}

const TYPES = [
  ...['LIMIT', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
  'LIMIT_MAKER',
] as const;
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;

let madeIds = 0;

/** Reads an order as `POST /api/v3/order` documents it; a type's further parameters are mandatory, others are refused. */
export function readSpotTerms(parameters: Parameters): SpotTerms {
  const symbol = parameters.required('symbol');
  const side = parameters.word('side', ['BUY', 'SELL']);
  const type = parameters.word('type', TYPES);
  const isLimit = type === 'LIMIT' || type.endsWith('_LIMIT');
  const hasPrice = isLimit || type === 'LIMIT_MAKER';
  const isConditional = type.startsWith('STOP_') || type.startsWith('TAKE_');
  const quoteQuantity = type === 'MARKET' ? parameters.decimal('quoteOrderQty') : undefined;
  const quantity = parameters.decimal('quantity');
  if (quantity === undefined && quoteQuantity === undefined) throw refusals.mandatory('quantity');
  if (!hasPrice && parameters.optional('price') !== undefined) throw refusals.notRequired('price');
  if (!isLimit && parameters.optional('timeInForce') !== undefined) {
    throw refusals.notRequired('timeInForce');
  }
  if (!isConditional && parameters.optional('stopPrice') !== undefined) {
    throw refusals.notRequired('stopPrice');
  }
  return {
    ...{ symbol, side, type },
    timeInForce: isLimit ? parameters.word('timeInForce', TIMES_IN_FORCE) : 'GTC',
    quantity: quantity ?? 0n,
    quoteQuantity: quoteQuantity ?? 0n,
    price: hasPrice ? mandatory(parameters, 'price') : 0n,
    stopPrice: isConditional ? mandatory(parameters, 'stopPrice') : 0n,
    clientOrderId: clientId(parameters, 'newClientOrderId'),
  };
}

/** Both legs of `POST /api/v3/orderList/oco`, above first. */
export function readOCOTerms(parameters: Parameters): {
  readonly listClientId: string;
  readonly legs: readonly [SpotTerms, SpotTerms];
} {
  const symbol = parameters.required('symbol');
  const side = parameters.word('side', ['BUY', 'SELL']);
  const quantity = mandatory(parameters, 'quantity');
  const leg = (where: 'above' | 'below'): SpotTerms => {
    const type = parameters.word(`${where}Type`, TYPES);
    if (type === 'MARKET' || type === 'LIMIT') throw refusals.orderType();
    const isConditional = type !== 'LIMIT_MAKER';
    const hasPrice = !isConditional || type.endsWith('_LIMIT');
    const isLimit = type.endsWith('_LIMIT');
    return {
      ...{ symbol, side, type, quantity, quoteQuantity: 0n },
      timeInForce: isLimit ? parameters.word(`${where}TimeInForce`, TIMES_IN_FORCE) : 'GTC',
      price: hasPrice ? mandatory(parameters, `${where}Price`) : 0n,
      stopPrice: isConditional ? mandatory(parameters, `${where}StopPrice`) : 0n,
      clientOrderId: clientId(parameters, `${where}ClientOrderId`),
    };
  };
  return {
    listClientId: clientId(parameters, 'listClientOrderId'),
    legs: [leg('above'), leg('below')],
  };
}

export function clientId(parameters: Parameters, name: string): string {
  const id = parameters.optional(name);
  if (id === undefined) return `made-up-${++madeIds}`;
  if (!/^[a-zA-Z0-9-_]{1,36}$/.test(id)) throw refusals.illegal(name);
  return id;
}

function mandatory(parameters: Parameters, name: string): Exact {
  const value = parameters.decimal(name);
  if (value === undefined) throw refusals.mandatory(name);
  return value;
}
