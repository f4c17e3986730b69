import { type ExitReason, trimDecimal } from '../../domain/index.js';
import type { Fill, OrderReport, RefusalReason } from '../../exchange/ports/index.js';
import { durationText, holdingText, timeText } from './amount-text.js';
import { watchProfit } from './approve-exits.js';
import { bookToPosition } from './book-fill.js';
import { isOwnOrderId, readOwnOrderId } from './client-order-id.js';
import { noteDegradation } from './degradations.js';
import type { Failure } from './events.js';
import {
  endedOf,
  noteNothingToCancel,
  noteUnknown,
  reportsOf,
  requestFillsAgain,
} from './forgotten-orders.js';
import { applyOrderEvent, orderOf, ordersOf, updateOrder } from './in-flight.js';
import { onStillAbsent, takeBack } from './lost-orders.js';
import {
  bookOrderFill,
  isNewFill,
  isResting,
  isSettled,
  isWorkingStop,
  type LiveOrder,
  markUnknown,
  mergeReport,
  unansweredOrder,
} from './order.js';
import { openPosition, type Position, withOrder } from './position.js';
import { isKeyRefusal, type KeyUse, keyWorks, watchKey } from './refused-key.js';
import { alertOnce, BLOCKED_EXIT, BLOCKED_STOP, endTroubles, FAILED_ORDER } from './reminders.js';
import type { Leg } from './risk.js';
import { skipEntry } from './skipped-entries.js';
import { alert, decisionAgeMsMax, levelsOf, patchObserved, persist, type Turn } from './turn.js';
import { isUnjournaled, takeOver } from './unjournaled-orders.js';

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 10_000;
/** A cancellation that did not reach the exchange is tried again after this. */
const CANCEL_RETRY_MS = 2_000;
/** Silence after a rate limit that does not say how long. */
const QUIET_MS = 60_000;
/** Orders given up as never received that are remembered. */
const ABSENT_MAX = 10;
/** Refusals in a row that call a person. */
const FAILURES_ALARMING = 5;

/** Takes news of an order: a reply, an event of the account stream or the answer to a question. */
export function applyReport(turn: Turn, report: OrderReport, fill?: Fill): void {
  // Order ids are unique within a symbol only, and the stream tells of the whole account.
  if (!isOfSymbol(turn, report)) return;
  const order = orderOf(turn.memory, report.clientOrderId);
  if (order === undefined) {
    onExternalReport(turn, report, fill);
    return;
  }
  bookFills(turn, [...report.fills, ...(fill === undefined ? [] : [fill])]);
  const booked = orderOf(turn.memory, report.clientOrderId) ?? order;
  const merged = mergeReport(booked, report, turn.time);
  if (
    merged.phase !== order.phase ||
    merged.executed !== order.executed ||
    merged.orderId !== order.orderId
  ) {
    patchObserved(turn, { changeTime: turn.time });
    updateOrder(turn, merged);
  } else if (merged.pollTime !== booked.pollTime || order.absence != null)
    updateOrder(turn, merged);
  if (order.orderId === null && merged.orderId !== null) keyWorks(turn, 'trade');
  if (order.orderId === null && isWorkingStop(merged)) endRefusals(turn);
  settle(turn);
}

/** Whether something is of the instrument that the bot trades. */
export function isOfSymbol({ memory }: Turn, { symbol }: { readonly symbol: string }): boolean {
  return symbol === memory.settings.run.symbol;
}

/** Refusals count in a row: a stop that the exchange took ends it. */
function endRefusals(turn: Turn): void {
  const { position } = turn.memory;
  endTroubles(turn, BLOCKED_STOP);
  if (position !== null && position.stopRefusals > 0)
    persist(turn, { position: { ...position, stopRefusals: 0 } });
}

/** Books the fills of an order, each once. */
export function applyFills(turn: Turn, clientOrderId: string, fills: readonly Fill[]): void {
  if (orderOf(turn.memory, clientOrderId) === undefined) return;
  bookFills(turn, fills);
  settle(turn);
}

