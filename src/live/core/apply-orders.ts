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
import type { OrderRole } from './risk.js';
import { skipEntry } from './skipped-entries.js';
import {
  alert,
  decisionAgeMsMax,
  levelsOf,
  patchObserved,
  persist,
  type StepContext,
} from './step-context.js';
import { isUnjournaled, takeOver } from './unjournaled-orders.js';

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 10_000;
/** A cancellation that did not reach the exchange is tried again after this. */
const CANCEL_RETRY_MS = 2_000;
/** Silence after a rate limit that does not say how long. */
const QUIET_MS = 60_000;
/** Orders given up as never received whose ids are kept. */
const ABSENT_MAX = 10;
/** Refusals in a row that call a person. */
const FAILURES_ALARMING = 5;

/** Takes news of an order: a reply, an event of the account stream or the answer to a question. */
export function applyReport(ctx: StepContext, report: OrderReport, fill?: Fill): void {
  // Order ids are unique within a symbol only, and the stream reports the whole account.
  if (!isOfSymbol(ctx, report)) return;
  const order = orderOf(ctx.memory, report.clientOrderId);
  if (order === undefined) {
    onExternalReport(ctx, report, fill);
    return;
  }
  bookFills(ctx, [...report.fills, ...(fill === undefined ? [] : [fill])]);
  const booked = orderOf(ctx.memory, report.clientOrderId) ?? order;
  const merged = mergeReport(booked, report, ctx.time);
  if (
    merged.phase !== order.phase ||
    merged.executed !== order.executed ||
    merged.orderId !== order.orderId
  ) {
    patchObserved(ctx, { changeTime: ctx.time });
    updateOrder(ctx, merged);
  } else if (merged.pollTime !== booked.pollTime || order.absence != null) updateOrder(ctx, merged);
  if (order.orderId === null && merged.orderId !== null) keyWorks(ctx, 'trade');
  if (order.orderId === null && isWorkingStop(merged)) endRefusals(ctx);
  settle(ctx);
}

/** Whether something is of the instrument that the bot trades. */
export function isOfSymbol(
  { memory }: StepContext,
  { symbol }: { readonly symbol: string },
): boolean {
  return symbol === memory.settings.run.symbol;
}

/** Refusals count in a row: a stop that the exchange took ends it. */
function endRefusals(ctx: StepContext): void {
  const { position } = ctx.memory;
  endTroubles(ctx, BLOCKED_STOP);
  if (position !== null && position.stopRefusals > 0)
    persist(ctx, { position: { ...position, stopRefusals: 0 } });
}

/** Books the fills of an order, each once. */
export function applyFills(ctx: StepContext, clientOrderId: string, fills: readonly Fill[]): void {
  if (orderOf(ctx.memory, clientOrderId) === undefined) return;
  bookFills(ctx, fills);
  settle(ctx);
}

/** Books the fills since the entry that belong to orders which the exchange no longer knows, and ends these orders. */
export function applyForgottenFills(
  ctx: StepContext,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): void {
  for (const own of reportsOf(ctx, fills, orders)) bookFills(ctx, own.fills);
  for (const order of endedOf(ctx, fills, orders))
    applyOrderEvent(ctx, order, 'forgotten', { executed: order.booked, absence: null });
  requestFillsAgain(ctx);
  patchObserved(ctx, { changeTime: ctx.time });
  settle(ctx);
}

/** A request to place an order failed. */
export function onPlaceFailed(ctx: StepContext, clientOrderId: string, failure: Failure): void {
  onFailure(ctx, failure, 'trade');
  const order = orderOf(ctx.memory, clientOrderId);
  // A report that came before outranks the failure.
  if (order === undefined || order.orderId !== null) return;
  const mayExist = failure.outcome === 'unknown' || failure.reason === 'duplicate-client-order-id';
  if (mayExist) updateOrder(ctx, markUnknown(order, 'outcome-unknown', ctx.time));
  else dropOrder(ctx, order, 'refused', failure);
}

