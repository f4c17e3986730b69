import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  multiplyDecimals,
} from '../../domain/index.js';
import type {
  InstrumentRules,
  InstrumentViolation,
  OrderRequest,
} from '../../exchange/ports/index.js';
import { floorQuantity, instrumentViolations } from '../../exchange/ports/instrument.js';
import { isAffordable } from '../../semantics/index.js';
import type { RiskLimits } from './settings.js';

/** Why an order is wanted. */
export type Leg = 'entry' | 'stop' | 'take-profit' | 'exit';

/** An order with a fixed quantity: the only kind that bots send. */
export type QuantityOrder = Extract<OrderRequest, { readonly quantity: Decimal }>;

/** What a bot wants to send, before risk checks. */
export interface OrderIntent {
  readonly leg: Leg;
  readonly order: QuantityOrder;
}

declare const approved: unique symbol;
/** An intent that passed; only `assessRisk` makes one, and only these are sent. */
export type RiskApproved = OrderIntent & { readonly [approved]: true };

export interface RiskRefused {
  readonly refusal:
    | InstrumentViolation
    | 'order-notional'
    | 'position-notional'
    | 'orders-per-hour'
    | 'price-collar'
    | 'unsellable-at-stop'
    | 'beyond-own-balance'
    | 'insufficient-balance';
}

/** What the checks look at. */
export interface RiskFacts {
  readonly instrument: InstrumentRules;
  readonly limits: RiskLimits;
  /** Price that the order is expected to meet; quote per base. */
  readonly price: Decimal;
  /** Close that decided; quote per base. Entries only. */
  readonly decisionPrice: number | undefined;
  /** Lowest price at which the bot plans to sell; quote per base. Spot only. */
  readonly stopPrice: Decimal | undefined;
  /** Fraction that the exchange may keep of the coins bought. */
  readonly commissionRate: number;
  readonly entriesInLastHour: number;
  /** Free quote balance of the account, on USD-M the margin available. */
  readonly quoteFree: Decimal;
  /** Of the account: the part of the notional that an entry binds is 1 / leverage; 1 on spot. */
  readonly leverage: number;
  /** What the bot sizes with, and its balance, which must carry margin and commission (S-29); quote. */
  readonly ownLeverage: number;
  readonly ownFunds: number;
}

/** A position must stay sellable at this much less than its stop. */
export const SELLABLE_MARGIN = decimalFromNumber(0.9);

/**
 * Checks an intent. Reducing legs are held to the rules of the instrument only: no limit may keep a bot in the market.
 *
 * @param intent - What is wanted.
 * @param facts - What is known now.
 */
export function assessRisk(intent: OrderIntent, facts: RiskFacts): RiskApproved | RiskRefused {
  const [violation] = instrumentViolations(facts.instrument, intent.order, facts.price);
  if (violation !== undefined) return { refusal: violation };
  const refusal = intent.leg === 'entry' ? entryRefusal(intent.order, facts) : undefined;
  return refusal === undefined ? (intent as RiskApproved) : { refusal };
}

function entryRefusal(order: QuantityOrder, facts: RiskFacts): RiskRefused['refusal'] | undefined {
  const { limits, price, decisionPrice } = facts;
  const notional = multiplyDecimals(price, order.quantity, 'up');
  const amount = decimalToNumber(notional);
  if (amount > (limits.maxOrderNotional ?? Number.POSITIVE_INFINITY)) return 'order-notional';
  if (amount > (limits.maxPositionNotional ?? Number.POSITIVE_INFINITY)) return 'position-notional';
  if (facts.entriesInLastHour >= (limits.maxOrdersPerHour ?? Number.POSITIVE_INFINITY)) {
    return 'orders-per-hour';
  }
  if (limits.priceCollar !== undefined && decisionPrice !== undefined) {
    const distance = Math.abs(decimalToNumber(price) - decisionPrice) / decisionPrice;
    if (!(distance <= limits.priceCollar)) return 'price-collar';
  }
  const isSpot = facts.instrument.market === 'spot';
  // USD-M lets every remainder be closed.
  if (isSpot && !isSellableAtStop(order.quantity, facts)) return 'unsellable-at-stop';
  const quote = decimalToNumber(price);
  const base = decimalToNumber(order.quantity);
  const commission = amount * facts.commissionRate;
  if (!isAffordable(quote, base, commission, facts.ownFunds, facts.ownLeverage)) {
    return 'beyond-own-balance';
  }
  // Spot takes the commission from the coins bought.
  const paid = isSpot ? 0 : commission;
  const free = decimalToNumber(facts.quoteFree);
  return isAffordable(quote, base, paid, free, facts.leverage) ? undefined : 'insufficient-balance';
}

/**
 * Returns what spot leaves of a purchase when the commission is taken from the coins, on the grid of exits.
 *
 * @param quantity - Bought; base.
 * @param facts - Grid and commission.
 */
export function sellableOf(
  quantity: Decimal,
  { instrument, commissionRate }: Pick<RiskFacts, 'instrument' | 'commissionRate'>,
): Decimal {
  const kept = multiplyDecimals(quantity, decimalFromNumber(1 - commissionRate));
  return floorQuantity(instrument, kept, true);
}

function isSellableAtStop(quantity: Decimal, facts: RiskFacts): boolean {
  const { instrument } = facts;
  const sellable = sellableOf(quantity, facts);
  const price = multiplyDecimals(facts.stopPrice ?? facts.price, SELLABLE_MARGIN);
  if (sellable < instrument.quantityMin || sellable < instrument.marketQuantityMin) return false;
  return multiplyDecimals(price, sellable) >= instrument.notionalMin;
}