/** Books what the fills since the entry say of orders that the exchange forgot, and ends these. */
export function applyForgottenFills(
  turn: Turn,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): void {
  for (const own of reportsOf(turn, fills, orders)) bookFills(turn, own.fills);
  for (const order of endedOf(turn, fills, orders))
    applyOrderEvent(turn, order, 'forgotten', { executed: order.booked, absence: null });
  requestFillsAgain(turn);
  patchObserved(turn, { changeTime: turn.time });
  settle(turn);
}

/** A request to place an order failed. */
export function onPlaceFailed(turn: Turn, clientOrderId: string, failure: Failure): void {
  onFailure(turn, failure, 'trade');
  const order = orderOf(turn.memory, clientOrderId);
  // A report that came before outranks the failure.
  if (order === undefined || order.orderId !== null) return;
  const mayExist = failure.outcome === 'unknown' || failure.reason === 'duplicate-client-order-id';
  if (mayExist) updateOrder(turn, markUnknown(order, 'outcome-unknown', turn.time));
  else dropOrder(turn, order, 'refused', failure);
}

/**
 * A request that was to put one stop in the place of another failed: what became of the former is asked, and whether the
 * new one exists is concluded as for every order.
 */
export function onReplaceFailed(
  turn: Turn,
  clientOrderId: string,
  replacedId: string,
  failure: Failure,
): void {
  const former = orderOf(turn.memory, replacedId);
  if (former !== undefined) {
    const marked = markUnknown(former, 'cancel-failed', turn.time);
    // Unless its outcome is unknown the former stop was cancelled or is as it was.
    const isOver = failure.outcome !== 'unknown';
    updateOrder(turn, isOver ? { ...marked, cancelSent: false } : marked);
    if (failure.reason === 'replace-cancel-failed') noteNothing(turn, former);
  }
  const order = orderOf(turn.memory, clientOrderId);
  if (failure.reason === 'replace-cancel-failed' && order?.orderId === null) {
    // Nothing was placed: the former stop was released, or is gone; the answer about it decides.
    applyOrderEvent(turn, order, 'refused');
    persist(turn, { retryTime: turn.time + RETRY_MS_MIN });
    return;
  }
  onPlaceFailed(turn, clientOrderId, failure);
}

/** A request to cancel failed: the order is asked for, whatever the reason, and cancelled again if it is still open. */
export function onCancelFailed(turn: Turn, clientOrderId: string, failure: Failure): void {
  onFailure(turn, failure, 'trade');
  const order = orderOf(turn.memory, clientOrderId);
  if (order === undefined) return;
  if (failure.reason === 'market-closed') patchObserved(turn, { closedSince: turn.time });
  // What was not done, or not permitted, is not asked for at once again.
  const isPointless = failure.outcome !== 'unknown' && !isNothingThere(failure);
  const waitMs = isPointless ? CANCEL_RETRY_MS : 0;
  for (const member of withPartner(turn, order)) {
    updateOrder(turn, markUnknown(member, 'cancel-failed', turn.time + waitMs));
    if (isNothingThere(failure)) noteNothing(turn, member);
  }
}

function isNothingThere({ reason }: Failure): boolean {
  return reason === 'nothing-to-cancel' || reason === 'order-not-found';
}

function noteNothing(turn: Turn, { request }: LiveOrder): void {
  const order = orderOf(turn.memory, request.clientOrderId);
  if (order !== undefined) noteNothingToCancel(turn, order);
}

/** A question about an order, or about its fills, went unanswered. */
export function onQueryFailed(turn: Turn, clientOrderId: string, failure: Failure): void {
  onFailure(turn, failure);
  const order = orderOf(turn.memory, clientOrderId);
  if (order !== undefined) updateOrder(turn, unansweredOrder(order, turn.time));
}

/** The exchange knew no such order when it was asked: true only when it could no longer appear then. */
export function onNotFound(turn: Turn, clientOrderId: string, askedTime: number): void {
  const order = orderOf(turn.memory, clientOrderId);
  if (order === undefined) {
    onStillAbsent(turn, clientOrderId);
    return;
  }
  if (order.orderId !== null) {
    noteUnknown(turn, order, askedTime);
    return;
  }
  if (askedTime < order.sentTime + turn.context.limits.absentAfterMs) return;
  // Both legs of a pair exist, or none.
  if (withPartner(turn, order).some((leg) => leg.orderId !== null)) return;
  persist(turn, { absentOrders: [...turn.memory.absentOrders, clientOrderId].slice(-ABSENT_MAX) });
  const failure = { outcome: 'unknown', message: 'the exchange never received the order' } as const;
  dropOrder(turn, order, 'never-received', failure);
}

