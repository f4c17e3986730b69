import { durationText, holdingText } from './amount-text.js';
import { applyAccount, applyPositionFills } from './apply-account.js';
import { applyCandles } from './apply-candles.js';
import {
  applyFills,
  applyReport,
  onCancelFailed,
  onFailure,
  onNotFound,
  onPlaceFailed,
  onQueryFailed,
  onReplaceFailed,
} from './apply-orders.js';
import { handleCommand } from './commands.js';
import { noteDegradation, watchDegradations } from './degradations.js';
import type { Effect } from './effects.js';
import type { BotEvent } from './events.js';
import { applyFunding } from './funding.js';
import { type LiveOrder, markUnknown } from './order.js';
import { rebase } from './rebase.js';
import { type BotSettings, FIXED_WHILE_RUNNING, settingsProblem } from './settings.js';
import { nextWakeTime, supervise } from './supervise.js';
import {
  alert,
  type BotState,
  type EntryRequest,
  patchObserved,
  persist,
  type ResolvedContext,
  type Turn,
  timeframeOf,
} from './turn.js';
import { reconcilePendingAtStart } from './unjournaled-orders.js';
import { onTradesLogged } from './unlogged-trades.js';

/** Measurements of the clock differ by less than this: a jump back by more is one. */
const BACKWARDS_MS_MAX = 500;

export interface StepResult {
  readonly state: BotState;
  /** To be carried out in this order, after the memory was written. */
  readonly effects: readonly Effect[];
  /** When to send a `timer` event although nothing happens, ms UTC. */
  readonly wakeTime: number;
}

/**
 * Takes one event: the whole of the trader is this pure function.
 *
 * @param state - Bot before the event.
 * @param event - What happened, and when.
 * @param context - Programs and limits.
 * @returns The bot after the event, what it wants done, and when it wants to be woken.
 */
export function step(state: BotState, event: BotEvent, context: ResolvedContext): StepResult {
  const isSetBack = event.time < state.observed.time - BACKWARDS_MS_MAX;
  const time = isSetBack ? event.time : Math.max(event.time, state.observed.time);
  const turn: Turn = {
    time,
    context,
    memory: state.memory,
    observed: { ...state.observed, time, wakeTime: undefined },
    candles: state.candles,
    effects: [],
  };
  if (isSetBack) setBack(turn, state.observed.time);
  else wakeUp(turn, state.observed.wakeTime);
  const entry = isOfFalseTime(event, time) ? undefined : applyEvent(turn, event);
  supervise(turn, entry);
  watchDegradations(turn);
  if (turn.memory !== state.memory) persist(turn, { aliveTime: time });
  const wakeTime = nextWakeTime(turn, timeframeOf(turn).lengthMs);
  patchObserved(turn, { wakeTime });
  const { memory, observed, candles, effects } = turn;
  return { state: { memory, observed, candles }, effects, wakeTime };
}

/**
 * A machine that slept, or a process that was busy for seconds, knows nothing any more: events waited, prices are old, and
 * the clock may have been set meanwhile. Everything is looked at anew before the next order.
 */
function wakeUp(turn: Turn, promised: number | undefined): void {
  if (promised === undefined || turn.time - promised <= turn.context.limits.oversleptMsMax) return;
  noteDegradation(turn, { reason: 'asleep', fromTime: promised, toTime: turn.time });
  // An account that could not be seen before is not seen by waking up.
  if (!turn.observed.unseenAlarm) patchObserved(turn, { seenTime: turn.time });
  expireObserved(turn);
  alert(
    turn,
    'warning',
    'overslept',
    `${durationText(turn.time - promised)} passed without a step, because the machine slept or was busy: the state is reconciled before the next order`,
  );
}

/** The clock turned out to be ahead: kept times would make the bot wait until it is there again. */
function setBack(turn: Turn, falseTime: number): void {
  rebase(turn, falseTime);
  expireObserved(turn);
}

/** An answer to what was asked for by a clock that was ahead proves nothing about now. */
function isOfFalseTime(event: BotEvent, time: number): boolean {
  const isReport = event.type === 'query-answer' && event.report !== undefined;
  return 'askedTime' in event && event.askedTime > time && !isReport;
}

/** Nothing that is known is taken for new. */
function expireObserved(turn: Turn): void {
  patchObserved(turn, {
    priceTime: 0,
    accountTime: undefined,
    accountAskedTime: undefined,
    clockOffsetMs: undefined,
  });
}

