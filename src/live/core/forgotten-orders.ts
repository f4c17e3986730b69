import type { Fill, OrderReport } from '../../exchange/ports/index.js';
import { noteDegradation } from './degradations.js';
import { ordersOf, updateOrder } from './in-flight.js';
import { type Absence, type LiveOrder, NOT_ABSENT } from './order.js';
import { alert, patchObserved, type StepContext } from './step-context.js';

/**
 * Orders that the exchange accepted and no longer knows: it drops old ones, an account may be wiped, or belong to
 * another key. One that is not among the open orders and is unknown when asked twice has ended; so has one of which even
 * the request to cancel it found nothing.
 */

/** After a request to cancel that found nothing one more answer is enough, this part of the usual time later. */
const CANCEL_PROOF_PART = 4;
/** An answer about fills that does not come is not waited for longer. */
const REPLY_MS_MAX = 5_000;
/** Fills whose order the exchange does not know are requested again this much later. */
const ASK_AGAIN_MS = 3_000;
/** Clocks may differ: fills are asked for from before the order was sent. */
const CLOCK_MARGIN_MS = 60_000;

/** The order is not among the open ones. */
export function noteUnlisted(ctx: StepContext, order: LiveOrder, askedTime: number): void {
  const absence = order.absence ?? NOT_ABSENT;
  if (absence.unlistedTime !== null) return;
  updateOrder(ctx, { ...order, absence: { ...absence, unlistedTime: askedTime } });
}

/** A request to cancel the order found nothing. */
export function noteNothingToCancel(ctx: StepContext, order: LiveOrder): void {
  const absence = order.absence ?? NOT_ABSENT;
  if (absence.nothingToCancelTime !== null || order.orderId === null) return;
  updateOrder(ctx, { ...order, absence: { ...absence, nothingToCancelTime: ctx.time } });
  lookFirst(ctx, absence);
}

/** The exchange did not know the order when it was asked, though it had taken it. */
export function noteUnknown(ctx: StepContext, order: LiveOrder, askedTime: number): void {
  const { absentAfterMs } = ctx.env.limits;
  const isEarly = askedTime < order.sentTime + absentAfterMs;
  if (order.phase !== 'open' || isForgotten(order) || isEarly) return;
  const absence = order.absence ?? NOT_ABSENT;
  const noted = { ...absence, unknownTime: absence.unknownTime ?? askedTime };
  const isProven = isProof(noted, askedTime, absentAfterMs);
  updateOrder(ctx, { ...order, absence: { ...noted, isForgotten: isProven } });
  lookFirst(ctx, noted);
  if (!isProven) return;
  sayForgotten(ctx, order);
  noteGone(ctx, order, noted);
}

/** What the price passed meanwhile was not carried out: parity with the backtest is explained by it. */
function noteGone(
  ctx: StepContext,
  { role, sentTime }: LiveOrder,
  { unlistedTime }: Absence,
): void {
  if (role !== 'stop' && role !== 'take-profit') return;
  const fromTime = (unlistedTime ?? ctx.time) - ctx.env.limits.accountPollMs;
  noteDegradation(ctx, {
    reason: 'exits-gone',
    fromTime: Math.max(sentTime, fromTime),
    toTime: ctx.time,
  });
}

/** What counts is whether it is among the open orders: they are fetched before anything else is sent. */
function lookFirst(ctx: StepContext, { unlistedTime }: Absence): void {
  if (unlistedTime === null) patchObserved(ctx, { accountTime: undefined });
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

function sayForgotten(ctx: StepContext, { role, request }: LiveOrder): void {
  const level = role === 'stop' && ctx.memory.position !== null ? 'alarm' : 'warning';
  const text = `the exchange no longer knows ${role} order ${request.clientOrderId}: it has ended; its fills are fetched before the next order`;
  alert(ctx, level, 'order-forgotten', text);
}

/** Whether the exchange no longer has the order, and its outcome was not reported. */
export function isForgotten({ absence }: LiveOrder): boolean {
  return absence?.isForgotten === true;
}

/** Requests the fills of orders that the exchange no longer knows. */
export function reconcileForgotten(ctx: StepContext): void {
  const order = ordersOf(ctx.memory).find(isForgotten);
  const { fillsAskedTime } = ctx.observed;
  const isWaiting = fillsAskedTime !== undefined && ctx.time < fillsAskedTime + REPLY_MS_MAX;
  if (order === undefined || isWaiting) return;
  const { position } = ctx.memory;
  patchObserved(ctx, { fillsAskedTime: ctx.time });
  ctx.effects.push({
    type: 'fetch-position-fills',
    fromTime: position?.firstFillTime ?? order.sentTime - CLOCK_MARGIN_MS,
    unknown: { side: order.request.side, tradeIds: position?.tradeIds ?? [] },
  });
}

/**
 * Returns the orders among them whose fills are complete as far as can be known: those have ended. Fills that were
 * reported and are not listed are waited for, and so is a word on whose order is behind fills that nobody claims: a replica
 * that lags knows neither the order nor what it became.
 *
 * @param ctx - The step in the making, with all listed fills booked.
 * @param fills - All since the entry.
 * @param orders - Those behind them that the exchange knows.
 */
export function endedOf(
  ctx: StepContext,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): readonly LiveOrder[] {
  const { absentAfterMs } = ctx.env.limits;
  return ordersOf(ctx.memory).filter((order) => {
    if (!isForgotten(order)) return false;
    const since = order.absence?.unknownTime ?? ctx.time;
    const isListed = order.booked >= order.executed;
    if (!isListed) return ctx.time >= since + 3 * absentAfterMs;
    return ctx.time >= since + absentAfterMs || !isUnclaimed(ctx, order, { fills, orders });
  });
}

/** Asks again soon, while fills are not complete. */
export function requestFillsAgain(ctx: StepContext): void {
  if (ordersOf(ctx.memory).some(isForgotten))
    patchObserved(ctx, { fillsAskedTime: ctx.time - REPLY_MS_MAX + ASK_AGAIN_MS });
}

/** Whether there are fills on the side of the order that are not booked, and whose order the exchange does not know. */
function isUnclaimed(
  { memory: { position } }: StepContext,
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

/** What the exchange says of the order behind a fill, where it has the id of one that the exchange no longer knows. */
export function reportsOf(
  ctx: StepContext,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): readonly { readonly clientOrderId: string; readonly fills: readonly Fill[] }[] {
  return ordersOf(ctx.memory)
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
