import type { Fill, OrderReport } from '../../exchange/ports/index.js';
import { noteDegradation } from './degradations.js';
import { ordersOf, updateOrder } from './in-flight.js';
import { type Absence, type LiveOrder, NOT_ABSENT } from './order.js';
import { alert, patchObserved, type Turn } from './turn.js';

/**
 * Orders that the exchange took and does not know any more: it forgets old ones, an account may be wiped, or belong to
 * another key. One that is not among the open orders and is unknown when asked twice has ended; so has one of which even
 * the request to cancel it found nothing.
 */

/** After a request to cancel that found nothing one more answer is enough, this part of the usual time later. */
const CANCEL_PROOF_PART = 4;
/** An answer about fills that does not come is not waited for longer. */
const REPLY_MS_MAX = 5_000;
/** Fills that nobody could say the order of are asked for again this much later. */
const ASK_AGAIN_MS = 3_000;
/** Clocks may differ: fills are asked for from before the order was sent. */
const CLOCK_MARGIN_MS = 60_000;

/** The order is not among the open ones. */
export function noteUnlisted(turn: Turn, order: LiveOrder, askedTime: number): void {
  const absence = order.absence ?? NOT_ABSENT;
  if (absence.unlistedTime !== null) return;
  updateOrder(turn, { ...order, absence: { ...absence, unlistedTime: askedTime } });
}

/** A request to cancel the order found nothing. */
export function noteNothingToCancel(turn: Turn, order: LiveOrder): void {
  const absence = order.absence ?? NOT_ABSENT;
  if (absence.nothingToCancelTime !== null || order.orderId === null) return;
  updateOrder(turn, { ...order, absence: { ...absence, nothingToCancelTime: turn.time } });
  lookFirst(turn, absence);
}

/** The exchange did not know the order when it was asked, though it had taken it. */
export function noteUnknown(turn: Turn, order: LiveOrder, askedTime: number): void {
  const { absentAfterMs } = turn.context.limits;
  const isEarly = askedTime < order.sentTime + absentAfterMs;
  if (order.phase !== 'open' || isForgotten(order) || isEarly) return;
  const absence = order.absence ?? NOT_ABSENT;
  const noted = { ...absence, unknownTime: absence.unknownTime ?? askedTime };
  const isProven = isProof(noted, askedTime, absentAfterMs);
  updateOrder(turn, { ...order, absence: { ...noted, isForgotten: isProven } });
  lookFirst(turn, noted);
  if (!isProven) return;
  sayForgotten(turn, order);
  noteGone(turn, order, noted);
}

/** What the price passed meanwhile was not carried out: parity with the backtest is explained by it. */
function noteGone(turn: Turn, { leg, sentTime }: LiveOrder, { unlistedTime }: Absence): void {
  if (leg !== 'stop' && leg !== 'take-profit') return;
  const fromTime = (unlistedTime ?? turn.time) - turn.context.limits.accountPollMs;
  noteDegradation(turn, {
    reason: 'exits-gone',
    fromTime: Math.max(sentTime, fromTime),
    toTime: turn.time,
  });
}

/** Whether it is among the open ones is what counts: that is looked at before anything else is sent. */
function lookFirst(turn: Turn, { unlistedTime }: Absence): void {
  if (unlistedTime === null) patchObserved(turn, { accountTime: undefined });
}

function isProof(absence: Absence, askedTime: number, absentAfterMs: number): boolean {
  const { unlistedTime, unknownTime, nothingToCancelTime } = absence;
  if (unlistedTime === null || unknownTime === null) return false;
  const isTwice = askedTime >= unknownTime + absentAfterMs;
  const isUncancelled =
    nothingToCancelTime !== null &&
    askedTime >= nothingToCancelTime + absentAfterMs / CANCEL_PROOF_PART;
  return isTwice || isUncancelled;
}

function sayForgotten(turn: Turn, { leg, request }: LiveOrder): void {
  const level = leg === 'stop' && turn.memory.position !== null ? 'alarm' : 'warning';
  const text = `the exchange no longer knows ${leg} order ${request.clientOrderId}: it has ended; its fills are fetched before the next order`;
  alert(turn, level, 'order-forgotten', text);
}

/** Whether the exchange does not have the order any more, and nobody said what became of it. */
export function isForgotten({ absence }: LiveOrder): boolean {
  return absence?.isForgotten === true;
}

/** Asks for the fills of orders that were forgotten. */
export function reconcileForgotten(turn: Turn): void {
  const order = ordersOf(turn.memory).find(isForgotten);
  const { fillsAskedTime } = turn.observed;
  const isWaiting = fillsAskedTime !== undefined && turn.time < fillsAskedTime + REPLY_MS_MAX;
  if (order === undefined || isWaiting) return;
  const { position } = turn.memory;
  patchObserved(turn, { fillsAskedTime: turn.time });
  turn.effects.push({
    type: 'fetch-position-fills',
    fromTime: position?.firstFillTime ?? order.sentTime - CLOCK_MARGIN_MS,
    unknown: { side: order.request.side, tradeIds: position?.tradeIds ?? [] },
  });
}

/**
 * Returns the orders among them whose fills are complete as far as anybody can tell: those are ended. Fills that were
 * reported and are not listed are waited for, and so is a word on whose order is behind fills that nobody claims: a replica
 * that lags knows neither the order nor what it became.
 *
 * @param turn - The step in the making, with all listed fills booked.
 * @param fills - All since the entry.
 * @param orders - Those behind them that the exchange knows.
 */
export function endedOf(
  turn: Turn,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): readonly LiveOrder[] {
  const { absentAfterMs } = turn.context.limits;
  return ordersOf(turn.memory).filter((order) => {
    if (!isForgotten(order)) return false;
    const since = order.absence?.unknownTime ?? turn.time;
    const isListed = order.booked >= order.executed;
    if (!isListed) return turn.time >= since + 3 * absentAfterMs;
    return turn.time >= since + absentAfterMs || !isUnclaimed(turn, order, { fills, orders });
  });
}

/** Asks again soon, while fills are not complete. */
export function requestFillsAgain(turn: Turn): void {
  if (ordersOf(turn.memory).some(isForgotten))
    patchObserved(turn, { fillsAskedTime: turn.time - REPLY_MS_MAX + ASK_AGAIN_MS });
}

/** Whether there are fills on the side of the order that are not booked, and whose order the exchange does not know. */
function isUnclaimed(
  { memory: { position } }: Turn,
  { request }: LiveOrder,
  seen: { readonly fills: readonly Fill[]; readonly orders: readonly OrderReport[] },
): boolean {
  return seen.fills.some(
    ({ side, tradeId, orderId }) =>
      side === request.side &&
      position?.tradeIds.includes(tradeId) !== true &&
      !seen.orders.some((order) => order.orderId === orderId),
  );
}

/** What the exchange says of the order behind a fill, where it bears the id of one that was forgotten. */
export function reportsOf(
  turn: Turn,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): readonly { readonly clientOrderId: string; readonly fills: readonly Fill[] }[] {
  return ordersOf(turn.memory)
    .filter(isForgotten)
    .map(({ request, orderId }) => {
      const { clientOrderId } = request;
      const ids = orders
        .filter((report) => report.clientOrderId === clientOrderId)
        .map((report) => report.orderId);
      const own = fills.filter(
        (fill) =>
          fill.orderId === orderId ||
          ids.includes(fill.orderId) ||
          fill.clientOrderId === clientOrderId,
      );
      return { clientOrderId, fills: own.map((fill) => ({ ...fill, clientOrderId })) };
    });
}
