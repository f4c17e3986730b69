import type { OrderReport } from '../../exchange/ports/index.js';
import { readOwnOrderId } from './client-order-id.js';
import { isFlat } from './in-flight.js';
import type { BotMemory } from './memory.js';
import { type LiveOrder, sendingOrder } from './order.js';
import { FIRST_STATE } from './order-lifecycle.js';
import type { Leg, QuantityOrder } from './risk.js';
import { patchObserved, persist, type Turn } from './turn.js';

/** An answer that does not come is not waited for longer. */
const REPLY_MS_MAX = 5_000;

/**
 * Orders that were given up as never received, oldest first: of the open position, or the newest entry. The exchange said
 * that it does not know them; should it have been wrong, they have changed what the bot holds.
 */
export function givenUpOrders(memory: BotMemory): readonly string[] {
  const { position, enteredSignalTime, absentOrders } = memory;
  const signalTime = position?.signalTime ?? enteredSignalTime;
  const isPresent = (id: string): boolean => {
    const parts = readOwnOrderId(memory, id);
    return parts?.signalTime === signalTime && (parts?.leg === 'entry') === (position === null);
  };
  return absentOrders.filter(isPresent);
}

/** The order given up last that may have sold coins, and was not looked for again since. Nothing is sold before that. */
export function unreconciledOrder(turn: Pick<Turn, 'memory' | 'observed'>): string | undefined {
  const newest = givenUpOrders(turn.memory).at(-1);
  return newest === turn.observed.reconciledOrder ? undefined : newest;
}

/**
 * Asks what became of a position: the newest order that was given up by its own id, then the fills since the entry. Returns
 * at once while an answer is awaited.
 */
export function reconcileFills(turn: Turn): void {
  const { position } = turn.memory;
  const { fillsAskedTime } = turn.observed;
  const isWaiting = fillsAskedTime !== undefined && turn.time < fillsAskedTime + REPLY_MS_MAX;
  if (position === null || isWaiting) return;
  const clientOrderId = givenUpOrders(turn.memory).at(-1);
  patchObserved(turn, { fillsAskedTime: turn.time });
  if (clientOrderId === undefined) requestFills(turn);
  else turn.effects.push({ type: 'query', clientOrderId });
}

/** The exchange still does not know the order: its fills may say otherwise. */
export function onStillAbsent(turn: Turn, clientOrderId: string): void {
  const isReconciled = givenUpOrders(turn.memory).at(-1) === clientOrderId;
  if (isReconciled && turn.observed.fillsAskedTime !== undefined) requestFills(turn);
}

/** When the question is repeated, ms UTC. */
export function reconcileDueTime({ observed }: Pick<Turn, 'observed'>): number {
  return (observed.fillsAskedTime ?? Number.POSITIVE_INFINITY) + REPLY_MS_MAX;
}

function requestFills(turn: Turn): void {
  const { position } = turn.memory;
  if (position === null) return;
  const isStart = position.signalTime === turn.observed.reconcilePending?.signalTime;
  turn.effects.push({
    type: 'fetch-position-fills',
    fromTime: position.firstFillTime,
    ...(isStart && {
      unknown: {
        side: position.side > 0 ? ('sell' as const) : ('buy' as const),
        tradeIds: position.tradeIds,
      },
    }),
  });
}

/**
 * Takes back an order that was given up and that the exchange has after all: it is looked after like every other. Returns
 * whether it was one, and has a place in what the bot is doing.
 */
export function takeBack(turn: Turn, report: OrderReport): boolean {
  const { memory } = turn;
  const { clientOrderId } = report;
  const leg = readOwnOrderId(memory, clientOrderId)?.leg;
  if (leg === undefined || leg === 'pair') return false;
  const isInPlace =
    givenUpOrders(memory).includes(clientOrderId) && (memory.position !== null || isFlat(memory));
  if (!isInPlace) return false;
  const order = lostOrder(leg, report, turn.time);
  persist(turn, {
    absentOrders: memory.absentOrders.filter((id) => id !== clientOrderId),
    ...(memory.order === null ? { order } : { others: [...memory.others, order] }),
  });
  patchObserved(turn, { changeTime: turn.time });
  return true;
}

/** An order of which only what the exchange reports is known. */
export function lostOrder(leg: Leg, report: OrderReport, time: number): LiveOrder {
  const { symbol, side, type, quantity, clientOrderId, price, triggerPrice } = report;
  const request = {
    ...{ symbol, side, type, quantity, clientOrderId },
    ...(price > 0n && { price }),
    ...(triggerPrice > 0n && { triggerPrice }),
    ...(report.reduceOnly !== undefined && { reduceOnly: report.reduceOnly }),
  } as QuantityOrder;
  const orderId = report.triggeredOrderId ?? report.orderId;
  const sent = sendingOrder({ leg, order: request }, time);
  return { ...sent, phase: FIRST_STATE.recovered, orderId };
}
