import type { BotMemory } from './memory.js';
import { isResting, type LiveOrder } from './order.js';
import { remember, type Turn } from './turn.js';

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

/** The take-profit that rests, or shall. */
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
    remember(turn, { order: updated });
    return;
  }
  remember(turn, {
    others: others.map((other) =>
      other.request.clientOrderId === clientOrderId ? updated : other,
    ),
  });
}

/** Takes an order out; a stop that was about to be replaced then is the stop again. */
export function removeOrder(turn: Turn, removed: LiveOrder): void {
  const { clientOrderId } = removed.request;
  const { order, others, endedOrders } = turn.memory;
  remember(turn, { endedOrders: [...endedOrders, clientOrderId].slice(-ENDED_MAX) });
  if (order?.request.clientOrderId !== clientOrderId) {
    remember(turn, {
      others: others.filter(({ request }) => request.clientOrderId !== clientOrderId),
    });
    return;
  }
  const former = others.find(({ leg }) => leg === 'stop');
  remember(turn, {
    order: former ?? null,
    ...(former !== undefined && { others: others.filter((other) => other !== former) }),
  });
}
