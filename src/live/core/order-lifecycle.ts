/**
 * What the bot knows of an order.
 * `sending`: the request left, no answer yet. `unknown`: the exchange may have the order, or not. `open`: the exchange has
 * it. `ended`: nothing more is executed, though fills may still have to be fetched.
 */
export type OrderState = 'sending' | 'unknown' | 'open' | 'ended';

/** `removed`: the order leaves the state of the bot. `defect`: cannot happen; see `applyOrderEvent`. */
type NextState = OrderState | 'removed' | 'defect';

/** How an order comes into the state of the bot. */
export const FIRST_STATE = {
  /** The bot sends it. */
  sent: 'sending',
  /** The exchange shows an order of the bot that its state does not have: given up, or sent when nothing could be saved. */
  recovered: 'unknown',
  /** A person assigns an order at the exchange to the bot. */
  adopted: 'open',
} as const satisfies Readonly<Record<string, OrderState>>;

/**
 * What each event makes of each state: the whole life of an order. Reports come in any order and more than once, so that
 * what is final stays final, and what the exchange once had is never taken for unknown again. A request to cancel changes
 * nothing by itself: only the exchange ends an order.
 */
export const ORDER_LIFECYCLE = {
  /** A reply, the account stream or the answer to a query shows the order working. */
  'reported-working': { sending: 'open', unknown: 'open', open: 'open', ended: 'ended' },
  /** The same, with a final status or the whole quantity executed. */
  'reported-final': { sending: 'ended', unknown: 'ended', open: 'ended', ended: 'ended' },
  /** A fill is booked, and not the last one. */
  'part-filled': { sending: 'open', unknown: 'open', open: 'open', ended: 'ended' },
  /** A fill is booked that makes the quantity whole. */
  filled: { sending: 'ended', unknown: 'ended', open: 'ended', ended: 'ended' },
  /** The request to place it failed and may have reached the exchange. */
  'outcome-unknown': { sending: 'unknown', unknown: 'unknown', open: 'open', ended: 'ended' },
  /** The request to place it has had no answer for too long. */
  'reply-overdue': { sending: 'unknown', unknown: 'defect', open: 'defect', ended: 'defect' },
  /** The exchange declined it, or the request never left. A report that came before outranks that. */
  refused: { sending: 'removed', unknown: 'removed', open: 'open', ended: 'ended' },
  /** The exchange does not know it at a time when it can no longer appear. */
  'never-received': { sending: 'removed', unknown: 'removed', open: 'defect', ended: 'defect' },
  /** The process was restarted: what was in flight is unknown. */
  restarted: { sending: 'unknown', unknown: 'unknown', open: 'open', ended: 'ended' },
  'cancel-requested': { sending: 'sending', unknown: 'unknown', open: 'open', ended: 'ended' },
  /** The request to cancel or to replace it failed: it is queried. */
  'cancel-failed': { sending: 'unknown', unknown: 'unknown', open: 'open', ended: 'ended' },
  /** It is not among the open orders of an account update: it is queried. */
  unlisted: { sending: 'defect', unknown: 'defect', open: 'open', ended: 'defect' },
  /** The exchange no longer knows an order that it had, and its fills are as complete as they get. */
  forgotten: { sending: 'defect', unknown: 'defect', open: 'ended', ended: 'ended' },
  /** It has ended and all its fills are booked. */
  settled: { sending: 'defect', unknown: 'defect', open: 'defect', ended: 'removed' },
} as const satisfies Readonly<Record<string, Readonly<Record<OrderState, NextState>>>>;

export type OrderEvent = keyof typeof ORDER_LIFECYCLE;

/** Events that lead from every state to a state: they cannot be defects, and remove nothing. */
export type CertainEvent = {
  [E in OrderEvent]: (typeof ORDER_LIFECYCLE)[E][OrderState] extends OrderState ? E : never;
}[OrderEvent];

/** Returns the state of an order after an event that is possible in every state. */
export function stateAfter(state: OrderState, event: CertainEvent): OrderState {
  return ORDER_LIFECYCLE[event][state];
}

/** Returns what an event makes of an order; `undefined` where it cannot happen, or where there is no such state. */
export function nextState(
  state: OrderState,
  event: OrderEvent,
): OrderState | 'removed' | undefined {
  const next: NextState | undefined = ORDER_LIFECYCLE[event][state];
  return next === 'defect' ? undefined : next;
}
