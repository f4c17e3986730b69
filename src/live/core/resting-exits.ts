import type { Decimal, ExitReason } from '../../domain/index.js';
import { floorQuantity, type InstrumentRules } from '../../exchange/index.js';
import { ordersOf, restingProfit, updateOrder } from './in-flight.js';
import { isAtStop, isAtTakeProfit } from './levels.js';
import { assess, baseOrder, nextId, send } from './make-order.js';
import { cancelingOrder, isResting, isStopAtWork, type LiveOrder, sendingOrder } from './order.js';
import { heldQuantity, type Position } from './position.js';
import { stopRequest } from './protection.js';
import type { QuantityOrder } from './risk.js';
import { alert, exitPriceOf, levelsOf, notice, remember, type Turn } from './turn.js';

/** A balance may be this much older than the newest fill. */
export const BALANCE_LAG_MS = 2_000;
/** One leg of a pair ended: news of what the other did is awaited for this long. */
const PARTNER_NEWS_MS = 1_000;

/** Decides that a position leaves the market. */
export function decideExit(turn: Turn, position: Position, reason: ExitReason): void {
  remember(turn, { position: { ...position, exit: { reason, decidedTime: turn.time } } });
}

/** What can leave the market now, on the grid of the instrument: never more than the account has. */
export function exitQuantity(turn: Turn, position: Position, rules: InstrumentRules): Decimal {
  const { accountTime = 0, changeTime, baseTotal } = turn.senses;
  const held = heldQuantity(position);
  const isRecent = accountTime > changeTime + BALANCE_LAG_MS;
  return floorQuantity(rules, isRecent && baseTotal < held ? baseTotal : held, true);
}

/**
 * Places the exits that shall rest at the exchange and do not: on spot a stop and a take-profit as a pair of which one
 * ends the other, on USD-M as two orders that only reduce. What cannot rest is watched by the bot, which is said. A price
 * that is at a level already decides the exit instead.
 */
export function restExits(turn: Turn, position: Position, rules: InstrumentRules): void {
  const { stop, takeProfit } = levelsOf(turn, position, rules.tickSize);
  const { order } = turn.memory;
  const profit = restingProfit(turn.memory);
  const price = exitPriceOf(turn, position.side);
  if (price !== undefined && order === null && stop !== undefined) {
    if (isAtStop(position.side, price, stop.price)) {
      decideExit(turn, position, stop.reason);
      return;
    }
  }
  if (price !== undefined && profit === undefined && takeProfit !== undefined) {
    if (order === null && isAtTakeProfit(position.side, price, takeProfit)) {
      decideExit(turn, position, 'take-profit');
      return;
    }
  }
  const isSpot = rules.market === 'spot';
  // On spot the coins of one order are not there for another.
  if (isSpot && ordersOf(turn.memory).length > 0) return;
  const quantity = exitQuantity(turn, position, rules);
  const stopPrice = turn.senses.stopRests && order === null ? stop?.price : undefined;
  const profitPrice = turn.senses.profitRests && profit === undefined ? takeProfit : undefined;
  if (isSpot && stopPrice !== undefined && profitPrice !== undefined) {
    if (placePair(turn, position, rules, { stopPrice, profitPrice, quantity })) return;
    watchProfit(turn, 'the instrument takes no such pair');
  }
  if (stopPrice !== undefined) placeStop(turn, position, rules, { stopPrice, quantity });
  const isAlone = !isSpot || stop === undefined;
  if (profitPrice !== undefined && isAlone && turn.senses.profitRests) {
    placeProfit(turn, { profitPrice, quantity });
  }
}

/** Says, once for each reason, that the bot itself watches for the take-profit of this position. */
export function watchProfit(turn: Turn, why: string): void {
  const text = `the take-profit cannot rest on the exchange (${why}): the bot watches it`;
  const isKnown = text === turn.senses.profitWatchText;
  notice(turn, { profitRests: false, profitWatchText: text });
  if (!isKnown) alert(turn, 'warning', 'take-profit-not-resting', text);
}

function placeStop(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  { stopPrice, quantity }: { readonly stopPrice: Decimal; readonly quantity: Decimal },
): void {
  const terms = { ...baseOrder(turn, 'stop'), triggerPrice: stopPrice, quantity };
  const request = stopRequest(rules, position.side, terms);
  if (request !== undefined && send(turn, 'stop', request)) return;
  notice(turn, { stopRests: false });
  alert(turn, 'warning', 'stop-not-resting', 'no stop can rest on the exchange: the bot watches');
}

function placeProfit(
  turn: Turn,
  { profitPrice, quantity }: { readonly profitPrice: Decimal; readonly quantity: Decimal },
): void {
  const order = { ...baseOrder(turn, 'take-profit'), type: 'limit', price: profitPrice, quantity };
  const intent = assess(turn, 'take-profit', order as QuantityOrder);
  if ('refusal' in intent) {
    watchProfit(turn, intent.refusal);
    return;
  }
  const { orderCounter, others } = turn.memory;
  remember(turn, {
    orderCounter: orderCounter + 1,
    others: [...others, sendingOrder(intent, turn.time)],
  });
  notice(turn, { changeTime: turn.time });
  turn.effects.push({ type: 'place', intent });
}

