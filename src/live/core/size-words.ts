import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  minDecimal,
  multiplyDecimals,
  trimDecimal,
} from '../../domain/index.js';
import type { InstrumentRules, InstrumentViolation } from '../../exchange/ports/index.js';
import { type RiskFacts, SELLABLE_MARGIN, sellableOf } from './risk.js';
import type { SizeFacts, SizeRefusal } from './size-bounds.js';

/** Below it an amount of quote is printed with all its decimals. */
const SMALL = 1;
const CENTS = 2;
const PLACES = 8;

/**
 * Says in words and numbers why an entry is not sent.
 *
 * @param refusal - Why.
 * @param quantity - Of the entry; base.
 * @param facts - What it was checked with.
 */
export function refusalWords(
  refusal: SizeRefusal,
  quantity: Decimal,
  facts: RiskFacts & Partial<Pick<SizeFacts, 'bracketNotional'>>,
): string {
  const { instrument, price, limits, leverage } = facts;
  const money = (quote: number): string => moneyText(quote, instrument.quoteAsset);
  const notional = decimalToNumber(multiplyDecimals(price, quantity, 'up'));
  const commission = notional * facts.commissionRate;
  switch (refusal) {
    case 'order-notional':
      return `--max-order-notional is ${money(limits.maxOrderNotional ?? 0)}`;
    case 'position-notional':
      return `--max-position-notional is ${money(limits.maxPositionNotional ?? 0)}`;
    case 'orders-per-hour':
      return `${facts.entriesInLastHour} entries in the last hour, --max-orders-per-hour is ${limits.maxOrdersPerHour}`;
    case 'price-collar':
      return collarWords(facts);
    case 'unsellable-at-stop':
      return unsellableWords(quantity, facts);
    case 'beyond-own-balance':
      return facts.ownLeverage > 1
        ? `margin and commission are ${money(notional / facts.ownLeverage + commission)}, but the bot has ${money(facts.ownFunds)}`
        : `including commission it costs ${money(notional + commission)}, but the bot has ${money(facts.ownFunds)}`;
    case 'insufficient-balance': {
      const free = money(decimalToNumber(facts.quoteFree));
      return instrument.market === 'spot'
        ? `${free} are free, but an entry needs ${money(notional)}`
        : `${free} are free, but an entry needs ${money(notional / leverage + commission)} of margin and commission at the account's leverage of ${leverage}`;
    }
    case 'leverage-bracket':
      return `at leverage ${leverage} the exchange limits a position to ${money(decimalToNumber(facts.bracketNotional ?? 0n))}`;
    default:
      return violationWords(refusal, instrument, notional);
  }
}

/**
 * Says in words and numbers which rule of an instrument an order breaks.
 *
 * @param violation - The rule.
 * @param instrument - Its rules.
 * @param worth - Of the order; quote.
 */
export function violationWords(
  violation: InstrumentViolation,
  instrument: InstrumentRules,
  worth: number,
): string {
  const { symbol, baseAsset, quoteAsset, notionalMin, notionalMax } = instrument;
  switch (violation) {
    case 'status':
      return `${symbol} is not trading now (${instrument.status})`;
    case 'order-type':
      return `${symbol} does not accept such orders`;
    case 'quantity-range':
      return `an order for ${symbol} must be ${lotWords(instrument)} ${baseAsset}`;
    case 'step-size':
      return `its quantity is not a multiple of the step size ${trimDecimal(instrument.stepSize)} ${baseAsset}`;
    case 'notional': {
      const most = decimalToNumber(notionalMax);
      return worth > most && most > 0
        ? `an order for ${symbol} may be worth at most ${moneyText(most, quoteAsset)}`
        : `an order for ${symbol} must be worth at least ${moneyText(decimalToNumber(notionalMin), quoteAsset)}`;
    }
    case 'price-range':
      return `prices of ${symbol} must be between ${trimDecimal(instrument.priceMin)} and ${trimDecimal(instrument.priceMax)}`;
    case 'tick-size':
      return `its price is not a multiple of the tick size ${trimDecimal(instrument.tickSize)}`;
  }
}

/**
 * Prints the size of an entry.
 *
 * @param quantity - Base.
 * @param price - Quote per base.
 * @param instrument - Names of both, and their grid.
 */
export function entryText(
  quantity: Decimal,
  price: Decimal,
  { baseAsset, quoteAsset, stepSize }: InstrumentRules,
): string {
  if (quantity === 0n) return `less than ${trimDecimal(stepSize)} ${baseAsset}`;
  const worth = decimalToNumber(multiplyDecimals(price, quantity));
  return `${trimDecimal(quantity)} ${baseAsset}, about ${moneyText(worth, quoteAsset)}`;
}

/**
 * Prints an amount of quote: cents, and all decimals below one.
 *
 * @param quote - Amount.
 * @param asset - Its name.
 */
export function moneyText(quote: number, asset: string): string {
  const maximumFractionDigits = Math.abs(quote) < SMALL ? PLACES : CENTS;
  return `${quote.toLocaleString('en-US', { maximumFractionDigits })} ${asset}`;
}

function lotWords({
  quantityMin,
  quantityMax,
  marketQuantityMin,
  marketQuantityMax,
}: InstrumentRules): string {
  const least = quantityMin > marketQuantityMin ? quantityMin : marketQuantityMin;
  const bounds = [quantityMax, marketQuantityMax].filter((bound) => bound > 0n);
  if (bounds.length === 0) return `at least ${trimDecimal(least)}`;
  return `${trimDecimal(least)} to ${trimDecimal(bounds.reduce(minDecimal))}`;
}

function collarWords({ price, decisionPrice = 0, limits, instrument }: RiskFacts): string {
  const now = decimalToNumber(price);
  const distance = percentText(Math.abs(now - decisionPrice) / decisionPrice);
  return `the price of ${moneyText(now, instrument.quoteAsset)} is ${distance} % from the signal close, --price-collar is ${percentText(limits.priceCollar ?? 0)} %`;
}

function unsellableWords(quantity: Decimal, facts: RiskFacts): string {
  const { instrument, price } = facts;
  const stop = facts.stopPrice ?? price;
  const sellable = sellableOf(quantity, facts);
  const worth = decimalToNumber(
    multiplyDecimals(multiplyDecimals(stop, SELLABLE_MARGIN), sellable),
  );
  const room = percentText(1 - decimalToNumber(SELLABLE_MARGIN));
  const loss = percentText(1 - decimalToNumber(stop) / decimalToNumber(price));
  const where =
    stop < price ? `at its stop ${loss} % lower, less a margin of ${room} %,` : `${room} % lower`;
  const isFew = sellable < instrument.quantityMin || sellable < instrument.marketQuantityMin;
  const why = violationWords(isFew ? 'quantity-range' : 'notional', instrument, worth);
  return `its value ${where} is ${moneyText(worth, instrument.quoteAsset)}, too little to sell: ${why}`;
}

/** A fraction in percent, without noise. */
export function percentText(fraction: number): string {
  return trimDecimal(decimalFromNumber(Number((100 * fraction).toPrecision(3))));
}
