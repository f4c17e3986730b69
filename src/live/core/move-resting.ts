import type { InstrumentRules } from '../../exchange/ports/index.js';
import {
  approvedPair,
  approvedStops,
  assessProfit,
  boundQuantity,
  exitQuantity,
  missingProfit,
  watchStop,
} from './approve-exits.js';
import { decideExit } from './decide-exit.js';
import { ordersOf, restingProfit, updateOrder } from './in-flight.js';
import { isAtStop, isAtTakeProfit } from './levels.js';
import { launch } from './make-order.js';
import { cancelingOrder, isResting, type LiveOrder, sendingOrder } from './order.js';
import { heldQuantity, type Position } from './position.js';
import type { RiskApproved } from './risk.js';
import { splitQuantity } from './split-quantity.js';
import { isInPlace, type StopPlan, stopPlan, triggerOf } from './stop-plan.js';
import { exitPriceOf, levelsOf, patchObserved, persist, type Turn } from './turn.js';

/** One leg of a pair ended: news of what the other did is awaited for this long. */
const PARTNER_NEWS_MS = 1_000;

/** What rests gives way to an exit and to another level or quantity; other orders are short-lived by themselves. */
export function isInTheWay(turn: Turn, order: LiveOrder): boolean {
  const { position } = turn.memory;
  const { rules } = turn.observed;
  if (!isResting(order) || position === null || rules === undefined) return false;
  return order.leg === 'stop'
    ? isStopInTheWay(turn, order, position, rules)
    : isProfitInTheWay(turn, order, position, rules);
}

function isStopInTheWay(
  turn: Turn,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  // Partly executed: it was released and will end by itself, unless its limit holds it back.
  if (order.executed > 0n)
    return position.exit !== null && order.request.type === 'stop-loss-limit';
  if (position.exit !== null || heldQuantity(position) <= 0n) return true;
  const plan = stopPlan(turn, position, rules, exitQuantity(turn, position, rules));
  if (plan === undefined) return false;
  if (!plan.former.includes(order))
    return isInPlace(plan) && isPairPossible(turn, order, position, rules);
  // It goes when its successors are in their place; while they are on their way it stays.
  return plan.missing.length > 0 || plan.isTooLarge || isInPlace(plan);
}

function isProfitInTheWay(
  turn: Turn,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  if (order.list !== null) {
    // The stop of the pair speaks for both; without it the rest of the position has none.
    if (ordersOf(turn.memory).some((other) => other !== order && other.list === order.list))
      return false;
    return turn.time >= (position.unprotectedSince ?? 0) + PARTNER_NEWS_MS;
  }
  if (position.exit !== null) return true;
  const { takeProfit } = levelsOf(turn, position, rules.tickSize);
  if (takeProfit === undefined || !('price' in order.request)) return false;
  if (order.request.price !== takeProfit) return true;
  const isBooked = order.executed === order.booked;
  const rest = order.request.quantity - order.booked;
  return isBooked && rest !== exitQuantity(turn, position, rules);
}

/**
 * Takes an order out of the way of an exit: what rests is cancelled before the exit leaves.
 */
export function cancelResting(turn: Turn, order: LiveOrder): void {
  const { list, request } = order;
  for (const member of ordersOf(turn.memory)) {
    const isMember = member === order || (list !== null && member.list === list);
    if (isMember) updateOrder(turn, cancelingOrder(member, turn.time));
  }
  turn.effects.push({ type: 'cancel', clientOrderId: request.clientOrderId });
}

/**
 * Moves an order that rests at another level, or holds another quantity, than it should. A stop never goes before its
 * successor may be placed: on spot it gives way in one request where it stands alone, on USD-M it stays until all its
 * successors rest.
 */
