import {
  COMMON_PARAMETERS,
  forbidden,
  mandatory,
  number,
  type RawParameters,
  readClientId,
  readSide,
  refuseUnread,
} from './parameters.js';
import { refusals } from './refusal.js';
import type { SpotOrderTerms, SpotOrderType, SpotTimeInForce } from './spot-order.js';
import { isLimitType, isStopType } from './spot-order.js';
import { SPOT_ORDER_TYPES } from './spot-symbol.js';

const ORDER_PARAMETERS = [
  ...COMMON_PARAMETERS,
  'symbol',
  'side',
  'type',
  'timeInForce',
  'quantity',
  'quoteOrderQty',
  'price',
  'stopPrice',
  'trailingDelta',
  'icebergQty',
  'newClientOrderId',
  'newOrderRespType',
  'selfTradePreventionMode',
  'strategyId',
  'strategyType',
  'computeCommissionRates',
];
const OCO_PARAMETERS = [
  ...COMMON_PARAMETERS,
  'symbol',
  'listClientOrderId',
  'side',
  'quantity',
  'newOrderRespType',
  'selfTradePreventionMode',
  ...['above', 'below'].flatMap((leg) => [
    `${leg}Type`,
    `${leg}ClientOrderId`,
    `${leg}Price`,
    `${leg}StopPrice`,
    `${leg}TimeInForce`,
    `${leg}TrailingDelta`,
    `${leg}IcebergQty`,
    `${leg}StrategyId`,
    `${leg}StrategyType`,
  ]),
];
/** What `POST /order/cancelReplace` reads beyond an order. */
export const CANCEL_REPLACE_PARAMETERS = [
  'cancelReplaceMode',
  'cancelNewClientOrderId',
  'cancelOrigClientOrderId',
  'cancelOrderId',
  'cancelRestrictions',
  'orderRateLimitExceededMode',
];

/**
 * Reads the terms of one order.
 *
 * @param raw - Parameters as sent.
 * @param alsoRead - Further parameters that the endpoint reads.
 * @throws {Refusal} With the code that Binance gives for the first thing wrong.
 */
export function readOrderTerms(
  raw: RawParameters,
  alsoRead: readonly string[] = [],
): SpotOrderTerms {
  const symbol = mandatory(raw, 'symbol');
  const side = readSide(raw);
  const type = mandatory(raw, 'type') as SpotOrderType;
  if (!SPOT_ORDER_TYPES.includes(type)) throw refusals.invalidType();
  refuseUnread(raw, [...ORDER_PARAMETERS, ...alsoRead]);
  if (raw.trailingDelta !== undefined) throw refusals.trailingNotAllowed();
  if (raw.icebergQty !== undefined && Number(raw.icebergQty) !== 0) {
    throw refusals.icebergNotAllowed();
  }
  return {
    symbol,
    side,
    type,
    timeInForce: readTimeInForce(raw, type),
    ...readQuantities(raw, type),
    price: isLimitType(type) ? number(raw, 'price') : forbidden(raw, 'price'),
    stopPrice: isStopType(type) ? number(raw, 'stopPrice') : forbidden(raw, 'stopPrice'),
    clientOrderId: readClientId(raw, 'newClientOrderId'),
  };
}

/** The two legs of an OCO. */
export interface OCOTerms {
  readonly listClientOrderId: string | undefined;
  readonly above: SpotOrderTerms;
  readonly below: SpotOrderTerms;
}

/**
 * Reads the terms of `POST /orderList/oco`.
 *
 * @param raw - Parameters as sent.
 * @throws {Refusal} With the code that Binance gives for the first thing wrong.
 */
