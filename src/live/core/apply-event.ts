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
import {
  alert,
  type EntryRequest,
  patchObserved,
  persist,
  type StepContext,
} from './step-context.js';
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
export function applyEvent(ctx: StepContext, event: BotEvent): EntryRequest | undefined {
  switch (event.type) {
    case 'candles':
      return applyCandles(ctx, event.candles, event.source);
    case 'boot':
      onStart(ctx);
      break;
    case 'timer':
      break;
    case 'command':
      handleCommand(ctx, event.command, event.reason);
      break;
    case 'settings':
      onSettings(ctx, event.settings);
      break;
    case 'ending':
      patchObserved(ctx, { isEnding: true, waitingEntry: undefined });
      break;
    case 'disk':
      onDisk(ctx, event.status);
      break;
    case 'trades-logged':
      onTradesLogged(ctx, event.orderIds);
      break;
    case 'price':
    case 'market-data':
    case 'account-data':
    case 'clock':
    case 'clock-disturbed':
    case 'funding-paid':
    case 'hold-back':
      observeEvent(ctx, event);
      break;
    case 'account':
    case 'position-fills':
    case 'funding-payments':
    case 'fee-prices':
    case 'stop-rejected':
    case 'margin-call':
      applyAccountNews(ctx, event);
      break;
    case 'back-fill-failed':
    case 'account-failed':
    case 'funding-failed':
    case 'clock-failed':
      onFailure(ctx, event.failure);
      break;
    default:
      applyOrderNews(ctx, event);
  }
  return undefined;
}

function applyOrderNews(ctx: StepContext, event: OrderNews): void {
  switch (event.type) {
    case 'order':
      applyReport(ctx, event.report, event.fill);
      break;
    case 'query-answer':
      if (event.report === undefined) onNotFound(ctx, event.clientOrderId, event.askedTime);
      else applyReport(ctx, event.report);
      break;
    case 'fills':
      applyFills(ctx, event.clientOrderId, event.fills);
      break;
    case 'place-failed':
      onPlaceFailed(ctx, event.clientOrderId, event.failure);
      break;
    case 'cancel-failed':
      onCancelFailed(ctx, event.clientOrderId, event.failure);
      break;
    case 'replace-failed':
      onReplaceFailed(ctx, event.clientOrderId, event.replacedId, event.failure);
      break;
    case 'query-failed':
      onQueryFailed(ctx, event.clientOrderId, event.failure);
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

function applyAccountNews(ctx: StepContext, event: AccountNews): void {
  switch (event.type) {
    case 'account':
      applyAccount(ctx, event);
      break;
    case 'position-fills':
      applyPositionFills(ctx, event.fills, event.orders);
      break;
    case 'funding-payments':
      applyFunding(ctx, event.askedTime, event.payments);
      break;
    case 'fee-prices':
      persist(ctx, { feePrices: { ...ctx.memory.feePrices, ...event.prices } });
      break;
    case 'stop-rejected':
      onStopRejected(ctx, event.reason);
      break;
    case 'margin-call':
      alert(ctx, 'alarm', 'margin-call', marginCallText(ctx));
      break;
  }
}

function onStopRejected(ctx: StepContext, reason: string): void {
  const text = `the exchange did not execute a stop after its trigger price was reached: ${reason || 'no reason given'}`;
  alert(ctx, 'alarm', 'stop-failed', text);
  patchObserved(ctx, { accountTime: undefined, accountAskedTime: undefined });
}

function marginCallText({ memory }: StepContext): string {
  const { position } = memory;
  const what = position === null ? '' : ` (${holdingText(position)})`;
  return `the exchange warns that the position${what} is close to liquidation: add margin, or close it with wus trader flatten`;
}

function onDisk(ctx: StepContext, status: 'working' | 'failing'): void {
  if (ctx.observed.disk === status) return;
  patchObserved(ctx, { disk: status });
  if (status === 'failing')
    alert(
      ctx,
      'alarm',
      'disk-failing',
      'the state cannot be saved: entries are blocked, exits continue. Free disk space, or make the folder writable',
    );
  else alert(ctx, 'info', 'disk-working', 'the state can be saved again');
}
