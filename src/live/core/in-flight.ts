import type { BotMemory } from './memory.js';
import { isResting, type LiveOrder } from './order.js';
import { nextState, type OrderEvent, type OrderState } from './order-lifecycle.js';
import { alertOnce } from './reminders.js';
import { patchObserved, persist, type Turn } from './turn.js';

/** Ended orders that are remembered. */
const ENDED_MAX = 20;

type Orders = Pick<BotMemory, 'order' | 'others'>;

/** All orders that the exchange has or may have. */
export function ordersOf({ order, others }: Orders): readonly LiveOrder[] {
  return order === null ? others : [order, ...others];
}

/** The order of a client id, if it is one of those. */
export function orderOf(memory: Orders, clientOrderId: string): LiveOrder | undefined {
  return ordersOf(memory).find(({ request }) => request.clientOrderId === clientOrderId);
}

/** Whether the bot holds nothing, and nothing is on its way. */
export function isFlat(memory: Pick<BotMemory, 'position' | 'order' | 'others'>): boolean {
  return memory.position === null && memory.order === null && memory.others.length === 0;
}

/** The take-profit that rests, or is to. */
export function restingProfit(memory: Orders): LiveOrder | undefined {
  return memory.others.find(({ leg }) => leg === 'take-profit');
}

/** Whether nothing is under way: what is at the exchange rests there, and all its fills are booked. */
export function isAllAtRest(memory: Orders): boolean {
  return ordersOf(memory).every(
    (order) =>
      order.phase === 'open' &&
      order.absence == null &&
      isResting(order) &&
      order.executed === order.booked,
  );
}

/** Puts an order in the place of the one with the same id. */
export function updateOrder(turn: Turn, updated: LiveOrder): void {
  const { clientOrderId } = updated.request;
  const { order, others } = turn.memory;
  if (order?.request.clientOrderId === clientOrderId) {
    persist(turn, { order: updated });
    return;
  }
  persist(turn, {
    others: others.map((other) =>
      other.request.clientOrderId === clientOrderId ? updated : other,
    ),
  });
}

/**
 * Applies an event to an order: `ORDER_LIFECYCLE` has its next state, `changes` what changes with it. An event that cannot
 * happen in its state is a defect of the program: it is reported, and the order stays as it is and is queried, so that what
 * is open stays managed.
 *
 * @returns The state after it; `undefined` after a defect.
 */
export function applyOrderEvent(
  turn: Turn,
  order: LiveOrder,
  event: OrderEvent,
  changes: Partial<Omit<LiveOrder, 'phase'>> = {},
): OrderState | 'removed' | undefined {
  const next = nextState(order.phase, event);
  if (next === undefined) reportDefect(turn, order, event);
  else if (next === 'removed') removeOrder(turn, order);
  else updateOrder(turn, { ...order, ...changes, phase: next });
  return next;
}

/** Says it once for each order and event, and again after a while. */
function reportDefect(turn: Turn, order: LiveOrder, event: OrderEvent): void {
  const { leg, phase, request } = order;
  const topic = `defect: ${request.clientOrderId} ${event}`;
  if (turn.observed.reminders[topic] === undefined) {
    updateOrder(turn, { ...order, pollTime: turn.time });
    patchObserved(turn, { accountTime: undefined, accountAskedTime: undefined });
  }
  const text = `defect of the program: ${leg} order ${request.clientOrderId} cannot be "${event}" while it is "${phase}"; it is kept as it is, and the exchange is queried: check the order there, and report the defect`;
  alertOnce(turn, { level: 'alarm', code: 'order-defect', topic }, text);
}

/** Takes an order out; a stop that was about to be replaced then is the stop again. */
function removeOrder(turn: Turn, removed: LiveOrder): void {
  const { clientOrderId } = removed.request;
  const { order, others, endedOrders } = turn.memory;
  persist(turn, { endedOrders: [...endedOrders, clientOrderId].slice(-ENDED_MAX) });
  if (order?.request.clientOrderId !== clientOrderId) {
    persist(turn, {
      others: others.filter(({ request }) => request.clientOrderId !== clientOrderId),
    });
    return;
  }
  const former = others.find(({ leg }) => leg === 'stop');
  persist(turn, {
    order: former ?? null,
    ...(former !== undefined && { others: others.filter((other) => other !== former) }),
  });
}
