import { DAY_MS, decimalToNumber } from '../../domain/index.js';
import type { Fill, OrderReport } from '../../exchange/index.js';
import { orderIdPrefix } from './client-order-id.js';
import type { Failure } from './events.js';
import { exitLevels } from './levels.js';
import {
  ABSENT_AFTER_MS,
  askedOrder,
  bookOrderFill,
  doubtOrder,
  isNewFill,
  isSettled,
  type LiveOrder,
  mergeReport,
} from './order.js';
import {
  bookFill,
  cashChange,
  closedTrade,
  heldQuantity,
  openPosition,
  type Position,
  withOrder,
} from './position.js';
import { alert, notice, programOf, remember, type Turn } from './turn.js';

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
export function hearReport(turn: Turn, report: OrderReport, fill?: Fill): void {
  const { order } = turn.memory;
  if (order === null || order.request.clientOrderId !== report.clientOrderId) {
    hearStranger(turn, report);
    return;
  }
  bookFills(turn, [...report.fills, ...(fill === undefined ? [] : [fill])]);
  const booked = turn.memory.order ?? order;
  const merged = mergeReport(booked, report, turn.time);
  if (
    merged.phase !== order.phase ||
    merged.executed !== order.executed ||
    merged.orderId !== order.orderId
  ) {
    notice(turn, { changeTime: turn.time });
    remember(turn, { order: merged });
  } else if (merged.askTime !== booked.askTime) remember(turn, { order: merged });
  settle(turn);
}

/** Books the fills of the order in flight, each once. */
export function hearFills(turn: Turn, clientOrderId: string, fills: readonly Fill[]): void {
  if (turn.memory.order?.request.clientOrderId !== clientOrderId) return;
  bookFills(turn, fills);
  settle(turn);
}

/** A request to place an order failed. */
export function hearPlaceFailed(turn: Turn, clientOrderId: string, failure: Failure): void {
  hearFailure(turn, failure);
  const { order } = turn.memory;
  // A report that came before outranks the failure.
  if (order?.request.clientOrderId !== clientOrderId || order.orderId !== null) return;
  const mayExist = failure.outcome === 'unknown' || failure.reason === 'duplicate-client-order-id';
  if (mayExist) {
    remember(turn, { order: doubtOrder(order, turn.time) });
    return;
  }
  dropOrder(turn, order, failure);
}

/** A request to cancel failed: the order is asked for, whatever the reason, and cancelled again if it is still open. */
export function hearCancelFailed(turn: Turn, clientOrderId: string, failure: Failure): void {
  hearFailure(turn, failure);
  const { order } = turn.memory;
  if (order?.request.clientOrderId !== clientOrderId) return;
  const waitMs = failure.outcome === 'not-sent' ? CANCEL_RETRY_MS : 0;
  remember(turn, { order: doubtOrder(order, turn.time + waitMs) });
}

/** The exchange knows no such order: true only when it can no longer appear. */
export function hearNotFound(turn: Turn, clientOrderId: string): void {
  const { order } = turn.memory;
  if (order?.request.clientOrderId !== clientOrderId || order.orderId !== null) return;
  if (turn.time < order.sentTime + ABSENT_AFTER_MS) return;
  remember(turn, { absentOrders: [...turn.memory.absentOrders, clientOrderId].slice(-ABSENT_MAX) });
  dropOrder(turn, order, { outcome: 'unknown', message: 'the exchange never received the order' });
}

/** Rate limits and bans silence the bot, also after a restart. */
export function hearFailure(turn: Turn, failure: Failure): void {
  const isLimit = failure.reason === 'rate-limit' || failure.reason === 'banned';
  const until = failure.retryTime ?? (isLimit ? turn.time + QUIET_MS : 0);
  if (!isLimit || until <= turn.memory.quietUntil) return;
  remember(turn, { quietUntil: until });
  alert(turn, 'alarm', failure.reason ?? 'rate-limit', failure.message);
}

/** The order as it is right after it was asked for. */
export function noteAsked(turn: Turn, order: LiveOrder): void {
  remember(turn, { order: askedOrder(order, turn.time) });
}

function bookFills(turn: Turn, fills: readonly Fill[]): void {
  for (const fill of fills) {
    const { order, position } = turn.memory;
    const instrument = turn.senses.rules;
    if (order === null || instrument === undefined || !isNewFill(order, fill)) continue;
    const id = order.request.clientOrderId;
    const open = withOrder(position ?? openPosition(turn.memory.enteredSignalTime ?? 0, fill), id);
    remember(turn, {
      order: bookOrderFill(order, fill),
      position: bookFill(open, fill, instrument),
    });
    notice(turn, { changeTime: turn.time });
  }
}

/** Ends an order that is known completely. */
function settle(turn: Turn): void {
  const { order } = turn.memory;
  if (order === null || !isSettled(order)) return;
  // An order that the exchange ended without a fill would only be ended again: wait before the next.
  const isFutile = order.booked === 0n && !order.cancelSent && order.leg !== 'take-profit';
  const failures = isFutile ? turn.memory.failures + 1 : 0;
  remember(turn, {
    order: null,
    failures,
    ...(isFutile && { retryTime: turn.time + retryDelayMs(failures) }),
  });
  notice(turn, { changeTime: turn.time });
  const { position } = turn.memory;
  if (position !== null) remember(turn, { position: afterOrder(turn, position, order) });
}