/**
 * A request that was to put one stop in the place of another failed: what became of the former is asked, and whether the
 * new one exists is concluded as for every order.
 */
export function onReplaceFailed(
  ctx: StepContext,
  clientOrderId: string,
  replacedId: string,
  failure: Failure,
): void {
  const former = orderOf(ctx.memory, replacedId);
  if (former !== undefined) {
    const marked = markUnknown(former, 'cancel-failed', ctx.time);
    // Unless its outcome is unknown the former stop was cancelled or is as it was.
    const isOver = failure.outcome !== 'unknown';
    updateOrder(ctx, isOver ? { ...marked, cancelSent: false } : marked);
    if (failure.reason === 'replace-cancel-failed') noteNothing(ctx, former);
  }
  const order = orderOf(ctx.memory, clientOrderId);
  if (failure.reason === 'replace-cancel-failed' && order?.orderId === null) {
    // Nothing was placed: the former stop was released, or is gone; the answer about it decides.
    applyOrderEvent(ctx, order, 'refused');
    persist(ctx, { retryTime: ctx.time + RETRY_MS_MIN });
    return;
  }
  onPlaceFailed(ctx, clientOrderId, failure);
}

/** A request to cancel failed: the order is asked for, whatever the reason, and cancelled again if it is still open. */
export function onCancelFailed(ctx: StepContext, clientOrderId: string, failure: Failure): void {
  onFailure(ctx, failure, 'trade');
  const order = orderOf(ctx.memory, clientOrderId);
  if (order === undefined) return;
  if (failure.reason === 'market-closed') patchObserved(ctx, { closedSince: ctx.time });
  // What was not done, or not permitted, is not asked for at once again.
  const isPointless = failure.outcome !== 'unknown' && !isNothingThere(failure);
  const waitMs = isPointless ? CANCEL_RETRY_MS : 0;
  for (const member of withPartner(ctx, order)) {
    updateOrder(ctx, markUnknown(member, 'cancel-failed', ctx.time + waitMs));
    if (isNothingThere(failure)) noteNothing(ctx, member);
  }
}

function isNothingThere({ reason }: Failure): boolean {
  return reason === 'nothing-to-cancel' || reason === 'order-not-found';
}

function noteNothing(ctx: StepContext, { request }: LiveOrder): void {
  const order = orderOf(ctx.memory, request.clientOrderId);
  if (order !== undefined) noteNothingToCancel(ctx, order);
}

/** A question about an order, or about its fills, went unanswered. */
export function onQueryFailed(ctx: StepContext, clientOrderId: string, failure: Failure): void {
  onFailure(ctx, failure);
  const order = orderOf(ctx.memory, clientOrderId);
  if (order !== undefined) updateOrder(ctx, unansweredOrder(order, ctx.time));
}

/** The exchange knew no such order when it was asked: true only when it could no longer appear then. */
export function onNotFound(ctx: StepContext, clientOrderId: string, askedTime: number): void {
  const order = orderOf(ctx.memory, clientOrderId);
  if (order === undefined) {
    onStillAbsent(ctx, clientOrderId);
    return;
  }
  if (order.orderId !== null) {
    noteUnknown(ctx, order, askedTime);
    return;
  }
  if (askedTime < order.sentTime + ctx.env.limits.absentAfterMs) return;
  // Both legs of a pair exist, or none.
  if (withPartner(ctx, order).some((leg) => leg.orderId !== null)) return;
  persist(ctx, { absentOrders: [...ctx.memory.absentOrders, clientOrderId].slice(-ABSENT_MAX) });
  const failure = { outcome: 'unknown', message: 'the exchange never received the order' } as const;
  dropOrder(ctx, order, 'never-received', failure);
}

