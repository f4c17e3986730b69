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
import { type StopPlan, stopPlan } from './stop-plan.js';
import { exitPriceOf, levelsOf, patchObserved, persist, type Turn } from './turn.js';

/**
 * Places the exits that should rest at the exchange and do not: on spot a stop and a take-profit as a pair of which one
 * ends the other, on USD-M as orders that only reduce; a stop that is too large for one order rests in parts. What the
 * rules forbid now is watched by the bot, which is said, and tried again after every look at the account. A price that is
 * at a level already decides the exit instead.
 */
export function restExits(turn: Turn, position: Position, rules: InstrumentRules): void {
  if (decideAtLevel(turn, position, rules)) return;
  const quantity = exitQuantity(turn, position, rules);
  const plan = stopPlan(turn, position, rules, quantity);
  const profitPrice = missingProfit(turn, position, rules);
  const isSpot = rules.market === 'spot';
  const isFree = ordersOf(turn.memory).length === 0;
  if (isSpot && isFree && profitPrice !== undefined && plan?.missing.length === 1) {
    if (placePair(turn, position, rules, { stopPrice: plan.price, profitPrice, quantity })) return;
    watchProfit(turn, 'the instrument does not accept OCO orders');
  } else if (isSpot && isFree && profitPrice !== undefined && plan !== undefined) {
    watchProfit(turn, 'the stop is split into parts');
  }
  if (plan !== undefined) restStops(turn, position, rules, { plan, quantity });
  // On spot the coins of the stop are not there for another order.
  const isAlone = !isSpot || (plan === undefined && isFree);
  if (profitPrice !== undefined && isAlone && turn.observed.profitRests)
    placeProfit(turn, { profitPrice, quantity });
}

/** Whether the price is at a level where nothing rests: that decides the exit. */
function decideAtLevel(turn: Turn, position: Position, rules: InstrumentRules): boolean {
  const { stop, takeProfit } = levelsOf(turn, position, rules.tickSize);
  const price = exitPriceOf(turn, position.side);
  if (price === undefined || turn.memory.order !== null) return false;
  if (stop !== undefined && isAtStop(position.side, price, stop.price)) {
    if (position.exit === null) decideExit(turn, position, stop.reason);
    return true;
  }
  if (position.exit !== null) return false;
  if (restingProfit(turn.memory) !== undefined || takeProfit === undefined) return false;
  if (!isAtTakeProfit(position.side, price, takeProfit)) return false;
  decideExit(turn, position, 'take-profit');
  return true;
}

/** Places the stops that are missing, as far as there is room for them beside those that rest. */
function restStops(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  { plan, quantity }: { readonly plan: StopPlan; readonly quantity: Decimal },
): void {
  if (!turn.observed.stopRests) return;
  if (plan.isTooLarge) {
    watchStop(turn, position, rules, 'quantity-range');
    return;
  }
  // A successor takes the place of what rests (`clearWay`); on spot it needs its coins.
  if (plan.missing.length === 0 || plan.former.length > 0) return;
  if (rules.market === 'spot' && boundQuantity(turn) + sumOf(plan.missing) > quantity) return;
  const intents = approvedStops(turn, position, rules, plan);
  if ('refusal' in intents) watchStop(turn, position, rules, intents.refusal);
  else for (const intent of intents) launch(turn, intent);
}

function placeProfit(
  turn: Turn,
  { profitPrice, quantity }: { readonly profitPrice: Decimal; readonly quantity: Decimal },
): void {
  const intent = assessProfit(turn, profitPrice, quantity);
  if ('refusal' in intent) {
    watchProfit(turn, intent.refusal);
    return;
  }
  const { orderCounter, others } = turn.memory;
  persist(turn, {
    orderCounter: orderCounter + 1,
    others: [...others, sendingOrder(intent, turn.time)],
  });
  patchObserved(turn, { changeTime: turn.time });
  turn.effects.push({ type: 'place', intent });
}

/** Returns whether the pair is on its way. */
function placePair(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  terms: PairTerms,
): boolean {
  const pair = approvedPair(turn, position, rules, terms);
  if (pair === undefined) return false;
  const { stop, profit } = pair;
  const listClientOrderId = nextId(turn, 'pair', 3);
  persist(turn, {
    orderCounter: turn.memory.orderCounter + 3,
    order: sendingOrder(stop, turn.time, listClientOrderId),
    others: [sendingOrder(profit, turn.time, listClientOrderId)],
  });
  patchObserved(turn, { changeTime: turn.time });
  turn.effects.push({ type: 'place-pair', listClientOrderId, stop, profit });
  return true;
}