/** What a settled order means for the position. */
function afterOrder(turn: Turn, position: Position, order: LiveOrder): Position {
  const unprotected = { ...position, unprotectedSince: position.unprotectedSince ?? turn.time };
  if (order.leg === 'stop' && order.booked > 0n && position.exit === null) {
    const tick = turn.senses.rules?.tickSize ?? 1n;
    const { stop } = exitLevels(position, programOf(turn).rules, tick);
    const reason = stop?.reason ?? 'stop-loss';
    return { ...unprotected, exit: { reason, decidedTime: turn.time } };
  }
  // A take-profit order that missed its price leaves the position as it was.
  const isMissed = order.leg === 'take-profit' && order.booked < order.request.quantity;
  if (isMissed && position.exit?.reason === 'take-profit') return { ...unprotected, exit: null };
  return unprotected;
}

/** Ends the position: whatever is left is dust, booked once. */
export function closePosition(turn: Turn): void {
  const { position, settings } = turn.memory;
  if (position === null) return;
  const { rules } = programOf(turn);
  const change = cashChange(position);
  const reason = position.exit?.reason ?? 'manual';
  const balance = turn.memory.balance + change;
  const day = Math.floor(turn.time / DAY_MS);
  const isInside = reason === 'stop-loss' || reason === 'trailing-stop' || reason === 'take-profit';
  const trade = closedTrade(position, { reason, timeframe: settings.run.interval, balance });
  remember(turn, {
    position: null,
    balance,
    netPnl: turn.memory.netPnl + change,
    day,
    dayPnl: (turn.memory.day === day ? turn.memory.dayPnl : 0n) + change,
    dust: turn.memory.dust + heldQuantity(position),
    blockedSide: isInside && rules.reEntry === 'new-signal' ? 1 : turn.memory.blockedSide,
  });
  notice(turn, { unprotectedAlarm: false, stopRests: true, changeTime: turn.time });
  turn.effects.push({ type: 'trade-closed', trade });
  const limit = rules.maxCumulativeLoss;
  if (limit !== undefined && -decimalToNumber(turn.memory.netPnl) >= limit) {
    alert(turn, 'alarm', 'loss-limit', `the cumulative loss reached ${limit}: no further entries`);
  }
}

/** An order that did not come to be: entries are forgotten, exits and stops are tried again later. */
function dropOrder(turn: Turn, order: LiveOrder, failure: Failure): void {
  const failures = turn.memory.failures + 1;
  remember(turn, { order: null, failures, retryTime: turn.time + retryDelayMs(failures) });
  notice(turn, { changeTime: turn.time });
  // Rules or balance are not what they were at the last look, or the reason never came back: look before the next order.
  if (failure.outcome === 'refused' || failure.outcome === 'unknown')
    notice(turn, { accountTime: undefined, accountAskedTime: undefined });
  const level = failures >= FAILURES_ALARMING || order.leg !== 'entry' ? 'alarm' : 'warning';
  alert(turn, level, `${order.leg}-failed`, `${order.leg} order not placed: ${failure.message}`);
  const { position } = turn.memory;
  if (order.leg !== 'stop' || position === null || position.exit !== null) return;
  // A stop that would trigger at once means that its price is reached: leave the market (§4).
  if (failure.reason === 'would-trigger-immediately') {
    remember(turn, {
      retryTime: turn.time,
      position: { ...position, exit: { reason: 'stop-loss', decidedTime: turn.time } },
    });
  }
}

function retryDelayMs(failures: number): number {
  return Math.min(RETRY_MS_MIN * 2 ** (failures - 1), RETRY_MS_MAX);
}

/** An order that is not in flight: ours from before is done with; one that we never made is a mismatch. */
function hearStranger(turn: Turn, report: OrderReport): void {
  const prefix = orderIdPrefix(turn.memory.settings.bot);
  if (!report.clientOrderId.startsWith(prefix)) return;
  if (turn.memory.absentOrders.includes(report.clientOrderId)) {
    reportMismatch(
      turn,
      `order ${report.clientOrderId} appeared after the exchange did not know it`,
    );
    return;
  }
  const [epoch, counter] = report.clientOrderId.slice(prefix.length).split('-').slice(1);
  const isPast =
    Number.parseInt(epoch ?? '', 36) <= turn.memory.epoch &&
    Number.parseInt(counter ?? '', 36) <= turn.memory.orderCounter;
  if (isPast) return;
  reportMismatch(
    turn,
    `order ${report.clientOrderId} bears the name of this bot, which never made it`,
  );
}

/** Something does not agree with the exchange: nothing is entered until a person says `resume`. */
export function reportMismatch(turn: Turn, text: string): void {
  if (turn.memory.mismatch === text) return;
  remember(turn, { mismatch: text });
  alert(turn, 'alarm', 'mismatch', text);
}
