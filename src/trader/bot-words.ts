import type { BotView } from '../live/index.js';
import { amountText, clockText, priceText, signedText } from './bot-numbers.js';

type Block = BotView['blocks'][number];

/** Why nothing would be entered now, in words, and what to do where a person must act. */
const BLOCKS: Readonly<Record<Block, string>> = {
  halted: 'halted until wus trader resume',
  reducing: 'halted until wus trader resume',
  mismatch: 'the account and the bot disagree: check it, then wus trader resume',
  'hedge-mode': 'the account is in hedge mode: set one-way mode',
  stopping: 'the trader is stopping',
  'settings-pending': 'new settings are pending',
  'order-in-flight': 'an order is in flight',
  'already-entered': 'this signal was already entered',
  'loss-limit': 'the loss limit is reached',
  'daily-loss-limit': 'the daily loss limit is reached, until 00:00 UTC',
  'strategy-failed': 'the strategy failed at the last candle',
  'disk-failing': 'the state cannot be saved',
  'market-data-stale': 'no fresh prices',
  'account-stale': 'the account could not be read recently',
  'clock-skew': 'the clock differs from the exchange',
  'exchange-quiet': 'the exchange suspended requests',
  'instrument-closed': 'the market is closed',
  'checks-pending': 'the start-up checks are running',
  'checks-failed': 'a check failed; it is repeated every minute',
  'not-configured': 'it is no longer configured',
  'settings-refused': 'its settings were rejected: correct them to allow entries',
  'strategy-missing': 'its strategy cannot be loaded: fix it and restart',
  'account-unconfirmed': 'the account is being reconciled',
};

/** Why a single entry was not taken, beside those. */
const SKIPS: Readonly<Record<string, string>> = {
  late: 'its candle came too late',
  'insufficient-balance': 'it costs more than the free balance',
  'beyond-own-balance': 'it costs more than the balance of the bot',
  'order-notional': 'it is larger than --max-order-notional',
  'position-notional': 'it is larger than --max-position-notional',
  'orders-per-hour': '--max-orders-per-hour is reached',
  'price-collar': 'the price is beyond --price-collar',
  'unsellable-at-stop': 'at its stop it would be too small to sell',
  notional: 'it is below the minimum of the exchange',
  'quantity-range': 'the exchange does not accept its quantity',
  status: 'the market is closed',
};

/**
 * Says which entry was not taken last, and why; empty without one.
 *
 * @param view - The bot.
 */
export function skippedText({ skipped }: Pick<BotView, 'skipped'>): string {
  if (skipped === undefined) return '';
  const known = { ...SKIPS, ...BLOCKS } as Readonly<Record<string, string>>;
  const words = skipped.reason.split(', ').map((reason) => known[reason] ?? reason);
  const time = new Date(skipped.time).toISOString().slice(5, 16).replace('T', ' ');
  return `${skipped.side} of ${time} not entered: ${words.join(', ')}`;
}

/** Those that a person set, or that only a person ends. */
const TOLD_APART: readonly string[] = ['halted', 'reducing', 'mismatch', 'settings-pending'];

/**
 * Says what keeps a bot from entering now, apart from what `modeText` says.
 *
 * @param view - The bot.
 * @returns Empty if a signal would be followed.
 */
export function blocksText({ blocks, inputsText }: Pick<BotView, 'blocks' | 'inputsText'>): string {
  const words = blocks
    .filter((block) => !TOLD_APART.includes(block))
    // A status may come from a later version.
    .map((block) => (BLOCKS as Readonly<Record<string, string>>)[block] ?? block);
  return [...words, ...(inputsText === undefined ? [] : [inputsText])].join(', ');
}

/**
 * Says what a person or a mismatch made of a bot; empty while it trades.
 *
 * @param view - The bot.
 */
export function modeText({ trading, mismatch, position, settingsPending }: BotView): string {
  const parts: string[] = [];
  if (mismatch !== undefined) parts.push(`MISMATCH: ${mismatch}; no entries until resume`);
  else if (trading !== 'active') {
    parts.push(
      position === undefined
        ? 'HALTED: no entries until resume'
        : position.isLeaving
          ? 'HALTED: the position is being closed; no entries until resume'
          : 'HALTED: no entries until resume; the position is managed to its exit',
    );
  }
  if (settingsPending) parts.push('new settings apply when the bot is flat');
  return parts.join('; ');
}

/**
 * Says what a bot holds.
 *
 * @param view - The bot.
 */
export function positionText({ position }: Pick<BotView, 'position'>): string {
  if (position === undefined) return 'flat';
  const { side, quantity, entryPrice, isLeaving } = position;
  const what = `${side} ${amountText(quantity)} from ${priceText(entryPrice)}`;
  return isLeaving ? `${what}, closing` : what;
}

/**
 * Says where the stop is, how far from the price, and who watches it.
 *
 * @param view - The bot.
 */
export function stopText(view: BotView): string {
  const { position } = view;
  if (position === undefined) return '';
  const { stopPrice, stopRests } = position;
  if (stopPrice === undefined) return 'no stop is set';
  const price = view.bidPrice ?? view.lastClose;
  const distance =
    price === undefined || !(price > 0)
      ? ''
      : `, ${((Math.abs(price - stopPrice) / price) * 100).toFixed(2)} % away`;
  const rests = stopRests ? 'rests on the exchange' : 'NOT on the exchange, the bot monitors it';
  return `stop ${priceText(stopPrice)}${distance}, ${rests}`;
}

/**
 * Says the profit: open, of the day and of all closed trades.
 *
 * @param view - The bot.
 */
export function profitText({ position, dayPnl, netPnl }: BotView): string {
  const open = position?.unrealizedPnl;
  const parts = [
    ...(open === undefined ? [] : [`open ${signedText(open)}`]),
    `today ${signedText(dayPnl)}`,
    `closed ${signedText(netPnl)}`,
  ];
  return parts.join(', ');
}

/** What names a bot beside its view. */
export interface BotSubject {
  readonly symbol: string;
  readonly interval: string;
  readonly strategy: string;
}

/**
 * Returns how a bot stands in a few short lines, as a phone shows them.
 *
 * @param subject - Its name.
 * @param view - How it stands.
 */
export function statusMessage({ symbol, interval, strategy }: BotSubject, view: BotView): string {
  const price = view.bidPrice ?? view.lastClose;
  const blocks = blocksText(view);
  const next =
    view.nextCloseTime === undefined ? [] : [`next candle ${clockText(view.nextCloseTime)}`];
  const lines = [
    `${symbol} ${interval} ${strategy}: ${positionText(view)}`,
    stopText(view),
    [price === undefined ? 'no price yet' : `price ${priceText(price)}`, ...next].join(', '),
    profitText(view),
    modeText(view),
    blocks === '' ? '' : `no entries: ${blocks}`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}
