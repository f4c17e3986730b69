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
import {
  alert,
  type EntryRequest,
  exitPriceOf,
  levelsOf,
  type ObservedState,
  patchObserved,
  persist,
  programOf,
  type StepContext,
  timeframeOf,
} from './step-context.js';
import { stopsOf, triggerOf } from './stop-plan.js';
import { dropReconcile } from './unjournaled-orders.js';
import { watchAccount } from './watch-account.js';
import { watchStuck } from './watch-stuck.js';

/** An account request without an answer is repeated after this. */
const ACCOUNT_REPLY_MS_MAX = 10_000;
/** After a first difference the account is fetched again this much later. */
const SECOND_LOOK_MS = 5_000;
/** A price beyond a level at which an order rests, without news of it: the exchange is asked after this. */
const TRIGGER_NEWS_MS = 2_000;

/**
 * Does the next thing that brings the account to where the bot wants it.
 *
 * @param decided - The entry that this step decided; an earlier one may wait.
 */
export function supervise(ctx: StepContext, decided?: EntryRequest): void {
  const entry = decided ?? ctx.observed.waitingEntry;
  takeNextTag(ctx);
  continueCommands(ctx);
  watchLevels(ctx);
  watchLosses(ctx);
  if (isReady(ctx)) act(ctx, entry);
  continueCommands(ctx);
  if (entry !== undefined) keepWaiting(ctx, entry);
  dropReconcile(ctx);
  if (ctx.time >= ctx.memory.quietUntil) {
    for (const { request } of ordersOf(ctx.memory)) superviseOrder(ctx, request.clientOrderId);
  }
  watchProtection(ctx);
  watchAccount(ctx);
  watchStuck(ctx);
  if (ctx.time < ctx.memory.quietUntil) return;
  reconcileForgotten(ctx);
  pollAccount(ctx);
  pollFunding(ctx);
  if (ctx.time >= candleDueTime(ctx, timeframeOf(ctx).lengthMs)) requestBackfill(ctx);
}

/** Whether orders may be sent: the account was fetched since the start, and no limit or retry delay is running. */
function isReady(ctx: StepContext): boolean {
  const { memory, observed, time } = ctx;
  return (
    observed.accountTime !== undefined && time >= Math.max(memory.quietUntil, memory.retryTime)
  );
}

/** An entry is sent in the step that decided it; only one that waits for an exit or for the account may come later. */
function keepWaiting(ctx: StepContext, entry: EntryRequest): void {
  const { position, enteredSignalTime } = ctx.memory;
  const waitsFor = reasonToWait(ctx, position);
  const isWaiting = waitsFor !== undefined && ctx.time < entry.untilTime;
  if (!isWaiting && waitsFor !== undefined && enteredSignalTime !== entry.signalTime)
    skipEntry(ctx, entry, waitsFor);
  patchObserved(ctx, { waitingEntry: isWaiting ? entry : undefined });
}

/** Why an entry that was decided is not sent yet, as a skipped entry reports it; `undefined` if nothing is awaited. */
function reasonToWait(
  ctx: StepContext,
  position: Position | null,
): 'late' | 'account-stale' | undefined {
  if (position !== null) return 'late';
  return isAccountAwaited(ctx.observed) ? 'account-stale' : undefined;
}

/** A price at or beyond a level decides an exit; what rests on the exchange does so itself. */
function watchLevels(ctx: StepContext): void {
  const { position } = ctx.memory;
  const { rules, priceTime } = ctx.observed;
  if (position === null || position.exit !== null || position.entered === 0n) return;
  const price = exitPriceOf(ctx, position.side);
  if (price === undefined || rules === undefined || priceTime !== ctx.time) return;
  const { stop, takeProfit } = levelsOf(ctx, position, rules.tickSize);
  const isBeyond = stop !== undefined && isAtStop(position.side, price, stop.price);
  if (!isBeyond && ctx.observed.beyondStopSince !== undefined)
    patchObserved(ctx, { beyondStopSince: undefined });
  if (isBeyond) {
    const resting = stopsOf(ctx).filter((order) => restsAt(order, stop.price));
    if (resting.length === 0 || resting.some((order) => isOvertaken(ctx, order, price)))
      decideExit(ctx, position, stop.reason);
    else for (const order of resting) pollSoon(ctx, order);
  } else if (takeProfit !== undefined && isAtTakeProfit(position.side, price, takeProfit)) {
    const profit = restingProfit(ctx.memory);
    if (profit === undefined) decideExit(ctx, position, 'take-profit');
    else pollSoon(ctx, profit);
  }
}

function restsAt(order: LiveOrder, stopPrice: Decimal): boolean {
  return isWorkingStop(order) && !order.cancelSent && triggerOf(order) === stopPrice;
}

