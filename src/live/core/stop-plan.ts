import type { Decimal, ExitReason } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import { ordersOf } from './in-flight.js';
import { isWorkingStop, type LiveOrder } from './order.js';
import type { Position } from './position.js';
import { splitQuantity } from './split-quantity.js';
import { levelsOf, type Turn } from './turn.js';

/** A stop is not split into more. */
const PARTS_MAX = 20;

/** What the stops of a position should be, and what they are. */
export interface StopPlan {
  readonly price: Decimal;
  readonly reason: ExitReason;
  /** Stops at this price, at the exchange or on their way there. */
  readonly present: readonly LiveOrder[];
  /** Quantities that no stop stands for yet: one, or several where one order may not hold as much. */
  readonly missing: readonly Decimal[];
  /** Stops of another price or quantity: they stay until all that should rest does. */
  readonly former: readonly LiveOrder[];
  /** More parts would be needed than the exchange takes stops. */
  readonly isTooLarge: boolean;
}

/**
 * Compares the stops of a position with what they should be.
 *
 * @param turn - The step in the making.
 * @param position - That has not decided to leave.
 * @param rules - Rules of the instrument.
 * @param quantity - What the stops must hold together, on the grid; base.
 * @returns `undefined` without a stop level, and while a stop is being carried out.
 */
export function stopPlan(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  quantity: Decimal,
): StopPlan | undefined {
  const { stop } = levelsOf(turn, position, rules.tickSize);
  const stops = stopsOf(turn);
  if (stop === undefined || stops.some(({ executed }) => executed > 0n)) return undefined;
  const { price, reason } = stop;
  const atPrice = stops.filter((order) => triggerOf(order) === price);
  if (sumOf(atPrice) === quantity && atPrice.length > 0) {
    const former = stops.filter((order) => !atPrice.includes(order));
    return { price, reason, present: atPrice, missing: [], former, isTooLarge: false };
  }
  const parts = wantedParts(rules, quantity, price, stops);
  const missing = [...(parts ?? [])];
  const present = atPrice.filter((order) => {
    const i = missing.indexOf(order.request.quantity);
    if (i >= 0) missing.splice(i, 1);
    return i >= 0;
  });
  const former = stops.filter((order) => !present.includes(order));
  return { price, reason, present, missing, former, isTooLarge: parts === undefined };
}

/** Whether all stops that should rest do. */
export function isInPlace({ present, missing, isTooLarge }: StopPlan): boolean {
  return !isTooLarge && missing.length === 0 && present.every(isWorkingStop);
}

/** Stops at the exchange or on their way there. */
export function stopsOf({ memory }: Pick<Turn, 'memory'>): readonly LiveOrder[] {
  return ordersOf(memory).filter(({ leg }) => leg === 'stop');
}

export function triggerOf({ request }: LiveOrder): Decimal | undefined {
  return 'triggerPrice' in request ? request.triggerPrice : undefined;
}

/** Parts that rest already are kept where each may be placed again: they then move one by one. */
function wantedParts(
  rules: InstrumentRules,
  quantity: Decimal,
  price: Decimal,
  stops: readonly LiveOrder[],
): readonly Decimal[] | undefined {
  const terms = { type: stopType(rules), price };
  const sizes = stops.map(({ request }) => request.quantity);
  const fits = (size: Decimal): boolean => splitQuantity(rules, size, terms, 1) !== undefined;
  if (stops.length > 1 && sumOf(stops) === quantity && sizes.every(fits)) return sizes;
  const { stopOrdersMax, market } = rules;
  // On USD-M the stops of before rest beside their successors for a moment.
  const beside = market === 'usdm' ? stops.filter((order) => triggerOf(order) !== price).length : 0;
  const partsMax = Math.min(stopOrdersMax === 0 ? PARTS_MAX : stopOrdersMax - beside, PARTS_MAX);
  return splitQuantity(rules, quantity, terms, Math.max(1, partsMax));
}

function stopType(rules: InstrumentRules): 'stop-loss' | 'stop-loss-limit' {
  return rules.orderTypes.includes('stop-loss') ? 'stop-loss' : 'stop-loss-limit';
}

function sumOf(orders: readonly LiveOrder[]): Decimal {
  return orders.reduce((sum, { request }) => sum + request.quantity, 0n);
}
