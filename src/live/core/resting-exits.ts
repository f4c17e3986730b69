import type { Decimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import {
  approvedPair,
  approvedStops,
  assessProfit,
  boundQuantity,
  exitQuantity,
  missingProfit,
  type PairTerms,
  sumOf,
  watchProfit,
  watchStop,
} from './approve-exits.js';
import { decideExit } from './decide-exit.js';
import { ordersOf, restingProfit } from './in-flight.js';
import { isAtStop, isAtTakeProfit } from './levels.js';
import { launch, nextId } from './make-order.js';
import { sendingOrder } from './order.js';
import type { Position } from './position.js';
import { exitPriceOf, levelsOf, patchObserved, persist, type StepContext } from './step-context.js';
import { type StopPlan, stopPlan } from './stop-plan.js';

/**
 * Places the exits that should rest at the exchange and do not: on spot a stop and a take-profit as a pair of which one
 * ends the other, on USD-M as orders that only reduce; a stop that is too large for one order rests in parts. What the
 * rules forbid now is monitored by the bot, which is reported, and retried after every account update. A price that is
 * at a level already decides the exit instead.
 */
export function restExits(ctx: StepContext, position: Position, rules: InstrumentRules): void {
  if (decideAtLevel(ctx, position, rules)) return;
  const quantity = exitQuantity(ctx, position, rules);
  const plan = stopPlan(ctx, position, rules, quantity);
  const profitPrice = missingProfit(ctx, position, rules);
  const isSpot = rules.market === 'spot';
  const isFree = ordersOf(ctx.memory).length === 0;
  if (isSpot && isFree && profitPrice !== undefined && plan?.missing.length === 1) {
    if (placePair(ctx, position, rules, { stopPrice: plan.price, profitPrice, quantity })) return;
    watchProfit(ctx, 'the instrument does not accept OCO orders');
  } else if (isSpot && isFree && profitPrice !== undefined && plan !== undefined) {
    watchProfit(ctx, 'the stop is split into parts');
  }
  if (plan !== undefined) restStops(ctx, position, rules, { plan, quantity });
  // On spot the coins of the stop are not there for another order.
  const isAlone = !isSpot || (plan === undefined && isFree);
  if (profitPrice !== undefined && isAlone && ctx.observed.profitRests)
    placeProfit(ctx, { profitPrice, quantity });
}

/** Whether the price is at a level where nothing rests: that decides the exit. */
function decideAtLevel(ctx: StepContext, position: Position, rules: InstrumentRules): boolean {
  const { stop, takeProfit } = levelsOf(ctx, position, rules.tickSize);
  const price = exitPriceOf(ctx, position.side);
  if (price === undefined || ctx.memory.order !== null) return false;
  if (stop !== undefined && isAtStop(position.side, price, stop.price)) {
    if (position.exit === null) decideExit(ctx, position, stop.reason);
    return true;
  }
  if (position.exit !== null) return false;
  if (restingProfit(ctx.memory) !== undefined || takeProfit === undefined) return false;
  if (!isAtTakeProfit(position.side, price, takeProfit)) return false;
  decideExit(ctx, position, 'take-profit');
  return true;
}

/** Places the stops that are missing, as far as there is room for them beside those that rest. */
function restStops(
  ctx: StepContext,
  position: Position,
  rules: InstrumentRules,
  { plan, quantity }: { readonly plan: StopPlan; readonly quantity: Decimal },
): void {
  if (!ctx.observed.stopRests) return;
  if (plan.isTooLarge) {
    watchStop(ctx, position, rules, 'quantity-range');
    return;
  }
  // A successor takes the place of what rests (`clearWay`); on spot it needs its coins.
  if (plan.missing.length === 0 || plan.former.length > 0) return;
  if (rules.market === 'spot' && boundQuantity(ctx) + sumOf(plan.missing) > quantity) return;
  const intents = approvedStops(ctx, position, rules, plan);
  if ('refusal' in intents) watchStop(ctx, position, rules, intents.refusal);
  else for (const intent of intents) launch(ctx, intent);
}

function placeProfit(
  ctx: StepContext,
  { profitPrice, quantity }: { readonly profitPrice: Decimal; readonly quantity: Decimal },
): void {
  const intent = assessProfit(ctx, profitPrice, quantity);
  if ('refusal' in intent) {
    watchProfit(ctx, intent.refusal);
    return;
  }
  const { orderCounter, others } = ctx.memory;
  persist(ctx, {
    orderCounter: orderCounter + 1,
    others: [...others, sendingOrder(intent, ctx.time)],
  });
  patchObserved(ctx, { changeTime: ctx.time });
  ctx.effects.push({ type: 'place', intent });
}

/** Returns whether the pair is on its way. */
function placePair(
  ctx: StepContext,
  position: Position,
  rules: InstrumentRules,
  terms: PairTerms,
): boolean {
  const pair = approvedPair(ctx, position, rules, terms);
  if (pair === undefined) return false;
  const { stop, profit } = pair;
  const listClientOrderId = nextId(ctx, 'pair', 3);
  persist(ctx, {
    orderCounter: ctx.memory.orderCounter + 3,
    order: sendingOrder(stop, ctx.time, listClientOrderId),
    others: [sendingOrder(profit, ctx.time, listClientOrderId)],
  });
  patchObserved(ctx, { changeTime: ctx.time });
  ctx.effects.push({ type: 'place-pair', listClientOrderId, stop, profit });
  return true;
}
