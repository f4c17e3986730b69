import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  maxDecimal,
  multiplyDecimals,
  roundToStep,
  trimDecimal,
} from '../../domain/index.js';
import { marketFillPrice, type SideSign, type TradeRules } from '../../semantics/index.js';
import { SELLABLE_MARGIN, sellableOf } from './risk.js';
import type { SizeBound, SizeBounds, SizeFacts } from './size-bounds.js';
import { moneyText, percentText } from './size-words.js';

/** Room for the price to move before a number that was given no longer fits. */
const ROOM = 0.02;
/** So many digits are enough for a number that somebody types. */
const DIGITS = 3;
/** Where little lies between the smallest and the largest. */
const DIGITS_MAX = 8;

/** What the advice depends on. */
export interface AdviceFacts {
  readonly rules: Pick<TradeRules, 'size' | 'leverage' | 'commissionRate' | 'slippageRate'>;
  readonly side: SideSign;
  readonly size: SizeFacts;
  /** Of the bot; quote. */
  readonly balance: Decimal;
  /** That was wanted; base. */
  readonly quantity: Decimal;
}

/**
 * Says which size would fit, in the terms in which it was given.
 *
 * @param bounds - What fits; the quantity wanted lies outside.
 * @param facts - Rules, money and what was wanted.
 */
export function sizeAdvice({ least, most }: SizeBounds, facts: AdviceFacts): string {
  if (least === undefined) return 'no size is valid';
  if (most !== undefined && most.quantity < least.quantity) return noneFits(least, most, facts);
  const isSmall = facts.quantity < least.quantity;
  const cost = costOf(decimalToNumber(least.quantity), facts);
  const isShare = 'equityFraction' in facts.rules.size;
  if (isSmall && isShare && cost > decimalToNumber(facts.balance)) {
    return poorText(cost, 'a balance (--balance)', facts);
  }
  const bound = isSmall ? least : (most ?? least);
  const number = sizeText(bound, isSmall ? 'up' : 'down', { least, most }, facts);
  const other = otherWay(bound, facts);
  return `use ${number}${other === undefined ? '' : `, or ${other}`}`;
}

/** The smallest order is larger than the largest. */
function noneFits(least: SizeBound, most: SizeBound, facts: AdviceFacts): string {
  const { instrument, price, leverage, commissionRate } = facts.size;
  const notional = decimalToNumber(multiplyDecimals(price, least.quantity, 'up'));
  if (most.refusal === 'beyond-own-balance') {
    const cost = costOf(decimalToNumber(least.quantity), facts);
    return poorText(cost, 'a balance (--balance)', facts);
  }
  if (most.refusal === 'insufficient-balance') {
    return poorText(notional * (1 / leverage + commissionRate), 'a free balance', facts);
  }
  const largest = decimalToNumber(multiplyDecimals(price, most.quantity));
  const money = (quote: number): string => moneyText(quote, instrument.quoteAsset);
  return `no size is valid: the smallest is ${money(notional)}, the largest ${money(largest)}`;
}

function poorText(cost: number, what: string, { size }: AdviceFacts): string {
  const enough = rounded(cost * (1 + ROOM), 'up', DIGITS);
  return `it needs ${what} of ${moneyText(enough, size.instrument.quoteAsset)} or more`;
}

/** Margin and commission as the sizes count them, at the price after slippage; quote. */
function costOf(quantity: number, { rules, side, size }: AdviceFacts): number {
  const { leverage, commissionRate, slippageRate } = rules;
  const expected = marketFillPrice(decimalToNumber(size.price), side, slippageRate);
  return quantity * expected * (1 / leverage + commissionRate);
}

/** A bound as the option that sets it, with room where it moves with the price. */
function sizeText(
  bound: SizeBound,
  way: 'up' | 'down',
  { least, most }: { readonly least: SizeBound; readonly most: SizeBound | undefined },
  facts: AdviceFacts,
): string {
  const { rules, size, balance } = facts;
  const { stepSize, marketStepSize } = size.instrument;
  const step = maxDecimal(maxDecimal(stepSize, marketStepSize), 1n);
  const quantity = decimalToNumber(bound.quantity);
  const first = decimalToNumber(least.quantity);
  const end = most === undefined ? Number.POSITIVE_INFINITY : decimalToNumber(most.quantity + step);
  // Between both ends there may be less than the room; a quantity below the end is put on the grid.
  const middle = (first + end) / 2;
  const roomy =
    way === 'up'
      ? Math.min(quantity * (1 + ROOM), middle)
      : Math.max(quantity * (1 - ROOM), middle);
  const digits = end / first < 1 + 2 * ROOM ? DIGITS_MAX : DIGITS;
  const words = way === 'up' ? 'or more' : 'or less';
  if ('units' in rules.size) {
    const units = roundToStep(decimalFromNumber(rounded(roomy, way, digits)), step, way);
    const fits = units >= least.quantity && (most === undefined || units <= most.quantity);
    const isFixed = bound.refusal === 'quantity-range';
    return `--units ${trimDecimal(fits && !isFixed ? units : bound.quantity)} ${words}`;
  }
  const share = costOf(roomy, facts) / decimalToNumber(balance);
  const fraction = Math.min(1, rounded(share, way, digits));
  return `--equity-fraction ${fractionText(fraction)} ${words}`;
}

/** As it is typed: no exponent, however small. */
export function fractionText(fraction: number): string {
  return fraction.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** What else would help. */
function otherWay({ refusal }: SizeBound, facts: AdviceFacts): string | undefined {
  const { instrument, ownLeverage, leverage } = facts.size;
  if (refusal === 'unsellable-at-stop') return closerStop(facts);
  if (refusal === 'order-notional') return 'a larger --max-order-notional';
  if (refusal === 'position-notional') return 'a larger --max-position-notional';
  if (refusal === 'leverage-bracket') return 'a lower --leverage';
  const isUnderLevered = refusal === 'insufficient-balance' && leverage < ownLeverage;
  return isUnderLevered
    ? `leverage ${Math.ceil(ownLeverage)} for ${instrument.symbol} at the exchange`
    : undefined;
}

/** The farthest stop at which the quantity wanted could still be sold. */
function closerStop({ size, quantity }: AdviceFacts): string | undefined {
  const { instrument, price, stopPrice = price } = size;
  const sellable = sellableOf(quantity, size);
  if (sellable < instrument.quantityMin || sellable < instrument.marketQuantityMin)
    return undefined;
  const worth = multiplyDecimals(multiplyDecimals(price, SELLABLE_MARGIN), sellable);
  const loss = 1 - (decimalToNumber(instrument.notionalMin) * (1 + ROOM)) / decimalToNumber(worth);
  if (!(loss >= 0.001) || stopPrice >= price) return undefined;
  return `a stop of ${percentText(Math.floor(loss * 1000) / 1000)} % or less`;
}

/** A number with few digits. */
function rounded(value: number, way: 'up' | 'down', digits: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  const steps = way === 'up' ? Math.ceil(value / unit) : Math.floor(value / unit);
  return Number((steps * unit).toPrecision(digits));
}