function pollSoon(ctx: StepContext, order: LiveOrder): void {
  const pollTime = ctx.time + TRIGGER_NEWS_MS;
  if (order.phase === 'open' && order.pollTime > pollTime) updateOrder(ctx, { ...order, pollTime });
}

/** Whether the price left a resting stop behind: beyond its limit, or beyond its trigger for too long. */
function isOvertaken(ctx: StepContext, { request }: LiveOrder, price: Decimal): boolean {
  const isBeyondLimit =
    request.type === 'stop-loss-limit' &&
    (request.side === 'sell' ? price < request.price : price > request.price);
  if (isBeyondLimit) return true;
  const since = ctx.observed.beyondStopSince;
  if (since === undefined) patchObserved(ctx, { beyondStopSince: ctx.time });
  return since !== undefined && ctx.time - since >= ctx.env.limits.unprotectedMsMax;
}

/** With nothing in flight: enters, protects, exits, or ends the position. */
function act(ctx: StepContext, entry: EntryRequest | undefined): void {
  const { rules } = ctx.observed;
  if (rules === undefined || !ordersOf(ctx.memory).every(isResting)) return;
  const { position } = ctx.memory;
  switch (positionStage(ctx)) {
    case 'flat':
    case 'entering':
      break;
    case 'doubtful':
      // Orders that the exchange no longer knows are reconciled at the end of the step.
      if (!ordersOf(ctx.memory).some(isForgotten)) reconcileFills(ctx);
      return;
    case 'open':
    case 'leaving':
      if (position !== null) actInPosition(ctx, position, rules);
  }
  // A position that has just ended may be followed by the entry of its reversal.
  if (isFlat(ctx.memory)) actFlat(ctx, entry, rules);
}

/** Applies settings that waited, or enters. */
function actFlat(ctx: StepContext, entry: EntryRequest | undefined, rules: InstrumentRules): void {
  const { pendingSettings } = ctx.memory;
  if (pendingSettings !== null) {
    const settingsSince = { time: ctx.time, netPnl: ctx.memory.netPnl };
    persist(ctx, { settings: pendingSettings, pendingSettings: null, settingsSince });
    alert(ctx, 'info', 'settings-applied', 'the new settings apply now');
    return;
  }
  if (entry !== undefined) enter(ctx, entry, rules);
}

function actInPosition(ctx: StepContext, position: Position, rules: InstrumentRules): void {
  if (isOver(ctx, position, rules)) {
    // What still rests for it is cancelled first.
    if (ordersOf(ctx.memory).length === 0) closePosition(ctx);
    return;
  }
  if (isSoldSomehow(ctx, position, rules)) {
    reconcileFills(ctx);
    return;
  }
  if (position.exit === null) restExits(ctx, position, rules);
  const present = ctx.memory.position;
  if (present?.exit != null) leave(ctx, present, rules);
}

/** With nothing open the bot takes the name that waits; its orders of before stay its own. */
function takeNextTag(ctx: StepContext): void {
  const { tag, nextTag, formerTags } = ctx.memory;
  if (nextTag === null || !isFlat(ctx.memory)) return;
  persist(ctx, { tag: nextTag, nextTag: null, formerTags: [...formerTags, tag] });
}

/** Sends the next order of an exit; while the rules forbid it, what protects the position rests. */
function leave(ctx: StepContext, position: Position, rules: InstrumentRules): void {
  const next = nextExit(ctx, position, rules);
  if ('refusal' in next) {
    reportBlockedExit(ctx, next);
    restExits(ctx, position, rules);
    return;
  }
  if (ordersOf(ctx.memory).length > 0) return;
  launch(ctx, next.approved);
}

/** Whether the account does not show what the bot has, though that could be sold: it was sold somehow, and is no dust. */
function isSoldSomehow(ctx: StepContext, position: Position, rules: InstrumentRules): boolean {
  const held = floorQuantity(rules, heldQuantity(position), true);
  const quantity = exitQuantity(ctx, position, rules);
  if (quantity >= held || ordersOf(ctx.memory).length > 0) return false;
  return isUnsellable(ctx, rules, quantity) && !isUnsellable(ctx, rules, held);
}

