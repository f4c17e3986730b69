import { drive, nextWakeTime } from './drive.js';
import type { Effect } from './effects.js';
import type { BotEvent } from './events.js';
import { hearAccount } from './hear-account.js';
import { hearCandles } from './hear-candles.js';
import {
  hearCancelFailed,
  hearFailure,
  hearFills,
  hearNotFound,
  hearPlaceFailed,
  hearReport,
} from './hear-orders.js';
import { doubtOrder } from './order.js';
import { settingsProblem } from './settings.js';
import {
  alert,
  type BotState,
  notice,
  remember,
  type StepContext,
  type Turn,
  timeframeOf,
} from './turn.js';

/** The clock may jump this far back before it counts as skewed. */
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
 * @param context - Strategies and limits.
 * @returns The bot after the event, what it wants done, and when it wants to be woken.
 */
export function step(state: BotState, event: BotEvent, context: StepContext): StepResult {
  const time = Math.max(event.time, state.senses.time);
  const turn: Turn = {
    time,
    context,
    memory: state.memory,
    senses: { ...state.senses, time },
    candles: state.candles,
    effects: [],
  };
  // A clock that ran backwards proves nothing until it is measured anew.
  if (event.time < state.senses.time - BACKWARDS_MS_MAX) notice(turn, { clockOffsetMs: undefined });
  hear(turn, event);
  drive(turn);
  const { memory, senses, candles, effects } = turn;
  return {
    state: { memory, senses, candles },
    effects,
    wakeTime: nextWakeTime(turn, timeframeOf(turn).lengthMs),
  };
}

function hear(turn: Turn, event: BotEvent): void {
  switch (event.type) {
    case 'command':
      obey(turn, event.command);
      break;
    case 'boot':
      boot(turn);
      break;
    case 'timer':
      break;
    case 'candles':
      hearCandles(turn, event.candles, event.source);
      break;
    case 'back-fill-failed':
      hearFailure(turn, event.failure);
      break;
    case 'price':
      if (event.bidPrice <= 0n || event.askPrice < event.bidPrice) break;
      notice(turn, {
        bidPrice: event.bidPrice,
        askPrice: event.askPrice,
        priceTime: turn.time,
      });
      break;
    case 'market-data':
      notice(turn, { marketData: event.status });
      break;
    case 'account-data':
      // Events may have been lost in between: look at everything.
      notice(turn, {
        accountData: event.status,
        ...(event.status === 'fresh' && { accountTime: undefined, accountAskedTime: undefined }),
      });
      break;
    case 'order':
      hearReport(turn, event.report, event.fill);
      break;
    case 'place-failed':
      hearPlaceFailed(turn, event.clientOrderId, event.failure);
      break;
    case 'cancel-failed':
      hearCancelFailed(turn, event.clientOrderId, event.failure);
      break;
    case 'query-answer':
      if (event.report === undefined) hearNotFound(turn, event.clientOrderId);
      else hearReport(turn, event.report);
      break;
    case 'query-failed':
      hearFailure(turn, event.failure);
      break;
    case 'fills':
      hearFills(turn, event.clientOrderId, event.fills);
      break;
    case 'account':
      hearAccount(turn, event);
      break;
    case 'account-failed':
      hearFailure(turn, event.failure);
      break;
    case 'clock':
      notice(turn, { clockOffsetMs: event.offsetMs });
      break;
    case 'disk':
      hearDisk(turn, event.status);
      break;
    case 'settings':
      hearSettings(turn, event.settings);
      break;
  }
}

/** After a start nothing in flight is certain. */
function boot(turn: Turn): void {
  const { order, epoch } = turn.memory;
  remember(turn, {
    epoch: epoch + 1,
    order:
      order === null
        ? null
        : {
            ...doubtOrder(order, turn.time),
            cancelSent: false,
            askTime: turn.time,
            // A clock set back since then must not make the order wait for its old time.
            sentTime: Math.min(order.sentTime, turn.time),
          },
  });
}

function obey(turn: Turn, command: 'halt' | 'resume' | 'flatten'): void {
  if (command === 'resume') {
    remember(turn, { trading: 'active', mismatch: null });
    alert(turn, 'info', 'resumed', 'trading is active');
    return;
  }
  const { position } = turn.memory;
  remember(turn, {
    trading: 'halted',
    ...(command === 'flatten' &&
      position !== null && {
        position: { ...position, exit: { reason: 'manual' as const, decidedTime: turn.time } },
      }),
  });
  notice(turn, { entryWanted: undefined });
  alert(
    turn,
    'warning',
    'halted',
    'nothing is entered until resume; an open position keeps its stop',
  );
}

function hearDisk(turn: Turn, status: 'working' | 'failing'): void {
  if (turn.senses.disk === status) return;
  notice(turn, { disk: status });
  if (status === 'failing')
    alert(turn, 'alarm', 'disk-failing', 'the state cannot be saved: no entries');
}

/** New settings wait until the bot is flat; symbol, interval and balance need another bot. */
function hearSettings(
  turn: Turn,
  settings: Extract<BotEvent, { type: 'settings' }>['settings'],
): void {
  const now = turn.memory.settings;
  const problem =
    settingsProblem(settings) ??
    (['symbol', 'interval', 'market', 'initial_balance'] as const)
      .filter((key) => settings.run[key] !== now.run[key])
      .map((key) => `${key} cannot change while the bot runs`)[0] ??
    (settings.bot === now.bot ? undefined : 'bot cannot change while the bot runs');
  if (problem !== undefined) {
    alert(turn, 'warning', 'settings-refused', problem);
    return;
  }
  remember(turn, { pendingSettings: settings });
  alert(turn, 'info', 'settings-pending', 'new settings wait until the bot is flat');
}
