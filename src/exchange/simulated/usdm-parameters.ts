import { type Decimal, parseDecimal, stepPlaces } from '../../domain/index.js';
import {
  mandatory,
  number,
  optionalInteger,
  optionalWord,
  type RawParameters,
  readClientId,
  readSide,
} from './parameters.js';
import { refusals, usdmRefusals } from './refusal.js';
import {
  type AlgoOrderTerms,
  type AlgoOrderType,
  isLimitAlgo,
  type UsdmOrderTerms,
  type UsdmTimeInForce,
  type WorkingType,
} from './usdm-order.js';
import { ALGO_ORDER_TYPES, USDM_TIMES_IN_FORCE } from './usdm-symbol.js';

const CLIENT_ID = {
  pattern: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  legal: '^[\\.A-Z\\:/a-z0-9_-]{1,36}$',
};

/**
 * Reads the terms of `POST /fapi/v1/order`. Unlike spot, parameters that nobody reads are ignored.
 *
 * @param raw - Parameters as sent.
 * @throws {Refusal} With the code that Binance gives for the first thing wrong; -4120 for stops.
 */
export function readUsdmOrderTerms(raw: RawParameters): UsdmOrderTerms {
  const symbol = mandatory(raw, 'symbol');
  const side = readSide(raw);
  const type = mandatory(raw, 'type');
  if (type === 'TRAILING_STOP_MARKET' || isAlgoType(type)) throw usdmRefusals.algoOnly();
  if (type !== 'LIMIT' && type !== 'MARKET') throw refusals.invalidType();
  refuseHedgeMode(raw);
  const timeInForce = type === 'LIMIT' ? readTimeInForce(raw) : 'GTC';
  return {
    symbol,
    side,
    type,
    timeInForce,
    quantity: readQuantity(raw),
    price: type === 'LIMIT' ? number(raw, 'price') : 0n,
    reduceOnly: flag(raw, 'reduceOnly'),
    goodTillTime: timeInForce === 'GTD' ? readGoodTill(raw) : 0,
    clientOrderId: readClientId(raw, 'newClientOrderId', CLIENT_ID),
  };
}

/** Reads what `PUT /fapi/v1/order` changes. @throws {Refusal} -1102, -1100, -1111 or -4003. */
export function readUsdmChange(
  raw: RawParameters,
): Pick<UsdmOrderTerms, 'side' | 'quantity' | 'price'> {
  if ((optionalWord(raw, 'priceMatch') ?? 'NONE') !== 'NONE') {
    throw usdmRefusals.notSimulated('priceMatch');
  }
  return { side: readSide(raw), quantity: readQuantity(raw), price: number(raw, 'price') };
}

/**
 * Reads the terms of `POST /fapi/v1/algoOrder`.
 *
 * @param raw - Parameters as sent.
 * @throws {Refusal} With the code that Binance gives for the first thing wrong.
 */
export function readAlgoOrderTerms(raw: RawParameters): AlgoOrderTerms {
  if (mandatory(raw, 'algoType') !== 'CONDITIONAL') throw refusals.invalidParameter('algoType');
  const symbol = mandatory(raw, 'symbol');
  const side = readSide(raw);
  const type = mandatory(raw, 'type');
  if (type === 'TRAILING_STOP_MARKET') throw usdmRefusals.notSimulated(type);
  if (!isAlgoType(type)) throw refusals.invalidType();
  refuseHedgeMode(raw);
  const closesPosition = flag(raw, 'closePosition');
  const reduceOnly = flag(raw, 'reduceOnly');
  if (closesPosition && (raw.quantity !== undefined || isLimitAlgo(type))) {
    throw usdmRefusals.quantityWithClose();
  }
  if (closesPosition && reduceOnly) throw usdmRefusals.reduceOnlyWithClose();
  const workingType = optionalWord(raw, 'workingType') ?? 'CONTRACT_PRICE';
  if (workingType !== 'CONTRACT_PRICE' && workingType !== 'MARK_PRICE') {
    throw refusals.invalidParameter('workingType');
  }
  return {
    symbol,
    side,
    type,
    timeInForce: optionalWord(raw, 'timeInForce') === undefined ? 'GTC' : readTimeInForce(raw),
    quantity: closesPosition ? 0n : readQuantity(raw),
    price: isLimitAlgo(type) ? number(raw, 'price') : 0n,
    triggerPrice: number(raw, 'triggerPrice'),
    workingType: workingType satisfies WorkingType,
    reduceOnly,
    closesPosition,
    clientOrderId: readClientId(raw, 'clientAlgoId', CLIENT_ID),
  };
}

/** Whether the decimals of a value fit a grid; futures say so before they look at the grid. */
export function fitsPrecision(value: Decimal, step: Decimal): boolean {
  return value % 10n ** BigInt(8 - stepPlaces(step)) === 0n;
}

function isAlgoType(type: string): type is AlgoOrderType {
  return (ALGO_ORDER_TYPES as readonly string[]).includes(type);
}

function refuseHedgeMode(raw: RawParameters): void {
  if ((optionalWord(raw, 'positionSide') ?? 'BOTH') !== 'BOTH') throw usdmRefusals.positionSide();
  if ((optionalWord(raw, 'priceMatch') ?? 'NONE') !== 'NONE')
    throw usdmRefusals.notSimulated('priceMatch');
}

function readTimeInForce(raw: RawParameters): UsdmTimeInForce {
  const value = mandatory(raw, 'timeInForce') as UsdmTimeInForce;
  if (!USDM_TIMES_IN_FORCE.includes(value)) throw refusals.invalidTimeInForce();
  return value;
}

function readGoodTill(raw: RawParameters): number {
  const time = optionalInteger(raw, 'goodTillDate');
  if (time === undefined) throw refusals.mandatory('goodTillDate');
  return Math.floor(time / 1_000) * 1_000;
}

function readQuantity(raw: RawParameters): Decimal {
  const text = mandatory(raw, 'quantity');
  const value = /^-?[0-9.]{1,40}$/.test(text) ? parseDecimal(text) : undefined;
  if (value !== undefined && value <= 0n) throw usdmRefusals.noQuantity();
  return number(raw, 'quantity');
}

function flag(raw: RawParameters, name: string): boolean {
  const value = (optionalWord(raw, name) ?? 'false').toLowerCase();
  if (value !== 'true' && value !== 'false') throw refusals.invalidParameter(name);
  return value === 'true';
}