export function readOCOTerms(raw: RawParameters): OCOTerms {
  const symbol = mandatory(raw, 'symbol');
  const side = readSide(raw);
  const quantity = number(raw, 'quantity');
  refuseUnread(raw, OCO_PARAMETERS);
  const leg = (prefix: 'above' | 'below'): SpotOrderTerms => {
    const type = mandatory(raw, `${prefix}Type`) as SpotOrderType;
    if (!SPOT_ORDER_TYPES.includes(type) || type === 'LIMIT' || type === 'MARKET') {
      throw refusals.invalidType();
    }
    const name = (suffix: string): string => `${prefix}${suffix}`;
    if (raw[name('TrailingDelta')] !== undefined) throw refusals.trailingNotAllowed();
    if (raw[name('IcebergQty')] !== undefined) throw refusals.icebergNotAllowed();
    const isLimit = isLimitType(type);
    const needsTime = type.endsWith('_LIMIT');
    const timeInForce = raw[name('TimeInForce')];
    if (needsTime && timeInForce === undefined) throw refusals.mandatory(name('TimeInForce'));
    if (timeInForce !== undefined) assertTimeInForce(timeInForce);
    return {
      symbol,
      side,
      type,
      timeInForce: (timeInForce as SpotTimeInForce | undefined) ?? 'GTC',
      quantity,
      quoteQuantity: 0n,
      price: isLimit ? number(raw, name('Price')) : forbidden(raw, name('Price')),
      stopPrice: isStopType(type)
        ? number(raw, name('StopPrice'))
        : forbidden(raw, name('StopPrice')),
      clientOrderId: readClientId(raw, name('ClientOrderId')),
    };
  };
  const terms = { above: leg('above'), below: leg('below') };
  const isStopLoss = (order: SpotOrderTerms): boolean => order.type.startsWith('STOP_LOSS');
  if (isStopLoss(terms.above) === isStopLoss(terms.below)) throw refusals.combination();
  return { listClientOrderId: readClientId(raw, 'listClientOrderId'), ...terms };
}

const OLD_OCO_PARAMETERS = [
  ...COMMON_PARAMETERS,
  'symbol',
  'listClientOrderId',
  'side',
  'quantity',
  'limitClientOrderId',
  'price',
  'limitIcebergQty',
  'stopClientOrderId',
  'stopPrice',
  'stopLimitPrice',
  'stopLimitTimeInForce',
  'stopIcebergQty',
  'newOrderRespType',
  'selfTradePreventionMode',
];

/**
 * Returns the parameters of the deprecated `POST /order/oco` as those of `POST /orderList/oco`: the limit order above
 * and the stop below when selling, the other way round when buying.
 *
 * @param raw - Parameters as sent.
 * @throws {Refusal} -1102 or -1104.
 */
export function fromOldOCO(raw: RawParameters): RawParameters {
  refuseUnread(raw, OLD_OCO_PARAMETERS);
  const [limit, stop] = readSide(raw) === 'SELL' ? ['above', 'below'] : ['below', 'above'];
  const isLimit = raw.stopLimitPrice !== undefined;
  const both = ['symbol', 'listClientOrderId', 'side', 'quantity', 'newOrderRespType'];
  const legs: Record<string, string | undefined> = {
    [`${limit}Type`]: 'LIMIT_MAKER',
    [`${limit}ClientOrderId`]: raw.limitClientOrderId,
    [`${limit}Price`]: mandatory(raw, 'price'),
    [`${limit}IcebergQty`]: raw.limitIcebergQty,
    [`${stop}Type`]: isLimit ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS',
    [`${stop}ClientOrderId`]: raw.stopClientOrderId,
    [`${stop}StopPrice`]: mandatory(raw, 'stopPrice'),
    [`${stop}Price`]: raw.stopLimitPrice,
    [`${stop}TimeInForce`]: isLimit ? mandatory(raw, 'stopLimitTimeInForce') : undefined,
    [`${stop}IcebergQty`]: raw.stopIcebergQty,
  };
  const kept = both.map((name) => [name, raw[name]]);
  const sent = [...kept, ...Object.entries(legs)].filter(([, value]) => value !== undefined);
  return Object.fromEntries(sent) as RawParameters;
}

function readTimeInForce(raw: RawParameters, type: SpotOrderType): SpotTimeInForce {
  const value = raw.timeInForce;
  const isNeeded = type === 'LIMIT' || type.endsWith('_LIMIT');
  if (!isNeeded) {
    if (value !== undefined) throw refusals.notRequired('timeInForce');
    return 'GTC';
  }
  return assertTimeInForce(mandatory(raw, 'timeInForce'));
}

function assertTimeInForce(value: string): SpotTimeInForce {
  if (value !== 'GTC' && value !== 'IOC' && value !== 'FOK') throw refusals.invalidTimeInForce();
  return value;
}

function readQuantities(
  raw: RawParameters,
  type: SpotOrderType,
): Pick<SpotOrderTerms, 'quantity' | 'quoteQuantity'> {
  if (type === 'MARKET' && raw.quoteOrderQty !== undefined) {
    if (raw.quantity !== undefined) throw refusals.combination();
    return { quantity: 0n, quoteQuantity: number(raw, 'quoteOrderQty') };
  }
  forbidden(raw, 'quoteOrderQty');
  return { quantity: number(raw, 'quantity'), quoteQuantity: 0n };
}