/** Rate limits and bans silence the bot, also after a restart. Only a person can fix a key that is refused. */
export function onFailure(ctx: StepContext, failure: Failure, use: KeyUse = 'read'): void {
  watchKey(ctx, use, failure);
  const isLimit = failure.reason === 'rate-limit' || failure.reason === 'banned';
  const until = failure.retryTime ?? (isLimit ? ctx.time + QUIET_MS : 0);
  if (!isLimit || until <= ctx.memory.quietUntil) return;
  persist(ctx, { quietUntil: until });
  const text = `the exchange accepts no requests before ${timeText(until)}, for ${durationText(until - ctx.time)} (${failure.message}): no requests are sent until then, including exits; orders on the exchange stay there`;
  alert(ctx, 'alarm', failure.reason === 'banned' ? 'banned' : 'rate-limit', text);
}

/** The order, and what ends with it. */
function withPartner({ memory }: StepContext, order: LiveOrder): readonly LiveOrder[] {
  if (order.list === null) return [order];
  return ordersOf(memory).filter(({ list }) => list === order.list);
}

function bookFills(ctx: StepContext, fills: readonly Fill[]): void {
  for (const fill of fills) {
    const { position } = ctx.memory;
    const instrument = ctx.observed.rules;
    const order = ordersOf(ctx.memory).find((known) => isNewFill(known, fill));
    if (order === undefined || instrument === undefined) continue;
    const id = order.request.clientOrderId;
    const open = withOrder(position ?? openPosition(ctx.memory.enteredSignalTime ?? 0, fill), id);
    updateOrder(ctx, bookOrderFill(order, fill));
    bookToPosition(ctx, open, fill, instrument);
  }
}

/** Ends the orders that are known completely. */
function settle(ctx: StepContext): void {
  for (const order of ordersOf(ctx.memory)) if (isSettled(order)) settleOrder(ctx, order);
}

function settleOrder(ctx: StepContext, order: LiveOrder): void {
  if (applyOrderEvent(ctx, order, 'settled') !== 'removed') return;
  const isMissed = order.role === 'take-profit' && !isResting(order);
  const partner = withPartner(ctx, order);
  const { position } = ctx.memory;
  // Of a pair the order that ends last decides: either one was executed, or both ended for nothing.
  const hasReason = isResting(order) && (partner.length > 0 || position?.exit != null);
  // An order that the exchange ended without a fill would only be ended again: wait before the next.
  const isFutile = order.booked === 0n && !order.cancelSent && !isMissed && !hasReason;
  const failures = isFutile ? ctx.memory.failures + 1 : 0;
  if (!isFutile) endTroubles(ctx, FAILED_ORDER);
  if (order.role === 'exit' && order.booked > 0n) endTroubles(ctx, BLOCKED_EXIT);
  persist(ctx, {
    failures,
    ...(isFutile && { retryTime: ctx.time + retryDelayMs(failures) }),
  });
  patchObserved(ctx, { changeTime: ctx.time });
  if (order.role === 'entry' && order.booked < order.request.quantity) {
    const { sentTime } = order;
    const fromTime = Math.min(sentTime, ctx.time);
    noteDegradation(ctx, { reason: 'entry-part-filled', fromTime, toTime: ctx.time });
  }
  if (!isResting(order)) noteSlow(ctx, order);
  if (order.list !== null) {
    for (const other of partner) updateOrder(ctx, { ...other, polls: 0, pollTime: ctx.time });
  }
  if (position !== null) persist(ctx, { position: afterOrder(ctx, position, order) });
}

/** An exit is decided before its order: what rests is cancelled first. */
function noteSlow(ctx: StepContext, { role, sentTime }: LiveOrder): void {
  const decidedTime = ctx.memory.position?.exit?.decidedTime ?? sentTime;
  const fromTime = role === 'entry' ? sentTime : Math.min(decidedTime, sentTime);
  if (ctx.time - fromTime <= decisionAgeMsMax(ctx) / 2) return;
  noteDegradation(ctx, { reason: 'order-slow', fromTime, toTime: ctx.time });
}