export function moveResting(turn: Turn, order: LiveOrder): void {
  const { position } = turn.memory;
  const { rules } = turn.observed;
  if (position === null || rules === undefined) return;
  if (heldQuantity(position) <= 0n) {
    cancelResting(turn, order);
    return;
  }
  if (order.leg !== 'stop') {
    if (isProfitReplaceable(turn, order, position, rules)) cancelResting(turn, order);
    return;
  }
  const quantity = exitQuantity(turn, position, rules);
  const plan = stopPlan(turn, position, rules, quantity);
  if (plan === undefined) return;
  const price = exitPriceOf(turn, position.side);
  if (price !== undefined && isAtStop(position.side, price, plan.price)) {
    decideExit(turn, position, plan.reason);
    return;
  }
  if (plan.isTooLarge) watchStop(turn, position, rules, 'quantity-range');
  else if (isInPlace(plan)) {
    if (plan.former.includes(order)) cancelResting(turn, order);
    else upgradeToPair(turn, order, position, rules);
  } else if (plan.missing.length > 0) succeedStop(turn, order, position, rules, plan);
}

/** Sends what takes the place of a stop. */
function succeedStop(
  turn: Turn,
  former: LiveOrder,
  position: Position,
  rules: InstrumentRules,
  plan: StopPlan,
): void {
  const isSpot = rules.market === 'spot';
  const isAlone = former.list === null && restingProfit(turn.memory) === undefined;
  const quantity = exitQuantity(turn, position, rules);
  const room = quantity - boundQuantity(turn) + former.request.quantity;
  const part = isSpot && isAlone ? plan.missing.find((size) => size <= room) : undefined;
  const missing = part === undefined ? plan.missing : [part];
  const intents = approvedStops(turn, position, rules, { ...plan, missing });
  if ('refusal' in intents) {
    if (turn.observed.stopRests) watchStop(turn, position, rules, intents.refusal);
  } else if (!isSpot) for (const intent of intents) launch(turn, intent);
  else if (part === undefined) cancelResting(turn, former);
  else replaceStop(turn, former, intents[0]!);
}

function replaceStop(turn: Turn, former: LiveOrder, intent: RiskApproved): void {
  updateOrder(turn, cancelingOrder(former, turn.time));
  const { orderCounter, order, others } = turn.memory;
  persist(turn, {
    orderCounter: orderCounter + 1,
    order: sendingOrder(intent, turn.time),
    others: order === null ? others : [...others, order],
  });
  patchObserved(turn, { changeTime: turn.time });
  const { clientOrderId } = former.request;
  turn.effects.push({ type: 'replace', clientOrderId, intent });
}

/** A stop that had to rest alone on spot makes room for the pair, once the rules take it. */
function upgradeToPair(
  turn: Turn,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): void {
  if (isPairPossible(turn, order, position, rules)) cancelResting(turn, order);
}

function isPairPossible(
  turn: Turn,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  if (rules.market !== 'spot' || ordersOf(turn.memory).length !== 1) return false;
  const profitPrice = missingProfit(turn, position, rules);
  const stopPrice = triggerOf(order);
  const price = exitPriceOf(turn, position.side);
  if (profitPrice === undefined || stopPrice === undefined || price === undefined) return false;
  if (isAtTakeProfit(position.side, price, profitPrice)) return false;
  const quantity = exitQuantity(turn, position, rules);
  return approvedPair(turn, position, rules, { stopPrice, profitPrice, quantity }) !== undefined;
}

/** Whether something may take the place of a take-profit: on USD-M another, on spot the pair or the stop that is missing. */
function isProfitReplaceable(
  turn: Turn,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  const quantity = exitQuantity(turn, position, rules);
  const { takeProfit, stop } = levelsOf(turn, position, rules.tickSize);
  if (order.list === null)
    return takeProfit === undefined || !('refusal' in assessProfit(turn, takeProfit, quantity));
  if (stop === undefined) return true;
  const parts = splitQuantity(rules, quantity, { type: 'stop-loss', price: stop.price }, 1);
  const missing = parts ?? [quantity];
  return !('refusal' in approvedStops(turn, position, rules, { price: stop.price, missing }));
}
