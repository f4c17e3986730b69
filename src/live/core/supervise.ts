import type { Decimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import { floorQuantity } from '../../exchange/ports/instrument.js';
import { candleDueTime, requestBackfill } from './apply-candles.js';
import { BALANCE_LAG_MS, exitQuantity } from './approve-exits.js';
import { closePosition } from './close-position.js';
import { continueCommands } from './commands.js';
import { decideExit } from './decide-exit.js';
import { entryBlocks, isAccountAwaited } from './entry-blocks.js';
import { entryQuantity } from './entry-size.js';
import { isForgotten, reconcileForgotten } from './forgotten-orders.js';
import { fundingDueTime, pollFunding } from './funding.js';
import {
  applyOrderEvent,
  isFlat,
  orderOf,
  ordersOf,
  restingProfit,
  updateOrder,
} from './in-flight.js';
import { isAtStop, isAtTakeProfit } from './levels.js';
import { watchLosses } from './loss-limits.js';
import { givenUpOrders, reconcileDueTime, reconcileFills } from './lost-orders.js';
import { HOUR_MS, launch, sendEntry } from './make-order.js';
import type { BotMemory } from './memory.js';
import { cancelResting, isInTheWay, moveResting } from './move-resting.js';
import { isExitBlocked, isOver, isUnsellable, nextExit, reportBlockedExit } from './next-exit.js';
import { isResting, isWorkingStop, type LiveOrder, polledOrder } from './order.js';
import { heldQuantity, type Position } from './position.js';
import { positionStage } from './position-stage.js';
import { protectionDueTime, watchProtection } from './protection.js';
import { BLOCKED_EXIT, isTroubled } from './reminders.js';
import { restExits } from './resting-exits.js';
import { skipEntry } from './skipped-entries.js';
import { stopsOf, triggerOf } from './stop-plan.js';
import {
  alert,
  type EntryRequest,
  exitPriceOf,
  levelsOf,
  type ObservedState,
  patchObserved,
  persist,
  programOf,
  type Turn,
  timeframeOf,
} from './turn.js';
import { dropReconcile } from './unjournaled-orders.js';
import { watchAccount } from './watch-account.js';
import { watchStuck } from './watch-stuck.js';

/** An account request without an answer is repeated after this. */
const ACCOUNT_REPLY_MS_MAX = 10_000;
/** A difference that was seen once is looked at again after this. */
const SECOND_LOOK_MS = 5_000;
/** A price beyond a level at which an order rests, without news of it: the exchange is asked after this. */
const TRIGGER_NEWS_MS = 2_000;

/**
 * Does the next thing that brings the account to where the bot wants it.
 *
 * @param decided - The entry that this step decided; an earlier one may wait.
 */
export function supervise(turn: Turn, decided?: EntryRequest): void {
  const entry = decided ?? turn.observed.waitingEntry;
  takeNextTag(turn);
  continueCommands(turn);
  watchLevels(turn);
  watchLosses(turn);
  if (isReady(turn)) act(turn, entry);
  continueCommands(turn);
  if (entry !== undefined) keepWaiting(turn, entry);
  dropReconcile(turn);
  if (turn.time >= turn.memory.quietUntil) {
    for (const { request } of ordersOf(turn.memory)) superviseOrder(turn, request.clientOrderId);
  }
  watchProtection(turn);
  watchAccount(turn);
  watchStuck(turn);
  if (turn.time < turn.memory.quietUntil) return;
  reconcileForgotten(turn);
  pollAccount(turn);
  pollFunding(turn);
  if (turn.time >= candleDueTime(turn, timeframeOf(turn).lengthMs)) requestBackfill(turn);
}

/** Whether orders may be sent: the account was looked at since the start, and nobody asked for silence. */
function isReady(turn: Turn): boolean {
  const { memory, observed, time } = turn;
  return (
    observed.accountTime !== undefined && time >= Math.max(memory.quietUntil, memory.retryTime)
  );
}

/** An entry is sent in the step that decided it; only one that waits for an exit or for the account may come later. */
function keepWaiting(turn: Turn, entry: EntryRequest): void {
  const { position, enteredSignalTime } = turn.memory;
  const waitsFor = reasonToWait(turn, position);
  const isWaiting = waitsFor !== undefined && turn.time < entry.untilTime;
  if (!isWaiting && waitsFor !== undefined && enteredSignalTime !== entry.signalTime)
    skipEntry(turn, entry, waitsFor);
  patchObserved(turn, { waitingEntry: isWaiting ? entry : undefined });
}

/** Why an entry that was decided is not sent yet, as a skipped entry reports it; `undefined` if nothing is awaited. */
function reasonToWait(turn: Turn, position: Position | null): 'late' | 'account-stale' | undefined {
  if (position !== null) return 'late';
  return isAccountAwaited(turn.observed) ? 'account-stale' : undefined;
}

/** A price at or beyond a level decides an exit; what rests on the exchange does so itself. */
function watchLevels(turn: Turn): void {
  const { position } = turn.memory;
  const { rules, priceTime } = turn.observed;
  if (position === null || position.exit !== null || position.entered === 0n) return;
  const price = exitPriceOf(turn, position.side);
  if (price === undefined || rules === undefined || priceTime !== turn.time) return;
  const { stop, takeProfit } = levelsOf(turn, position, rules.tickSize);
  const isBeyond = stop !== undefined && isAtStop(position.side, price, stop.price);
  if (!isBeyond && turn.observed.beyondStopSince !== undefined)
    patchObserved(turn, { beyondStopSince: undefined });
  if (isBeyond) {
    const resting = stopsOf(turn).filter((order) => restsAt(order, stop.price));
    if (resting.length === 0 || resting.some((order) => isOvertaken(turn, order, price)))
      decideExit(turn, position, stop.reason);
    else for (const order of resting) pollSoon(turn, order);
  } else if (takeProfit !== undefined && isAtTakeProfit(position.side, price, takeProfit)) {
    const profit = restingProfit(turn.memory);
    if (profit === undefined) decideExit(turn, position, 'take-profit');
    else pollSoon(turn, profit);
  }
}

function restsAt(order: LiveOrder, stopPrice: Decimal): boolean {
  return isWorkingStop(order) && !order.cancelSent && triggerOf(order) === stopPrice;
}

function pollSoon(turn: Turn, order: LiveOrder): void {
  const pollTime = turn.time + TRIGGER_NEWS_MS;
  if (order.phase === 'open' && order.pollTime > pollTime)
    updateOrder(turn, { ...order, pollTime });
}

/** Whether the price left a resting stop behind: beyond its limit, or beyond its trigger for too long. */
function isOvertaken(turn: Turn, { request }: LiveOrder, price: Decimal): boolean {
  const isBeyondLimit =
    request.type === 'stop-loss-limit' &&
    (request.side === 'sell' ? price < request.price : price > request.price);
  if (isBeyondLimit) return true;
  const since = turn.observed.beyondStopSince;
  if (since === undefined) patchObserved(turn, { beyondStopSince: turn.time });
  return since !== undefined && turn.time - since >= turn.context.limits.unprotectedMsMax;
}

/** With nothing under way: enter, protect, leave, or end the position. */
function act(turn: Turn, entry: EntryRequest | undefined): void {
  const { rules } = turn.observed;
  if (rules === undefined || !ordersOf(turn.memory).every(isResting)) return;
  const { position } = turn.memory;
  switch (positionStage(turn)) {
    case 'flat':
    case 'entering':
      break;
    case 'doubtful':
      // Orders that the exchange forgot are asked for at the end of the step.
      if (!ordersOf(turn.memory).some(isForgotten)) reconcileFills(turn);
      return;
    case 'open':
    case 'leaving':
      if (position !== null) actInPosition(turn, position, rules);
  }
  // A position that has just ended may be followed by the entry of its reversal.
  if (isFlat(turn.memory)) actFlat(turn, entry, rules);
}

/** Applies settings that waited, or enters. */
function actFlat(turn: Turn, entry: EntryRequest | undefined, rules: InstrumentRules): void {
  const { pendingSettings } = turn.memory;
  if (pendingSettings !== null) {
    const settingsSince = { time: turn.time, netPnl: turn.memory.netPnl };
    persist(turn, { settings: pendingSettings, pendingSettings: null, settingsSince });
    alert(turn, 'info', 'settings-applied', 'the new settings apply now');
    return;
  }
  if (entry !== undefined) enter(turn, entry, rules);
}

function actInPosition(turn: Turn, position: Position, rules: InstrumentRules): void {
  if (isOver(turn, position, rules)) {
    // What still rests for it is cancelled first.
    if (ordersOf(turn.memory).length === 0) closePosition(turn);
    return;
  }
  if (isSoldSomehow(turn, position, rules)) {
    reconcileFills(turn);
    return;
  }
  if (position.exit === null) restExits(turn, position, rules);
  const present = turn.memory.position;
  if (present?.exit != null) leave(turn, present, rules);
}

/** With nothing open the bot takes the name that waits; its orders of before stay its own. */
function takeNextTag(turn: Turn): void {
  const { tag, nextTag, formerTags } = turn.memory;
  if (nextTag === null || !isFlat(turn.memory)) return;
  persist(turn, { tag: nextTag, nextTag: null, formerTags: [...formerTags, tag] });
}

/** Sends the next order of an exit; while the rules forbid it, what protects the position rests. */
function leave(turn: Turn, position: Position, rules: InstrumentRules): void {
  const next = nextExit(turn, position, rules);
  if ('refusal' in next) {
    reportBlockedExit(turn, next);
    restExits(turn, position, rules);
    return;
  }
  if (ordersOf(turn.memory).length > 0) return;
  launch(turn, next.approved);
}

/** Whether the account does not show what the bot has, though that could be sold: it was sold somehow, and is no dust. */
function isSoldSomehow(turn: Turn, position: Position, rules: InstrumentRules): boolean {
  const held = floorQuantity(rules, heldQuantity(position), true);
  const quantity = exitQuantity(turn, position, rules);
  if (quantity >= held || ordersOf(turn.memory).length > 0) return false;
  return isUnsellable(turn, rules, quantity) && !isUnsellable(turn, rules, held);
}

/** Sends the entry that was decided, if it is still permitted. */
function enter(turn: Turn, wanted: EntryRequest, rules: InstrumentRules): void {
  if (turn.time > wanted.untilTime) {
    skipEntry(turn, wanted, 'late');
    return;
  }
  const price = wanted.side > 0 ? turn.observed.askPrice : turn.observed.bidPrice;
  if (price === undefined) return;
  const blocks = entryBlocks(turn, wanted.signalTime);
  if (blocks.length > 0) {
    // Between a decision and its step nothing changes: this one waited for its exit, or for the account.
    if (wanted.untilTime > turn.time) skipEntry(turn, wanted, blocks.join(', '));
    return;
  }
  const { balance } = turn.memory;
  const quantity = entryQuantity(programOf(turn).rules, rules, {
    side: wanted.side,
    price,
    balance,
  });
  if (!sendEntry(turn, wanted, quantity)) return;
  const { entryTimes } = turn.memory;
  persist(turn, {
    entryTimes: [...entryTimes.filter((time) => time > turn.time - HOUR_MS), turn.time],
  });
}

/** Looks after an order: withdraws it when it is in the way, asks for it when there is no news. */
function superviseOrder(turn: Turn, clientOrderId: string): void {
  const order = orderOf(turn.memory, clientOrderId);
  if (order === undefined || isForgotten(order)) return;
  if (order.phase === 'open' && !order.cancelSent && isInTheWay(turn, order)) {
    clearWay(turn, order);
    if (orderOf(turn.memory, clientOrderId)?.cancelSent !== false) return;
  }
  if (turn.time < order.pollTime) return;
  if (order.phase === 'sending') applyOrderEvent(turn, order, 'reply-overdue', { polls: 0 });
  else if (order.phase === 'open' && order.cancelSent && order.polls > 0 && order.absence == null) {
    // The cancellation may have been lost: once more if the exchange, when asked, still has the order.
    updateOrder(turn, { ...order, cancelSent: false });
  }
  const { absentAfterMs } = turn.context.limits;
  const present = orderOf(turn.memory, clientOrderId) ?? order;
  updateOrder(turn, polledOrder(present, turn.time, absentAfterMs));
  if (order.orderId !== null && order.booked < order.executed) {
    turn.effects.push({ type: 'fetch-fills', clientOrderId, orderId: order.orderId });
  }
  if (order.phase !== 'ended') turn.effects.push({ type: 'query', clientOrderId });
}

/** What protects a position goes when the exit may leave, or when something may take its place. */
function clearWay(turn: Turn, order: LiveOrder): void {
  const isLeaving = turn.memory.position?.exit !== null;
  // What may be gone is not moved: another stop may take its place when that is known.
  if (!isLeaving && order.absence == null && isReady(turn)) moveResting(turn, order);
  if (isLeaving && !isExitBlocked(turn)) cancelResting(turn, order);
}

function pollAccount(turn: Turn): void {
  const { accountAskedTime } = turn.observed;
  const isWaiting =
    accountAskedTime !== undefined && turn.time < accountAskedTime + ACCOUNT_REPLY_MS_MAX;
  if (isWaiting || turn.time < accountDueTime(turn)) return;
  patchObserved(turn, { accountAskedTime: turn.time });
  turn.effects.push({ type: 'fetch-account' });
  // The exchange may have been wrong about an order that it did not know.
  const clientOrderId = givenUpOrders(turn.memory).at(-1);
  if (clientOrderId !== undefined) turn.effects.push({ type: 'query', clientOrderId });
}

function accountDueTime({
  memory,
  observed,
  context,
}: Pick<Turn, 'memory' | 'observed' | 'context'>): number {
  const { accountTime, changeTime, differenceTime } = observed;
  if (accountTime === undefined) return 0;
  if (isWaitingForRules(memory, observed)) return accountTime + context.limits.closedPollMs;
  const poll =
    accountTime + (differenceTime === undefined ? context.limits.accountPollMs : SECOND_LOOK_MS);
  // A look before or right after a change may show what was before it: another follows.
  const isTooEarly = accountTime <= changeTime + BALANCE_LAG_MS;
  return isTooEarly ? Math.min(changeTime + BALANCE_LAG_MS + 1, poll) : poll;
}

/** Whether a position waits for the rules to change: the market stands still, or an exit or a stop may not be sent. */
function isWaitingForRules({ position }: BotMemory, observed: ObservedState): boolean {
  if (position === null) return false;
  const isClosed = observed.closedSince !== undefined || observed.rules?.status !== 'trading';
  return isClosed || isTroubled(observed, BLOCKED_EXIT);
}

/** When the bot wants to be woken although nothing happens, ms UTC. */
export function nextWakeTime(turn: Turn, lengthMs: number): number {
  const { memory, observed } = turn;
  const { position, quietUntil } = memory;
  const asked = observed.accountAskedTime;
  const account = accountDueTime(turn);
  let wakeTime = Number.POSITIVE_INFINITY;
  const wake = (time: number): void => {
    const due = Math.max(time, quietUntil);
    if (due > observed.time && due < wakeTime) wakeTime = due;
  };
  wake(asked === undefined ? account : Math.max(account, asked + ACCOUNT_REPLY_MS_MAX));
  wake(candleDueTime(turn, lengthMs));
  for (const { pollTime } of ordersOf(memory)) wake(pollTime);
  if (position !== null || memory.pendingSettings !== null) wake(memory.retryTime);
  wake(reconcileDueTime(turn));
  wake(protectionDueTime(turn));
  wake(fundingDueTime(turn));
  for (const { untilTime } of memory.unreported) wake(untilTime);
  return wakeTime;
}