function stopReasonOf(ctx: StepContext, position: Position): ExitReason {
  const { stop } = levelsOf(ctx, position, ctx.observed.rules?.tickSize ?? 1n);
  return stop?.reason ?? 'stop-loss';
}

/** What a settled order means for the position. */
function afterOrder(ctx: StepContext, position: Position, order: LiveOrder): Position {
  const isProtected = ordersOf(ctx.memory).some(isWorkingStop);
  const unprotected = isProtected
    ? position
    : { ...position, unprotectedSince: position.unprotectedSince ?? ctx.time };
  if (order.role === 'take-profit' && isResting(order)) {
    // It was executed: what is left of the position, if anything, leaves at its price or better as well.
    const isWhole = order.booked === order.request.quantity;
    const isExit = order.booked > 0n && (position.exit === null || isWhole);
    if (!isExit || position.exit?.reason === 'liquidation') return unprotected;
    return { ...unprotected, exit: { reason: 'take-profit', decidedTime: ctx.time } };
  }
  // An exit that could not leave yet: the stop was released by itself meanwhile.
  const isReleased = position.exit?.reason === 'signal' && !order.cancelSent;
  if (order.role === 'stop' && order.booked > 0n && (position.exit === null || isReleased)) {
    return {
      ...unprotected,
      exit: { reason: stopReasonOf(ctx, position), decidedTime: ctx.time },
    };
  }
  // The exchange took the stop and rejected it when it was released: its price is reached, leave the market.
  if (order.role === 'stop' && order.isRejected && position.exit === null) {
    const { rejectReason } = order;
    const because = rejectReason === undefined ? '' : `: ${rejectReason}`;
    const text = `the exchange rejected the stop at its trigger price${because}`;
    alert(ctx, 'alarm', 'stop-failed', text);
    persist(ctx, { retryTime: ctx.time });
    return {
      ...unprotected,
      exit: { reason: stopReasonOf(ctx, position), decidedTime: ctx.time },
    };
  }
  // A take-profit order that missed its price leaves the position as it was.
  const isMissed = order.role === 'take-profit' && order.booked < order.request.quantity;
  if (isMissed && position.exit?.reason === 'take-profit') return { ...unprotected, exit: null };
  return unprotected;
}

/** An order that was not placed: entries are dropped, exits and stops are retried later. */
function dropOrder(
  ctx: StepContext,
  order: LiveOrder,
  event: 'refused' | 'never-received',
  failure: Failure,
): void {
  if (applyOrderEvent(ctx, order, event) !== 'removed') return;
  // The other order of a pair that was not placed fails for the same reason: it is reported once.
  if (order.list !== null && withPartner(ctx, order).length > 0) return;
  const failures = ctx.memory.failures + 1;
  persist(ctx, { failures, retryTime: ctx.time + retryDelayMs(failures) });
  patchObserved(ctx, { changeTime: ctx.time });
  // Rules or balance are not what they were at the last look, or the reason never came back: look before the next order.
  if (failure.outcome === 'refused' || failure.outcome === 'unknown')
    patchObserved(ctx, { accountTime: undefined, accountAskedTime: undefined });
  const { position } = ctx.memory;
  if (order.list !== null && onPairFailed(ctx, position, failure)) return;
  if (order.role === 'take-profit' && isResting(order) && isFinalRefusal(failure)) {
    persist(ctx, { failures: failures - 1, retryTime: ctx.time });
    watchProfit(ctx, failure.message);
    return;
  }
  sayFailed(ctx, order, failure);
  if (order.role === 'entry') {
    const side = order.request.side === 'buy' ? 1 : -1;
    const signalTime = ctx.memory.enteredSignalTime ?? 0;
    skipEntry(ctx, { side, signalTime }, `order failed (${failure.reason ?? failure.outcome})`);
  }
  if (order.role === 'stop' && position !== null && position.exit === null)
    onStopFailed(ctx, position, failure);
}