/** Rate limits and bans silence the bot, also after a restart. A key that is refused is for a person to mend. */
export function onFailure(turn: Turn, failure: Failure, use: KeyUse = 'read'): void {
  watchKey(turn, use, failure);
  const isLimit = failure.reason === 'rate-limit' || failure.reason === 'banned';
  const until = failure.retryTime ?? (isLimit ? turn.time + QUIET_MS : 0);
  if (!isLimit || until <= turn.memory.quietUntil) return;
  persist(turn, { quietUntil: until });
  const text = `the exchange accepts no requests before ${timeText(until)}, for ${durationText(until - turn.time)} (${failure.message}): no requests are sent until then, including exits; orders on the exchange stay there`;
  alert(turn, 'alarm', failure.reason === 'banned' ? 'banned' : 'rate-limit', text);
}

/** The order, and what ends with it. */
function withPartner({ memory }: Turn, order: LiveOrder): readonly LiveOrder[] {
  if (order.list === null) return [order];
  return ordersOf(memory).filter(({ list }) => list === order.list);
}

function bookFills(turn: Turn, fills: readonly Fill[]): void {
  for (const fill of fills) {
    const { position } = turn.memory;
    const instrument = turn.observed.rules;
    const order = ordersOf(turn.memory).find((known) => isNewFill(known, fill));
    if (order === undefined || instrument === undefined) continue;
    const id = order.request.clientOrderId;
    const open = withOrder(position ?? openPosition(turn.memory.enteredSignalTime ?? 0, fill), id);
    updateOrder(turn, bookOrderFill(order, fill));
    bookToPosition(turn, open, fill, instrument);
  }
}

/** Ends the orders that are known completely. */
function settle(turn: Turn): void {
  for (const order of ordersOf(turn.memory)) if (isSettled(order)) settleOrder(turn, order);
}

function settleOrder(turn: Turn, order: LiveOrder): void {
  if (applyOrderEvent(turn, order, 'settled') !== 'removed') return;
  const isMissed = order.leg === 'take-profit' && !isResting(order);
  const partner = withPartner(turn, order);
  const { position } = turn.memory;
  // Of a pair the leg that ends last tells: either one was executed, or both ended for nothing.
  const hasReason = isResting(order) && (partner.length > 0 || position?.exit != null);
  // An order that the exchange ended without a fill would only be ended again: wait before the next.
  const isFutile = order.booked === 0n && !order.cancelSent && !isMissed && !hasReason;
  const failures = isFutile ? turn.memory.failures + 1 : 0;
  if (!isFutile) endTroubles(turn, FAILED_ORDER);
  if (order.leg === 'exit' && order.booked > 0n) endTroubles(turn, BLOCKED_EXIT);
  persist(turn, {
    failures,
    ...(isFutile && { retryTime: turn.time + retryDelayMs(failures) }),
  });
  patchObserved(turn, { changeTime: turn.time });
  if (order.leg === 'entry' && order.booked < order.request.quantity) {
    const { sentTime } = order;
    const fromTime = Math.min(sentTime, turn.time);
    noteDegradation(turn, { reason: 'entry-part-filled', fromTime, toTime: turn.time });
  }
  if (!isResting(order)) noteSlow(turn, order);
  if (order.list !== null) {
    for (const other of partner) updateOrder(turn, { ...other, polls: 0, pollTime: turn.time });
  }
  if (position !== null) persist(turn, { position: afterOrder(turn, position, order) });
}

/** An exit is decided before its order: what rests is cancelled first. */
function noteSlow(turn: Turn, { leg, sentTime }: LiveOrder): void {
  const decidedTime = turn.memory.position?.exit?.decidedTime ?? sentTime;
  const fromTime = leg === 'entry' ? sentTime : Math.min(decidedTime, sentTime);
  if (turn.time - fromTime <= decisionAgeMsMax(turn) / 2) return;
  noteDegradation(turn, { reason: 'order-slow', fromTime, toTime: turn.time });
}

