import { type Decimal, maxDecimal } from '../../domain/index.js';
import type { Fill, OrderReport } from '../../exchange/ports/index.js';
import { isFinal } from '../../exchange/ports/order.js';
import { FIRST_STATE, type OrderState, stateAfter } from './order-lifecycle.js';
import type { Leg, OrderIntent, QuantityOrder } from './risk.js';

/** A request without an answer is taken as unknown after this. */
const REPLY_MS_MAX = 10_000;
/** Waits between two questions, doubling. */
const POLL_MS_MIN = 1_000;
const POLL_MS_MAX = 5_000;
/** Resting orders are looked at this often, whatever the streams say. */
const POLL_MS = 30_000;

/** An order that the exchange has or may have. */
export interface LiveOrder {
  readonly leg: Leg;
  readonly request: QuantityOrder;
  /** Client id of the pair (OCO) that it belongs to: an execution of one leg ends the other. */
  readonly list: string | null;
  /** Changed by the events of `ORDER_LIFECYCLE` alone. */
  readonly phase: OrderState;
  readonly sentTime: number;
  /** Id given by the exchange, of a released stop the one that its fills carry; `null` until it is known. */
  readonly orderId: string | null;
  /** Largest executed quantity reported, and what of it is booked; base. */
  readonly executed: Decimal;
  readonly booked: Decimal;
  readonly tradeIds: readonly string[];
  readonly cancelSent: boolean;
  /** The exchange took the order and rejected it later: on USD-M a stop may end so when it is released. */
  readonly isRejected: boolean;
  /** Why, in the words of the exchange. */
  readonly rejectReason?: string;
  /** When to ask the exchange again, ms UTC. */
  readonly pollTime: number;
  readonly polls: number;
  /** What speaks for its having ended though nobody reported its end; absent and `null` without. */
  readonly absence?: Absence | null;
}

/** Signs that the exchange does not have an order any more that it took. Each report of the order ends them. */
export interface Absence {
  /** It was not among the open orders that were asked for then, ms UTC. */
  readonly unlistedTime: number | null;
  /** The exchange did not know it when it was asked first, ms UTC. */
  readonly unknownTime: number | null;
  /** A request to cancel it found nothing, ms UTC. */
  readonly nothingToCancelTime: number | null;
  /** The signs are proof. */
  readonly isForgotten: boolean;
}

export const NOT_ABSENT: Absence = {
  unlistedTime: null,
  unknownTime: null,
  nothingToCancelTime: null,
  isForgotten: false,
};

/** Returns the order as it is right before it is sent. */
export function sendingOrder(
  { leg, order }: OrderIntent,
  time: number,
  list: string | null = null,
): LiveOrder {
  return {
    leg,
    request: order,
    list,
    phase: FIRST_STATE.sent,
    sentTime: time,
    orderId: null,
    executed: 0n,
    booked: 0n,
    tradeIds: [],
    cancelSent: false,
    isRejected: false,
    pollTime: time + REPLY_MS_MAX,
    polls: 0,
    absence: null,
  };
}

/**
 * Merges a report, whatever the order of arrival: executed quantity only grows, final stays final.
 *
 * @param order - As known so far.
 * @param report - Of the same client id.
 * @param time - Now, ms UTC.
 */
export function mergeReport(order: LiveOrder, report: OrderReport, time: number): LiveOrder {
  const executed = maxDecimal(report.executedQuantity, order.executed);
  const isFinalReport = isFinal(report.status) || executed === order.request.quantity;
  const phase = stateAfter(order.phase, isFinalReport ? 'reported-final' : 'reported-working');
  const isEnded = phase === 'ended';
  const merged: LiveOrder = {
    ...order,
    orderId: report.triggeredOrderId ?? order.orderId ?? report.orderId,
    executed,
    isRejected: order.isRejected || report.status === 'rejected',
    ...(report.status === 'rejected' &&
      report.reason !== undefined && { rejectReason: report.reason }),
    phase,
    absence: null,
  };
  // Fills that did not come with the end are asked for at once, and after that with patience.
  const isNews = isEnded && order.phase !== 'ended' && executed > order.booked;
  if (isEnded) return { ...merged, pollTime: isNews ? time : order.pollTime };
  return order.phase === 'open' ? merged : { ...merged, polls: 0, pollTime: time + POLL_MS };
}