/** Applies an event. Returns the entry that it decided, if it did. */
function applyEvent(turn: Turn, event: BotEvent): EntryRequest | undefined {
  switch (event.type) {
    case 'command':
      handleCommand(turn, event.command, event.reason);
      break;
    case 'boot':
      onStart(turn);
      break;
    case 'hold-back':
      patchObserved(turn, { heldBack: event.reasons });
      break;
    case 'timer':
      break;
    case 'candles':
      return applyCandles(turn, event.candles, event.source);
    case 'back-fill-failed':
      onFailure(turn, event.failure);
      break;
    case 'price':
      if (event.bidPrice <= 0n || event.askPrice < event.bidPrice) break;
      patchObserved(turn, {
        bidPrice: event.bidPrice,
        askPrice: event.askPrice,
        priceTime: turn.time,
      });
      break;
    case 'market-data':
      patchObserved(turn, { marketData: event.status });
      break;
    case 'account-data':
      // Events may have been lost in between: look at everything.
      patchObserved(turn, {
        accountData: event.status,
        ...(event.status === 'fresh' && { accountTime: undefined, accountAskedTime: undefined }),
      });
      break;
    case 'order':
      applyReport(turn, event.report, event.fill);
      break;
    case 'place-failed':
      onPlaceFailed(turn, event.clientOrderId, event.failure);
      break;
    case 'cancel-failed':
      onCancelFailed(turn, event.clientOrderId, event.failure);
      break;
    case 'replace-failed':
      onReplaceFailed(turn, event.clientOrderId, event.replacedId, event.failure);
      break;
    case 'query-answer':
      if (event.report === undefined) onNotFound(turn, event.clientOrderId, event.askedTime);
      else applyReport(turn, event.report);
      break;
    case 'query-failed':
      onQueryFailed(turn, event.clientOrderId, event.failure);
      break;
    case 'fills':
      applyFills(turn, event.clientOrderId, event.fills);
      break;
    case 'position-fills':
      applyPositionFills(turn, event.fills, event.orders);
      break;
    case 'funding-paid':
      patchObserved(turn, { fundingPaid: true });
      break;
    case 'funding-payments':
      applyFunding(turn, event.askedTime, event.payments);
      break;
    case 'funding-failed':
    case 'clock-failed':
      onFailure(turn, event.failure);
      break;
    case 'stop-rejected':
      alert(
        turn,
        'alarm',
        'stop-failed',
        `the exchange did not execute a stop after its trigger price was reached: ${event.reason || 'no reason given'}`,
      );
      patchObserved(turn, { accountTime: undefined, accountAskedTime: undefined });
      break;
    case 'margin-call':
      alert(turn, 'alarm', 'margin-call', marginCallText(turn));
      break;
    case 'account':
      applyAccount(turn, event);
      break;
    case 'account-failed':
      onFailure(turn, event.failure);
      break;
    case 'fee-prices':
      persist(turn, { feePrices: { ...turn.memory.feePrices, ...event.prices } });
      break;
    case 'clock':
      patchObserved(turn, { clockOffsetMs: event.offsetMs });
      break;
    case 'ending':
      patchObserved(turn, { isEnding: true, waitingEntry: undefined });
      break;
    case 'clock-disturbed':
      expireObserved(turn);
      break;
    case 'disk':
      onDisk(turn, event.status);
      break;
    case 'trades-logged':
      onTradesLogged(turn, event.orderIds);
      break;
    case 'settings':
      onSettings(turn, event.settings);
      break;
  }
  return undefined;
}

function marginCallText({ memory }: Turn): string {
  const { position } = memory;
  const what = position === null ? '' : ` (${holdingText(position)})`;
  return `the exchange warns that the position${what} is close to liquidation: add margin, or close it with wus trader flatten`;
}

/** After a start nothing in flight is certain. */
function onStart(turn: Turn): void {
  // The clock of the process before was ahead of this one.
  if (turn.memory.aliveTime > turn.time + BACKWARDS_MS_MAX) rebase(turn, turn.memory.aliveTime);
  const { order, others, epoch, aliveTime } = turn.memory;
  if (aliveTime > 0) {
    const fromTime = Math.min(aliveTime, turn.time);
    noteDegradation(turn, { reason: 'absent', fromTime, toTime: turn.time });
  }
  const marked = (known: LiveOrder): LiveOrder => ({
    ...markUnknown(known, 'restarted', turn.time),
    cancelSent: false,
    absence: null,
    pollTime: turn.time,
    // A clock set back since then must not make the order wait for its old time.
    sentTime: Math.min(known.sentTime, turn.time),
  });
  patchObserved(turn, {
    seenTime: turn.time,
    reconcilePending: reconcilePendingAtStart(turn.memory),
  });
  persist(turn, {
    epoch: epoch + 1,
    firstBootTime: turn.memory.firstBootTime ?? turn.time,
    candlesKept: turn.candles.size,
    lateMsMax: turn.context.limits.decisionAgeMsMax,
    order: order && marked(order),
    others: others.map(marked),
  });
}

function onDisk(turn: Turn, status: 'working' | 'failing'): void {
  if (turn.observed.disk === status) return;
  patchObserved(turn, { disk: status });
  if (status === 'failing')
    alert(
      turn,
      'alarm',
      'disk-failing',
      'the state cannot be saved: entries are blocked, exits continue. Free disk space, or make the folder writable',
    );
  else alert(turn, 'info', 'disk-working', 'the state can be saved again');
}

/** New settings wait until the bot is flat; some things need another bot. */
function onSettings(turn: Turn, wanted: BotSettings): void {
  const settings = { ...wanted, bot: turn.memory.settings.bot };
  const problem = changeProblem(turn, settings);
  if (problem !== undefined) {
    alert(turn, 'warning', 'settings-refused', problem);
    return;
  }
  persist(turn, { pendingSettings: settings });
  alert(turn, 'info', 'settings-pending', 'new settings apply when the bot is flat');
}

function changeProblem(turn: Turn, settings: BotSettings): string | undefined {
  const now = turn.memory.settings;
  const fixed = FIXED_WHILE_RUNNING.find((key) => settings.run[key] !== now.run[key]);
  if (fixed !== undefined) return `${fixed} cannot change while the bot runs`;
  const problem = settingsProblem(settings);
  if (problem !== undefined) return problem;
  try {
    const { warmUp } = turn.context.resolve(settings);
    const kept = turn.candles.size;
    return warmUp < kept
      ? undefined
      : `it needs ${warmUp + 1} candles of history, but the bot keeps ${kept}: restart it with more`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