function stopReasonOf(turn: Turn, position: Position): ExitReason {
  const { stop } = levelsOf(turn, position, turn.observed.rules?.tickSize ?? 1n);
  return stop?.reason ?? 'stop-loss';
}

/** What a settled order means for the position. */
function afterOrder(turn: Turn, position: Position, order: LiveOrder): Position {
  const isProtected = ordersOf(turn.memory).some(isWorkingStop);
  const unprotected = isProtected
    ? position
    : { ...position, unprotectedSince: position.unprotectedSince ?? turn.time };
  if (order.leg === 'take-profit' && isResting(order)) {
    // It was executed: what is left of the position, if anything, leaves at its price or better as well.
    const isWhole = order.booked === order.request.quantity;
    const isExit = order.booked > 0n && (position.exit === null || isWhole);
    if (!isExit || position.exit?.reason === 'liquidation') return unprotected;
    return { ...unprotected, exit: { reason: 'take-profit', decidedTime: turn.time } };
  }
  // An exit that could not leave yet: the stop was released by itself meanwhile.
  const isReleased = position.exit?.reason === 'signal' && !order.cancelSent;
  if (order.leg === 'stop' && order.booked > 0n && (position.exit === null || isReleased)) {
    return {
      ...unprotected,
      exit: { reason: stopReasonOf(turn, position), decidedTime: turn.time },
    };
  }
  // The exchange took the stop and rejected it when it was released: its price is reached, leave the market.
  if (order.leg === 'stop' && order.isRejected && position.exit === null) {
    const { rejectReason } = order;
    const because = rejectReason === undefined ? '' : `: ${rejectReason}`;
    const text = `the exchange rejected the stop at its trigger price${because}`;
    alert(turn, 'alarm', 'stop-failed', text);
    persist(turn, { retryTime: turn.time });
    return {
      ...unprotected,
      exit: { reason: stopReasonOf(turn, position), decidedTime: turn.time },
    };
  }
  // A take-profit order that missed its price leaves the position as it was.
  const isMissed = order.leg === 'take-profit' && order.booked < order.request.quantity;
  if (isMissed && position.exit?.reason === 'take-profit') return { ...unprotected, exit: null };
  return unprotected;
}

/** An order that did not come to be: entries are forgotten, exits and stops are tried again later. */
function dropOrder(
  turn: Turn,
  order: LiveOrder,
  event: 'refused' | 'never-received',
  failure: Failure,
): void {
  if (applyOrderEvent(turn, order, event) !== 'removed') return;
  // The other leg of a pair that was not placed says the same: it is told once.
  if (order.list !== null && withPartner(turn, order).length > 0) return;
  const failures = turn.memory.failures + 1;
  persist(turn, { failures, retryTime: turn.time + retryDelayMs(failures) });
  patchObserved(turn, { changeTime: turn.time });
  // Rules or balance are not what they were at the last look, or the reason never came back: look before the next order.
  if (failure.outcome === 'refused' || failure.outcome === 'unknown')
    patchObserved(turn, { accountTime: undefined, accountAskedTime: undefined });
  const { position } = turn.memory;
  if (order.list !== null && onPairFailed(turn, position, failure)) return;
  if (order.leg === 'take-profit' && isResting(order) && isFinalRefusal(failure)) {
    persist(turn, { failures: failures - 1, retryTime: turn.time });
    watchProfit(turn, failure.message);
    return;
  }
  sayFailed(turn, order, failure);
  if (order.leg === 'entry') {
    const side = order.request.side === 'buy' ? 1 : -1;
    const signalTime = turn.memory.enteredSignalTime ?? 0;
    skipEntry(turn, { side, signalTime }, `order failed (${failure.reason ?? failure.outcome})`);
  }
  if (order.leg === 'stop' && position !== null && position.exit === null)
    onStopFailed(turn, position, failure);
}