/** Whether the order is meant to stay at the exchange: a stop, or a take-profit that is not immediate-or-cancel. */
export function isResting({ leg, request }: LiveOrder): boolean {
  if (leg === 'take-profit') return !('timeInForce' in request && request.timeInForce === 'ioc');
  return leg === 'stop';
}

/** Whether the order is a stop that protects now: the exchange has it, and listed it at the last look. */
export function isWorkingStop(order: LiveOrder): boolean {
  return order.leg === 'stop' && isListed(order);
}

/** Whether the exchange took the order and, at the last look, had it. */
export function isListed({ phase, absence }: LiveOrder): boolean {
  return phase === 'open' && absence?.unlistedTime == null;
}

/** Whether a fill belongs to the order and is not booked yet. */
export function isNewFill(order: LiveOrder, fill: Fill): boolean {
  const isOurs =
    fill.clientOrderId === order.request.clientOrderId ||
    (order.orderId !== null && fill.orderId === order.orderId);
  return isOurs && fill.symbol === order.request.symbol && !order.tradeIds.includes(fill.tradeId);
}

/** Books a fill that `isNewFill`. */
export function bookOrderFill(order: LiveOrder, fill: Fill): LiveOrder {
  const booked = order.booked + fill.quantity;
  const executed = maxDecimal(booked, order.executed);
  return {
    ...order,
    orderId: fill.orderId,
    booked,
    executed,
    tradeIds: [...order.tradeIds, fill.tradeId],
    phase: stateAfter(order.phase, executed === order.request.quantity ? 'filled' : 'part-filled'),
  };
}

/** What makes the outcome of an order doubtful. */
type UnknownEvent = 'outcome-unknown' | 'cancel-failed' | 'restarted';

/** The order after its outcome became doubtful: it will be asked for soon. */
export function markUnknown(order: LiveOrder, event: UnknownEvent, time: number): LiveOrder {
  const phase = stateAfter(order.phase, event);
  if (phase !== 'unknown') return { ...order, phase, pollTime: time };
  return { ...order, phase, polls: 0, pollTime: time + POLL_MS_MIN };
}

/**
 * The order after it was asked for: the next question follows later each time, and one when an order that is still unknown
 * can no longer appear.
 */
export function polledOrder(order: LiveOrder, time: number, absentAfterMs: number): LiveOrder {
  const isAtRest =
    order.phase === 'open' && !order.cancelSent && order.absence == null && isResting(order);
  const waitMs = isAtRest ? POLL_MS : Math.min(POLL_MS_MIN * 2 ** order.polls, POLL_MS_MAX);
  const proofTime = order.sentTime + absentAfterMs;
  const isProofNext = order.orderId === null && proofTime > time;
  const pollTime = isProofNext ? Math.min(time + waitMs, proofTime) : time + waitMs;
  return { ...order, polls: Math.min(order.polls + 1, 10), pollTime };
}

/** The order after a question about it went unanswered: what rests is not left alone for long then. */
export function unansweredOrder(order: LiveOrder, time: number): LiveOrder {
  return { ...order, pollTime: Math.min(order.pollTime, time + POLL_MS_MAX) };
}

/** The order after a request to cancel it. */
export function cancelingOrder(order: LiveOrder, time: number): LiveOrder {
  const phase = stateAfter(order.phase, 'cancel-requested');
  return { ...order, phase, cancelSent: true, polls: 0, pollTime: time + POLL_MS_MAX };
}

/** Whether everything about the order is known. */
export function isSettled(order: LiveOrder): boolean {
  return order.phase === 'ended' && order.booked >= order.executed;
}
