import { holdingText } from './amount-text.js';
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
import type { BotEvent } from './events.js';
import { applyFunding } from './funding.js';
import { observeEvent } from './observe-event.js';
import { onSettings } from './on-settings.js';
import { onStart } from './on-start.js';
import { alert, type EntryRequest, patchObserved, persist, type Turn } from './turn.js';
import { onTradesLogged } from './unlogged-trades.js';

type OrderNews = Extract<
  BotEvent,
  {
    type:
      | 'order'
      | 'place-failed'
      | 'cancel-failed'
      | 'replace-failed'
      | 'query-answer'
      | 'query-failed'
      | 'fills';
  }
>;

/** Applies an event. Returns the entry that it decided, if it did. */
export function applyEvent(turn: Turn, event: BotEvent): EntryRequest | undefined {
  switch (event.type) {
    case 'candles':
      return applyCandles(turn, event.candles, event.source);
    case 'boot':
      onStart(turn);
      break;
    case 'timer':
      break;
    case 'command':
      handleCommand(turn, event.command, event.reason);
      break;
    case 'settings':
      onSettings(turn, event.settings);
      break;
    case 'ending':
      patchObserved(turn, { isEnding: true, waitingEntry: undefined });
      break;
    case 'disk':
      onDisk(turn, event.status);
      break;
    case 'trades-logged':
      onTradesLogged(turn, event.orderIds);
      break;
    case 'price':
    case 'market-data':
    case 'account-data':
    case 'clock':
    case 'clock-disturbed':
    case 'funding-paid':
    case 'hold-back':
      observeEvent(turn, event);
      break;
    case 'account':
    case 'position-fills':
    case 'funding-payments':
    case 'fee-prices':
    case 'stop-rejected':
    case 'margin-call':
      applyAccountNews(turn, event);
      break;
    case 'back-fill-failed':
    case 'account-failed':
    case 'funding-failed':
    case 'clock-failed':
      onFailure(turn, event.failure);
      break;
    default:
      applyOrderNews(turn, event);
  }
  return undefined;
}

function applyOrderNews(turn: Turn, event: OrderNews): void {
  switch (event.type) {
    case 'order':
      applyReport(turn, event.report, event.fill);
      break;
    case 'query-answer':
      if (event.report === undefined) onNotFound(turn, event.clientOrderId, event.askedTime);
      else applyReport(turn, event.report);
      break;
    case 'fills':
      applyFills(turn, event.clientOrderId, event.fills);
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
    case 'query-failed':
      onQueryFailed(turn, event.clientOrderId, event.failure);
      break;
  }
}

type AccountNews = Extract<
  BotEvent,
  {
    type:
      | 'account'
      | 'position-fills'
      | 'funding-payments'
      | 'fee-prices'
      | 'stop-rejected'
      | 'margin-call';
  }
>;

function applyAccountNews(turn: Turn, event: AccountNews): void {
  switch (event.type) {
    case 'account':
      applyAccount(turn, event);
      break;
    case 'position-fills':
      applyPositionFills(turn, event.fills, event.orders);
      break;
    case 'funding-payments':
      applyFunding(turn, event.askedTime, event.payments);
      break;
    case 'fee-prices':
      persist(turn, { feePrices: { ...turn.memory.feePrices, ...event.prices } });
      break;
    case 'stop-rejected':
      onStopRejected(turn, event.reason);
      break;
    case 'margin-call':
      alert(turn, 'alarm', 'margin-call', marginCallText(turn));
      break;
  }
}

function onStopRejected(turn: Turn, reason: string): void {
  const text = `the exchange did not execute a stop after its trigger price was reached: ${reason || 'no reason given'}`;
  alert(turn, 'alarm', 'stop-failed', text);
  patchObserved(turn, { accountTime: undefined, accountAskedTime: undefined });
}

function marginCallText({ memory }: Turn): string {
  const { position } = memory;
  const what = position === null ? '' : ` (${holdingText(position)})`;
  return `the exchange warns that the position${what} is close to liquidation: add margin, or close it with wus trader flatten`;
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
