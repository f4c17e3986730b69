import { type Decimal, divideDecimals, type ExitReason } from '../../domain/index.js';
import type { OrderReport } from '../../exchange/ports/index.js';
import { isFinal } from '../../exchange/ports/order.js';
import { readOwnOrderId } from './client-order-id.js';
import { isFlat } from './in-flight.js';
import { isAtStop } from './levels.js';
import { lostOrder } from './lost-orders.js';
import type { BotMemory } from './memory.js';
import type { Position } from './position.js';
import type { Leg } from './risk.js';
import {
  alert,
  levelsOf,
  patchObserved,
  persist,
  type ReconcilePending,
  type Turn,
} from './turn.js';

/**
 * Returns what must be asked for after a start. To leave the market is allowed while the state cannot be saved: nothing but
 * the exchange tells of such orders, so that it is asked before the next one leaves.
 *
 * @param memory - As the journal had it.
 */
export function reconcilePendingAtStart(memory: BotMemory): ReconcilePending | undefined {
  const { position, enteredSignalTime, orderCounter } = memory;
  const signalTime = position?.signalTime ?? enteredSignalTime;
  return isFlat(memory) || signalTime === null ? undefined : { signalTime, orderCounter };
}

/** Whether the open position was not searched for since the start. */
export function isReconcilePending({
  memory,
  observed,
}: Pick<Turn, 'memory' | 'observed'>): boolean {
  return (
    memory.position !== null && memory.position.signalTime === observed.reconcilePending?.signalTime
  );
}

/** With the position it was about gone, a search has nothing to find. */
export function dropReconcile(turn: Turn): void {
  const { memory, observed } = turn;
  if (isFlat(memory) && observed.reconcilePending !== undefined)
    patchObserved(turn, { reconcilePending: undefined });
}

/** Whether an order bears the name of an exit that the bot made after it could save its state last. */
export function isUnjournaled({ memory, observed }: Turn, { clientOrderId }: OrderReport): boolean {
  const { reconcilePending } = observed;
  const parts = readOwnOrderId(memory, clientOrderId);
  if (reconcilePending === undefined || parts === undefined) return false;
  if (parts.leg === 'entry' || parts.leg === 'pair') return false;
  const isBooked = memory.position?.orders.includes(clientOrderId) === true;
  return (
    !isBooked &&
    parts.signalTime === reconcilePending.signalTime &&
    parts.epoch <= memory.epoch &&
    parts.counter > reconcilePending.orderCounter
  );
}

/**
 * Takes over an exit that `isUnjournaled`, so that it is looked after and booked like every other. Returns whether it
 * matters: it is open, or sold something.
 */
export function takeOver(turn: Turn, report: OrderReport): boolean {
  const { memory } = turn;
  const { position } = memory;
  const parts = readOwnOrderId(memory, report.clientOrderId);
  if (position === null || parts === undefined || parts.leg === 'pair') return false;
  if (isFinal(report.status) && report.executedQuantity === 0n) return false;
  const order = lostOrder(parts.leg, report, turn.time);
  const reason = reasonOf(turn, position, parts.leg, report);
  persist(turn, {
    orderCounter: Math.max(memory.orderCounter, parts.counter),
    ...(memory.order === null ? { order } : { others: [...memory.others, order] }),
    ...(reason !== undefined && {
      position: { ...position, exit: { reason, decidedTime: turn.time } },
    }),
  });
  patchObserved(turn, { changeTime: turn.time });
  const text = `order ${report.clientOrderId} was sent while the state could not be saved: taken over`;
  alert(turn, 'warning', 'orphan-order', text);
  return true;
}

/** Why the order leaves the market, or left it before anything else was decided since the start; `undefined` if it rests. */
function reasonOf(
  turn: Turn,
  position: Position,
  leg: Leg,
  report: OrderReport,
): ExitReason | undefined {
  const { exit, side } = position;
  if (exit !== null && exit.reason !== 'signal') return undefined;
  const { stop } = levelsOf(turn, position, turn.observed.rules?.tickSize ?? 1n);
  const price = averagePrice(report);
  if (leg === 'exit') {
    // Nothing says why a market order left: it was at the stop, or at the close of a candle.
    return stop !== undefined && price !== undefined && isAtStop(side, price, stop.price)
      ? stop.reason
      : 'signal';
  }
  if (price === undefined || !isFinal(report.status)) return undefined;
  return leg === 'take-profit' ? 'take-profit' : (stop?.reason ?? 'stop-loss');
}

function averagePrice({ executedQuantity, executedNotional }: OrderReport): Decimal | undefined {
  // An average that the exchange did not say is none.
  if (executedQuantity === 0n || executedNotional === 0n) return undefined;
  return divideDecimals(executedNotional, executedQuantity, 'nearest');
}