interface PairTerms {
  readonly stopPrice: Decimal;
  readonly profitPrice: Decimal;
  readonly quantity: Decimal;
}

/** Returns whether the pair is on its way. */
function placePair(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  { stopPrice, profitPrice, quantity }: PairTerms,
): boolean {
  const request = stopRequest(rules, position.side, {
    ...baseOrder(turn, 'stop'),
    triggerPrice: stopPrice,
    quantity,
  });
  if (!rules.ocoAllowed || request === undefined) return false;
  const maker = { ...baseOrder(turn, 'take-profit', 2), type: 'limit-maker', price: profitPrice };
  const stop = assess(turn, 'stop', request);
  const profit = assess(turn, 'take-profit', { ...maker, quantity } as QuantityOrder);
  if ('refusal' in stop || 'refusal' in profit) return false;
  const listClientOrderId = nextId(turn, 'pair', 3);
  remember(turn, {
    orderCounter: turn.memory.orderCounter + 3,
    order: sendingOrder(stop, turn.time, listClientOrderId),
    others: [sendingOrder(profit, turn.time, listClientOrderId)],
  });
  notice(turn, { changeTime: turn.time });
  turn.effects.push({ type: 'place-pair', listClientOrderId, stop, profit });
  return true;
}

/**
 * Takes an order out of the way: a stop that only moves gives way to its successor in one request on spot, and on USD-M
 * stays until its successor rests; everything else is cancelled.
 */
export function clearWay(turn: Turn, order: LiveOrder, mayPlace: boolean): void {
  if (mayPlace && succeedStop(turn, order)) return;
  const { list, request } = order;
  for (const member of ordersOf(turn.memory)) {
    const isMember = member === order || (list !== null && member.list === list);
    if (isMember) updateOrder(turn, cancelingOrder(member, turn.time));
  }
  turn.effects.push({ type: 'cancel', clientOrderId: request.clientOrderId });
}

/** Returns whether a successor of the stop is on its way. */
function succeedStop(turn: Turn, former: LiveOrder): boolean {
  const { position, order, others } = turn.memory;
  const { rules } = turn.senses;
  if (position === null || position.exit !== null || rules === undefined) return false;
  if (former.leg !== 'stop' || former !== order || former.list !== null) return false;
  const isSpot = rules.market === 'spot';
  if (isSpot && others.length > 0) return false;
  const { stop } = levelsOf(turn, position, rules.tickSize);
  const price = exitPriceOf(turn, position.side);
  if (stop === undefined || price === undefined) return false;
  if (isAtStop(position.side, price, stop.price)) {
    decideExit(turn, position, stop.reason);
    return false;
  }
  const terms = { ...baseOrder(turn, 'stop'), triggerPrice: stop.price };
  const quantity = exitQuantity(turn, position, rules);
  const request = stopRequest(rules, position.side, { ...terms, quantity });
  if (request === undefined) return false;
  const intent = assess(turn, 'stop', request);
  if ('refusal' in intent) return false;
  remember(turn, {
    orderCounter: turn.memory.orderCounter + 1,
    order: sendingOrder(intent, turn.time),
    others: [...others, isSpot ? cancelingOrder(former, turn.time) : former],
  });
  notice(turn, { changeTime: turn.time });
  const { clientOrderId } = former.request;
  turn.effects.push(
    isSpot ? { type: 'replace', clientOrderId, intent } : { type: 'place', intent },
  );
  return true;
}

/** What rests gives way to an exit and to another level or quantity; other orders are short-lived by themselves. */
export function isInTheWay(turn: Turn, order: LiveOrder): boolean {
  const { position } = turn.memory;
  const { rules } = turn.senses;
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
  const { request } = order;
  // Partly executed: it was released and will end by itself, unless its limit holds it back.
  if (order.executed > 0n) return position.exit !== null && request.type === 'stop-loss-limit';
  if (position.exit !== null) return true;
  const present = turn.memory.order;
  // A former stop goes when its successor is in its place, not before.
  if (order !== present) return present !== null && isStopAtWork(present);
  const { stop } = levelsOf(turn, position, rules.tickSize);
  if (stop === undefined || !('triggerPrice' in request)) return false;
  if (request.triggerPrice !== stop.price) return true;
  return request.quantity !== exitQuantity(turn, position, rules);
}

function isProfitInTheWay(
  turn: Turn,
  order: LiveOrder,
  position: Position,
  rules: InstrumentRules,
): boolean {
  if (order.list !== null) {
    // The stop of the pair speaks for both; without it the rest of the position has none.
    if (turn.memory.order?.list === order.list) return false;
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