/** A failure that leaves a stop working is reported at first, and again when it repeats itself. */
function sayFailed(ctx: StepContext, order: LiveOrder, failure: Failure): void {
  const { failures } = ctx.memory;
  const { role } = order;
  // The alarm about the key says what the order needs.
  if (isKeyRefusal(failure)) return;
  if (failure.reason === 'market-closed' && role !== 'entry') {
    sayClosed(ctx, role, failure);
    return;
  }
  if (failure.reason === 'filter' && role === 'exit') {
    sayStuck(ctx, order, failure);
    return;
  }
  const isGoingOn = failures >= FAILURES_ALARMING;
  const isLight = hasWorkingStop(ctx) || (role === 'take-profit' && isResting(order));
  if (isLight && failures > 1 && failures !== FAILURES_ALARMING) return;
  const level = isGoingOn || !(isLight || role === 'entry') ? 'alarm' : 'warning';
  const text = `${role} order not placed: ${failure.message}`;
  if (isGoingOn && failures > FAILURES_ALARMING)
    alertOnce(ctx, { level, code: `${role}-failed`, topic: `${FAILED_ORDER} ${role}` }, text);
  else alert(ctx, level, `${role}-failed`, text);
}

/** The exchange refuses an exit that the rules seemed to permit: it values a market order at an average price. */
function sayStuck(ctx: StepContext, { request }: LiveOrder, { message }: Failure): void {
  const quantity = trimDecimal(request.quantity);
  const text = `the exit of ${quantity} was refused: ${message}; the position stays open, and the exit is retried`;
  alertOnce(ctx, { level: 'alarm', code: 'exit-stuck', topic: `${BLOCKED_EXIT} filter` }, text);
}