/** An order of less weight, because a stop rests all the same, is told at first and when it goes on. */
function sayFailed(turn: Turn, order: LiveOrder, failure: Failure): void {
  const { failures } = turn.memory;
  const { leg } = order;
  // The alarm about the key says what the order needs.
  if (isKeyRefusal(failure)) return;
  if (failure.reason === 'market-closed' && leg !== 'entry') {
    sayClosed(turn, leg, failure);
    return;
  }
  if (failure.reason === 'filter' && leg === 'exit') {
    sayStuck(turn, order, failure);
    return;
  }
  const isGoingOn = failures >= FAILURES_ALARMING;
  const isLight = hasWorkingStop(turn) || (leg === 'take-profit' && isResting(order));
  if (isLight && failures > 1 && failures !== FAILURES_ALARMING) return;
  const level = isGoingOn || !(isLight || leg === 'entry') ? 'alarm' : 'warning';
  const text = `${leg} order not placed: ${failure.message}`;
  if (isGoingOn && failures > FAILURES_ALARMING)
    alertOnce(turn, { level, code: `${leg}-failed`, topic: `${FAILED_ORDER} ${leg}` }, text);
  else alert(turn, level, `${leg}-failed`, text);
}

/** The exchange refuses an exit that the rules seemed to permit: it values a market order at an average price. */
function sayStuck(turn: Turn, { request }: LiveOrder, { message }: Failure): void {
  const quantity = trimDecimal(request.quantity);
  const text = `the exit of ${quantity} was refused: ${message}; the position stays open, and the exit is retried`;
  alertOnce(turn, { level: 'alarm', code: 'exit-stuck', topic: `${BLOCKED_EXIT} filter` }, text);
}

/** The exchange says that the market is closed, whatever the rules said: they are looked at before the next order. */
function sayClosed(turn: Turn, leg: Leg, { message }: Failure): void {
  patchObserved(turn, { closedSince: turn.time });
  const stop = hasWorkingStop(turn) ? 'its stop is on the exchange' : 'NO stop is on the exchange';
  const text = `the exchange accepts no ${leg} order, the market is closed (${message}): ${stop}, and the bot retries every few seconds`;
  const level = leg === 'take-profit' ? 'warning' : 'alarm';
  alertOnce(turn, { level, code: 'market-closed', topic: `${BLOCKED_EXIT} market-closed` }, text);
}

/** Refusals that say nothing about the stop itself: it is tried again. */
const PASSING: readonly (RefusalReason | undefined)[] = [
  'rate-limit',
  'banned',
  'market-closed',
  'clock-skew',
  'key',
  'signature',
  'unavailable-here',
];

/** Whether the exchange declined, and would again. */
function isFinalRefusal({ outcome, reason }: Failure): boolean {
  return outcome === 'refused' && !PASSING.includes(reason);
}

/** A pair that the exchange refuses: the stop rests alone then. Returns whether that was said. */
function onPairFailed(turn: Turn, position: Position | null, failure: Failure): boolean {
  const isRefused = isFinalRefusal(failure) && failure.reason !== 'would-trigger-immediately';
  if (!isRefused || position === null || position.exit !== null) return false;
  persist(turn, { failures: turn.memory.failures - 1, retryTime: turn.time });
  patchObserved(turn, { pairRefusedUnder: turn.observed.rules });
  watchProfit(turn, failure.message);
  return true;
}

/** A stop that the exchange refuses leaves the position without one: out of the market. */
function onStopFailed(turn: Turn, position: Position, failure: Failure): void {
  const leave = (reason: ExitReason): void =>
    persist(turn, {
      retryTime: turn.time,
      position: { ...position, exit: { reason, decidedTime: turn.time } },
    });
  // A stop that would trigger at once means that its price is reached (§4).
  if (failure.reason === 'would-trigger-immediately') leave(stopReasonOf(turn, position));
  if (!isFinalRefusal(failure)) return;
  if (failure.reason === 'would-trigger-immediately') return;
  // The stop that was to be moved rests as before: it is tried again after the next look.
  const isKept = failure.reason !== 'replace-order-failed' && hasWorkingStop(turn);
  if (isKept) return;
  const stopRefusals = position.stopRefusals + 1;
  if (stopRefusals < turn.context.limits.stopRefusalsMax) {
    // Perhaps its rules changed: once more after a new look at them.
    persist(turn, { retryTime: turn.time, position: { ...position, stopRefusals } });
    return;
  }
  leave('risk');
  persist(turn, { trading: 'reducing' });
  const text = `the exchange refused ${stopRefusals} stops: the position is closed at market, no entries until resume`;
  alert(turn, 'alarm', 'reducing', text);
}