/** Sends the entry that was decided, if it is still permitted. */
function enter(ctx: StepContext, wanted: EntryRequest, rules: InstrumentRules): void {
  if (ctx.time > wanted.untilTime) {
    skipEntry(ctx, wanted, 'late');
    return;
  }
  const price = wanted.side > 0 ? ctx.observed.askPrice : ctx.observed.bidPrice;
  if (price === undefined) return;
  const blocks = entryBlocks(ctx, wanted.signalTime);
  if (blocks.length > 0) {
    // Between a decision and its step nothing changes: this one waited for its exit, or for the account.
    if (wanted.untilTime > ctx.time) skipEntry(ctx, wanted, blocks.join(', '));
    return;
  }
  const { balance } = ctx.memory;
  const quantity = entryQuantity(programOf(ctx).rules, rules, {
    side: wanted.side,
    price,
    balance,
  });
  if (!sendEntry(ctx, wanted, quantity)) return;
  const { entryTimes } = ctx.memory;
  persist(ctx, {
    entryTimes: [...entryTimes.filter((time) => time > ctx.time - HOUR_MS), ctx.time],
  });
}

/** Looks after an order: withdraws it when it is in the way, asks for it when there is no news. */
function superviseOrder(ctx: StepContext, clientOrderId: string): void {
  const order = orderOf(ctx.memory, clientOrderId);
  if (order === undefined || isForgotten(order)) return;
  if (order.phase === 'open' && !order.cancelSent && isInTheWay(ctx, order)) {
    clearWay(ctx, order);
    if (orderOf(ctx.memory, clientOrderId)?.cancelSent !== false) return;
  }
  if (ctx.time < order.pollTime) return;
  if (order.phase === 'sending') applyOrderEvent(ctx, order, 'reply-overdue', { polls: 0 });
  else if (order.phase === 'open' && order.cancelSent && order.polls > 0 && order.absence == null) {
    // The cancellation may have been lost: once more if the exchange, when asked, still has the order.
    updateOrder(ctx, { ...order, cancelSent: false });
  }
  const { absentAfterMs } = ctx.env.limits;
  const present = orderOf(ctx.memory, clientOrderId) ?? order;
  updateOrder(ctx, polledOrder(present, ctx.time, absentAfterMs));
  if (order.orderId !== null && order.booked < order.executed) {
    ctx.effects.push({ type: 'fetch-fills', clientOrderId, orderId: order.orderId });
  }
  if (order.phase !== 'ended') ctx.effects.push({ type: 'query', clientOrderId });
}

/** What protects a position goes when the exit may leave, or when something may take its place. */
function clearWay(ctx: StepContext, order: LiveOrder): void {
  const isLeaving = ctx.memory.position?.exit !== null;
  // What may be gone is not moved: another stop may take its place when that is known.
  if (!isLeaving && order.absence == null && isReady(ctx)) moveResting(ctx, order);
  if (isLeaving && !isExitBlocked(ctx)) cancelResting(ctx, order);
}

function pollAccount(ctx: StepContext): void {
  const { accountAskedTime } = ctx.observed;
  const isWaiting =
    accountAskedTime !== undefined && ctx.time < accountAskedTime + ACCOUNT_REPLY_MS_MAX;
  if (isWaiting || ctx.time < accountDueTime(ctx)) return;
  patchObserved(ctx, { accountAskedTime: ctx.time });
  ctx.effects.push({ type: 'fetch-account' });
  // The exchange may have been wrong about an order that it did not know.
  const clientOrderId = givenUpOrders(ctx.memory).at(-1);
  if (clientOrderId !== undefined) ctx.effects.push({ type: 'query', clientOrderId });
}

function accountDueTime({
  memory,
  observed,
  env,
}: Pick<StepContext, 'memory' | 'observed' | 'env'>): number {
  const { accountTime, changeTime, differenceTime } = observed;
  if (accountTime === undefined) return 0;
  if (isWaitingForRules(memory, observed)) return accountTime + env.limits.closedPollMs;
  const poll =
    accountTime + (differenceTime === undefined ? env.limits.accountPollMs : SECOND_LOOK_MS);
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
export function nextWakeTime(ctx: StepContext, lengthMs: number): number {
  const { memory, observed } = ctx;
  const { position, quietUntil } = memory;
  const asked = observed.accountAskedTime;
  const account = accountDueTime(ctx);
  let wakeTime = Number.POSITIVE_INFINITY;
  const wake = (time: number): void => {
    const due = Math.max(time, quietUntil);
    if (due > observed.time && due < wakeTime) wakeTime = due;
  };
  wake(asked === undefined ? account : Math.max(account, asked + ACCOUNT_REPLY_MS_MAX));
  wake(candleDueTime(ctx, lengthMs));
  for (const { pollTime } of ordersOf(memory)) wake(pollTime);
  if (position !== null || memory.pendingSettings !== null) wake(memory.retryTime);
  wake(reconcileDueTime(ctx));
  wake(protectionDueTime(ctx));
  wake(fundingDueTime(ctx));
  for (const { untilTime } of memory.unreported) wake(untilTime);
  return wakeTime;
}