/** The exchange reports the market as closed, whatever its rules said: they are fetched before the next order. */
function sayClosed(ctx: StepContext, role: OrderRole, { message }: Failure): void {
  patchObserved(ctx, { closedSince: ctx.time });
  const stop = hasWorkingStop(ctx) ? 'its stop is on the exchange' : 'NO stop is on the exchange';
  const text = `the exchange accepts no ${role} order, the market is closed (${message}): ${stop}, and the bot retries every few seconds`;
  const level = role === 'take-profit' ? 'warning' : 'alarm';
  alertOnce(ctx, { level, code: 'market-closed', topic: `${BLOCKED_EXIT} market-closed` }, text);
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
function onPairFailed(ctx: StepContext, position: Position | null, failure: Failure): boolean {
  const isRefused = isFinalRefusal(failure) && failure.reason !== 'would-trigger-immediately';
  if (!isRefused || position === null || position.exit !== null) return false;
  persist(ctx, { failures: ctx.memory.failures - 1, retryTime: ctx.time });
  patchObserved(ctx, { pairRefusedUnder: ctx.observed.rules });
  watchProfit(ctx, failure.message);
  return true;
}

/** A stop that the exchange refuses leaves the position without one: out of the market. */
function onStopFailed(ctx: StepContext, position: Position, failure: Failure): void {
  const leave = (reason: ExitReason): void =>
    persist(ctx, {
      retryTime: ctx.time,
      position: { ...position, exit: { reason, decidedTime: ctx.time } },
    });
  // A stop that would trigger at once means that its price is reached (§4).
  if (failure.reason === 'would-trigger-immediately') leave(stopReasonOf(ctx, position));
  if (!isFinalRefusal(failure)) return;
  if (failure.reason === 'would-trigger-immediately') return;
  // The stop that was to be moved rests as before: it is tried again after the next look.
  const isKept = failure.reason !== 'replace-order-failed' && hasWorkingStop(ctx);
  if (isKept) return;
  const stopRefusals = position.stopRefusals + 1;
  if (stopRefusals < ctx.env.limits.stopRefusalsMax) {
    // Perhaps its rules changed: once more after they were fetched.
    persist(ctx, { retryTime: ctx.time, position: { ...position, stopRefusals } });
    return;
  }
  leave('risk');
  persist(ctx, { trading: 'reducing' });
  const text = `the exchange refused ${stopRefusals} stops: the position is closed at market, no entries until resume`;
  alert(ctx, 'alarm', 'reducing', text);
}

function hasWorkingStop(ctx: StepContext): boolean {
  return ordersOf(ctx.memory).some(isWorkingStop);
}

function retryDelayMs(failures: number): number {
  return Math.min(RETRY_MS_MIN * 2 ** (failures - 1), RETRY_MS_MAX);
}

/** An order that is not in flight: ours from before is done with; one that we never made is a mismatch. */
function onExternalReport(ctx: StepContext, report: OrderReport, fill?: Fill): void {
  if (report.forced !== undefined) {
    onForcedReport(ctx, report, fill);
    return;
  }
  if (!isOwnOrderId(ctx.memory, report.clientOrderId)) return;
  if (ctx.memory.absentOrders.includes(report.clientOrderId)) {
    reportMismatch(
      ctx,
      `order ${report.clientOrderId} appeared although the exchange had reported it as unknown`,
    );
    if (takeBack(ctx, report)) applyReport(ctx, report, fill);
    return;
  }
  if (isUnjournaled(ctx, report)) {
    // Before its position is known nothing can be said of it: the next look shows it again.
    if (takeOver(ctx, report)) applyReport(ctx, report, fill);
    return;
  }
  const { epoch, orderCounter } = ctx.memory;
  const parts = readOwnOrderId(ctx.memory, report.clientOrderId);
  if (parts !== undefined && parts.epoch <= epoch && parts.counter <= orderCounter) return;
  reportMismatch(
    ctx,
    `order ${report.clientOrderId} has the prefix of this bot, but the bot did not place it`,
  );
}

/** The exchange closes the position by force: its fills are the exit, and what is left leaves the market as well. */
function onForcedReport(ctx: StepContext, report: OrderReport, fill?: Fill): void {
  const { position } = ctx.memory;
  if (position === null) return;
  if (position.exit?.reason !== 'liquidation') {
    persist(ctx, {
      position: { ...position, exit: { reason: 'liquidation', decidedTime: ctx.time } },
    });
    const text = `the exchange liquidates the position (${report.forced ?? ''}): ${holdingText(position)}; its fills are booked as the exit`;
    alert(ctx, 'alarm', 'liquidation', text);
  }
  bookForeignFills(ctx, [...report.fills, ...(fill === undefined ? [] : [fill])]);
}

/** Books fills of orders that are not the bot's to its position, each once. Returns how many. */
export function bookForeignFills(ctx: StepContext, fills: readonly Fill[]): number {
  let count = 0;
  for (const fill of fills) {
    const { position } = ctx.memory;
    const { rules } = ctx.observed;
    if (position === null || rules === undefined) break;
    const isKnown =
      position.tradeIds.includes(fill.tradeId) ||
      ordersOf(ctx.memory).some((order) => !isForeign(order, fill));
    const isExit = (fill.side === 'sell') === position.side > 0;
    if (!isOfSymbol(ctx, fill) || isKnown || !isExit || isBeforeEntry(position, fill)) continue;
    bookToPosition(ctx, position, fill, rules);
    count++;
  }
  return count;
}

/** Fills of one ms are distinguished by their ids, which grow: a reversal exits and enters at once. */
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
export function reportMismatch(ctx: StepContext, text: string): void {
  if (ctx.memory.mismatch === text) return;
  persist(ctx, { mismatch: text });
  const isSaid = /nothing is entered/.test(text);
  alert(ctx, 'alarm', 'mismatch', isSaid ? text : `${text}; no entries until wus trader resume`);
}