function hasWorkingStop(turn: Turn): boolean {
  return ordersOf(turn.memory).some(isWorkingStop);
}

function retryDelayMs(failures: number): number {
  return Math.min(RETRY_MS_MIN * 2 ** (failures - 1), RETRY_MS_MAX);
}

/** An order that is not in flight: ours from before is done with; one that we never made is a mismatch. */
function onExternalReport(turn: Turn, report: OrderReport, fill?: Fill): void {
  if (report.forced !== undefined) {
    onForcedReport(turn, report, fill);
    return;
  }
  if (!isOwnOrderId(turn.memory, report.clientOrderId)) return;
  if (turn.memory.absentOrders.includes(report.clientOrderId)) {
    reportMismatch(
      turn,
      `order ${report.clientOrderId} appeared although the exchange had reported it as unknown`,
    );
    if (takeBack(turn, report)) applyReport(turn, report, fill);
    return;
  }
  if (isUnjournaled(turn, report)) {
    // Before its position is known nothing can be said of it: the next look shows it again.
    if (takeOver(turn, report)) applyReport(turn, report, fill);
    return;
  }
  const { epoch, orderCounter } = turn.memory;
  const parts = readOwnOrderId(turn.memory, report.clientOrderId);
  if (parts !== undefined && parts.epoch <= epoch && parts.counter <= orderCounter) return;
  reportMismatch(
    turn,
    `order ${report.clientOrderId} has the prefix of this bot, but the bot did not place it`,
  );
}

/** The exchange closes the position by force: its fills are the exit, and what is left leaves the market as well. */
function onForcedReport(turn: Turn, report: OrderReport, fill?: Fill): void {
  const { position } = turn.memory;
  if (position === null) return;
  if (position.exit?.reason !== 'liquidation') {
    persist(turn, {
      position: { ...position, exit: { reason: 'liquidation', decidedTime: turn.time } },
    });
    const text = `the exchange liquidates the position (${report.forced ?? ''}): ${holdingText(position)}; its fills are booked as the exit`;
    alert(turn, 'alarm', 'liquidation', text);
  }
  bookForeignFills(turn, [...report.fills, ...(fill === undefined ? [] : [fill])]);
}

/** Books fills of orders that are not the bot's to its position, each once. Returns how many. */
export function bookForeignFills(turn: Turn, fills: readonly Fill[]): number {
  let count = 0;
  for (const fill of fills) {
    const { position } = turn.memory;
    const { rules } = turn.observed;
    if (position === null || rules === undefined) break;
    const isKnown =
      position.tradeIds.includes(fill.tradeId) ||
      ordersOf(turn.memory).some((order) => !isForeign(order, fill));
    const isExit = (fill.side === 'sell') === position.side > 0;
    if (!isOfSymbol(turn, fill) || isKnown || !isExit || isBeforeEntry(position, fill)) continue;
    bookToPosition(turn, position, fill, rules);
    count++;
  }
  return count;
}

/** Fills of one ms are told apart by their ids, which grow: a reversal leaves and enters at once. */
function isBeforeEntry({ firstFillTime, tradeIds }: Position, { time, tradeId }: Fill): boolean {
  const isEarlier = (id: string): boolean =>
    tradeId.length === id.length ? tradeId < id : tradeId.length < id.length;
  return time === firstFillTime ? tradeIds.every(isEarlier) : time < firstFillTime;
}

function isForeign(order: LiveOrder, fill: Fill): boolean {
  return (
    fill.clientOrderId !== order.request.clientOrderId &&
    (order.orderId === null || fill.orderId !== order.orderId)
  );
}

/** Something does not agree with the exchange: nothing is entered until a person says `resume`. */
export function reportMismatch(turn: Turn, text: string): void {
  if (turn.memory.mismatch === text) return;
  persist(turn, { mismatch: text });
  const isSaid = /nothing is entered/.test(text);
  alert(turn, 'alarm', 'mismatch', isSaid ? text : `${text}; no entries until wus trader resume`);
}
