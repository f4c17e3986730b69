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
import { exitPriceOf, levelsOf, patchObserved, persist, type StepContext } from './step-context.js';
import { isInPlace, type StopPlan, stopPlan, triggerOf } from './stop-plan.js';

/** One leg of a pair ended: news of what the other did is awaited for this long. */
const PARTNER_NEWS_MS = 1_000;

/** What rests gives way to an exit and to another level or quantity; other orders are short-lived by themselves. */
export function isInTheWay(ctx: StepContext, order: LiveOrder): boolean {
  const { position } = ctx.memory;
  const { rules } = ctx.observed;
  if (!isResting(order) || position === null || rules === undefined) return false;
  return order.role === 'stop'
    ? isStopInTheWay(ctx, order, position, rules)
    : isProfitInTheWay(ctx, order, position, rules);
}

function isStopInTheWay(
  ctx: StepContext,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  // Partly executed: it was released and will end by itself, unless its limit holds it back.
  if (order.executed > 0n)
    return position.exit !== null && order.request.type === 'stop-loss-limit';
  if (position.exit !== null || heldQuantity(position) <= 0n) return true;
  const plan = stopPlan(ctx, position, rules, exitQuantity(ctx, position, rules));
  if (plan === undefined) return false;
  if (!plan.former.includes(order))
    return isInPlace(plan) && isPairPossible(ctx, order, position, rules);
  // It goes when its successors are in their place; while they are on their way it stays.
  return plan.missing.length > 0 || plan.isTooLarge || isInPlace(plan);
}

function isProfitInTheWay(
  ctx: StepContext,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  if (order.list !== null) {
    // The stop of the pair speaks for both; without it the rest of the position has none.
    if (ordersOf(ctx.memory).some((other) => other !== order && other.list === order.list))
      return false;
    return ctx.time >= (position.unprotectedSince ?? 0) + PARTNER_NEWS_MS;
  }
  if (position.exit !== null) return true;
  const { takeProfit } = levelsOf(ctx, position, rules.tickSize);
  if (takeProfit === undefined || !('price' in order.request)) return false;
  if (order.request.price !== takeProfit) return true;
  const isBooked = order.executed === order.booked;
  const rest = order.request.quantity - order.booked;
  return isBooked && rest !== exitQuantity(ctx, position, rules);
}

/**
 * Takes an order out of the way of an exit: what rests is cancelled before the exit leaves.
 */
export function cancelResting(ctx: StepContext, order: LiveOrder): void {
  const { list, request } = order;
  for (const member of ordersOf(ctx.memory)) {
    const isMember = member === order || (list !== null && member.list === list);
    if (isMember) updateOrder(ctx, cancelingOrder(member, ctx.time));
  }
  ctx.effects.push({ type: 'cancel', clientOrderId: request.clientOrderId });
}

/**
 * Moves an order that rests at another level, or holds another quantity, than it should. A stop never goes before its
 * successor may be placed: on spot it gives way in one request where it stands alone, on USD-M it stays until all its
 * successors rest.
 */
export function moveResting(ctx: StepContext, order: LiveOrder): void {
  const { position } = ctx.memory;
  const { rules } = ctx.observed;
  if (position === null || rules === undefined) return;
  if (heldQuantity(position) <= 0n) {
    cancelResting(ctx, order);
    return;
  }
  if (order.role !== 'stop') {
    if (isProfitReplaceable(ctx, order, position, rules)) cancelResting(ctx, order);
    return;
  }
  const quantity = exitQuantity(ctx, position, rules);
  const plan = stopPlan(ctx, position, rules, quantity);
  if (plan === undefined) return;
  const price = exitPriceOf(ctx, position.side);
  if (price !== undefined && isAtStop(position.side, price, plan.price)) {
    decideExit(ctx, position, plan.reason);
    return;
  }
  if (plan.isTooLarge) watchStop(ctx, position, rules, 'quantity-range');
  else if (isInPlace(plan)) {
    if (plan.former.includes(order)) cancelResting(ctx, order);
    else upgradeToPair(ctx, order, position, rules);
  } else if (plan.missing.length > 0) succeedStop(ctx, order, position, rules, plan);
}

/** Sends what takes the place of a stop. */
function succeedStop(
  ctx: StepContext,
  former: LiveOrder,
  position: Position,
  rules: InstrumentRules,
  plan: StopPlan,
): void {
  const isSpot = rules.market === 'spot';
  const isAlone = former.list === null && restingProfit(ctx.memory) === undefined;
  const quantity = exitQuantity(ctx, position, rules);
  const room = quantity - boundQuantity(ctx) + former.request.quantity;
  const part = isSpot && isAlone ? plan.missing.find((size) => size <= room) : undefined;
  const missing = part === undefined ? plan.missing : [part];
  const intents = approvedStops(ctx, position, rules, { ...plan, missing });
  if ('refusal' in intents) {
    if (ctx.observed.stopRests) watchStop(ctx, position, rules, intents.refusal);
  } else if (!isSpot) for (const intent of intents) launch(ctx, intent);
  else if (part === undefined) cancelResting(ctx, former);
  else replaceStop(ctx, former, intents[0]!);
}

function replaceStop(ctx: StepContext, former: LiveOrder, intent: RiskApproved): void {
  updateOrder(ctx, cancelingOrder(former, ctx.time));
  const { orderCounter, order, others } = ctx.memory;
  persist(ctx, {
    orderCounter: orderCounter + 1,
    order: sendingOrder(intent, ctx.time),
    others: order === null ? others : [...others, order],
  });
  patchObserved(ctx, { changeTime: ctx.time });
  const { clientOrderId } = former.request;
  ctx.effects.push({ type: 'replace', clientOrderId, intent });
}

/** A stop that had to rest alone on spot makes room for the pair, once the rules take it. */
function upgradeToPair(
  ctx: StepContext,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): void {
  if (isPairPossible(ctx, order, position, rules)) cancelResting(ctx, order);
}

function isPairPossible(
  ctx: StepContext,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  if (rules.market !== 'spot' || ordersOf(ctx.memory).length !== 1) return false;
  const profitPrice = missingProfit(ctx, position, rules);
  const stopPrice = triggerOf(order);
  const price = exitPriceOf(ctx, position.side);
  if (profitPrice === undefined || stopPrice === undefined || price === undefined) return false;
  if (isAtTakeProfit(position.side, price, profitPrice)) return false;
  const quantity = exitQuantity(ctx, position, rules);
  return approvedPair(ctx, position, rules, { stopPrice, profitPrice, quantity }) !== undefined;
}

/** Whether something may take the place of a take-profit: on USD-M another, on spot the pair or the stop that is missing. */
function isProfitReplaceable(
  ctx: StepContext,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  const quantity = exitQuantity(ctx, position, rules);
  const { takeProfit, stop } = levelsOf(ctx, position, rules.tickSize);
  if (order.list === null)
    return takeProfit === undefined || !('refusal' in assessProfit(ctx, takeProfit, quantity));
  if (stop === undefined) return true;
  const parts = splitQuantity(rules, quantity, { type: 'stop-loss', price: stop.price }, 1);
  const missing = parts ?? [quantity];
  return !('refusal' in approvedStops(ctx, position, rules, { price: stop.price, missing }));
}
