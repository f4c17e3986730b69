import { decimalToNumber, quoteAsset } from '../domain/index.js';
import {
  type BotEvent,
  type BotState,
  type BotView,
  type LiveTrade,
  ordersOf,
} from '../live/index.js';
import { countText } from '../util/index.js';
import { amountText, clockText, priceText, signedText } from './bot-numbers.js';
import { blocksText } from './bot-words.js';

/**
 * Returns what a step did, in words for people: fills, stops, candles are the news of a bot.
 *
 * @param before - The bot before the event.
 * @param event - What happened.
 * @param after - The bot after it.
 */
export function stepNews(before: BotState, event: BotEvent, after: BotState): readonly string[] {
  const news: string[] = [];
  const { candles } = after;
  if (before.candles.length === 0 && candles.length > 0) {
    const newest = candles.store.columns.openTime[candles.length - 1]!;
    news.push(
      `${countText(candles.length, 'candle')} of history, the latest of ${clockText(newest)}`,
    );
  }
  const { order: old } = before.memory;
  const { order } = after.memory;
  if (order !== null && order.request.clientOrderId !== old?.request.clientOrderId) {
    const { leg, request } = order;
    if (leg !== 'stop') {
      const price = 'price' in request ? ` at ${priceText(decimalToNumber(request.price))}` : '';
      news.push(
        `${leg}: ${request.side} ${amountText(decimalToNumber(request.quantity))}${price} (${request.type}, ${request.clientOrderId})`,
      );
    }
  }
  news.push(...restingNews(before, after));
  if (event.type === 'market-data' && event.status !== before.observed.marketData) {
    news.push(
      event.status === 'fresh' ? 'market data is fresh' : 'market data is stale: no entries',
    );
  }
  return news;
}

/**
 * Returns what an entry that is through bought or sold, in words; `undefined` while there is none.
 *
 * @param before - The bot before the event.
 * @param after - The bot after it.
 */
export function entryText({ memory: before }: BotState, { memory }: BotState): string | undefined {
  const { order, position, settings } = memory;
  const isThrough = before.order?.leg === 'entry' && order?.leg !== 'entry';
  if (!isThrough || position === null || position.entered === 0n) return undefined;
  const entered = decimalToNumber(position.entered);
  const notional = decimalToNumber(position.entryNotional);
  const side = position.side > 0 ? 'long' : 'short';
  const quote = quoteAsset(settings.run.symbol) ?? 'quote';
  return `entered: ${side} ${amountText(entered)} at ${priceText(notional / entered)}, ${amountText(notional)} ${quote}`;
}

/** Exits that came to rest on the exchange. */
function restingNews(before: BotState, after: BotState): readonly string[] {
  if (before.memory === after.memory) return [];
  const rested = new Set(ordersOf(before.memory).filter(isOpen).map(idOf));
  return ordersOf(after.memory).flatMap((order) => {
    const { leg, request } = order;
    const isNews = isOpen(order) && !rested.has(idOf(order));
    const price =
      'triggerPrice' in request
        ? request.triggerPrice
        : 'price' in request
          ? request.price
          : undefined;
    if (!isNews || price === undefined || (leg !== 'stop' && leg !== 'take-profit')) return [];
    const at = priceText(decimalToNumber(price));
    const quantity = amountText(decimalToNumber(request.quantity));
    return [`${leg} rests on the exchange at ${at} for ${quantity}`];
  });
}

const isOpen = ({ phase }: { readonly phase: string }): boolean => phase === 'open';
const idOf = ({ request }: { readonly request: { readonly clientOrderId: string } }): string =>
  request.clientOrderId;

/**
 * Returns a finished trade in words.
 *
 * @param trade - Finished.
 */
export function tradeText(trade: LiveTrade): string {
  const held = countText(trade.candlesHeld, 'candle');
  const exit = Number.isNaN(trade.exitPrice) ? 'nothing could be sold' : priceText(trade.exitPrice);
  return `exit: ${trade.side} ${amountText(trade.units)} from ${priceText(trade.entryPrice)} to ${exit} by ${trade.exitReason} after ${held}: ${signedText(trade.netPnl)} (${percentText(trade.returnPct)} %)`;
}

function percentText(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
}

/** Cells of a status line beside time and name, on a terminal of 80. */
const STATUS_WIDTH = 80 - 16;

/**
 * Returns how a bot stands, on one line: the most telling parts that fit.
 *
 * @param view - The bot.
 * @param width - Characters.
 */
export function statusText(view: BotView, width = STATUS_WIDTH): string {
  const { position, trading, mismatch, settingsPending } = view;
  const price = view.bidPrice ?? view.lastClose;
  const open = position?.unrealizedPnl;
  const side =
    position === undefined
      ? 'flat'
      : `${position.side}${open === undefined ? '' : ` ${signedText(open)}`}`;
  const mode = mismatch !== undefined ? 'MISMATCH' : trading === 'active' ? '' : 'HALTED';
  const isBlocked = position === undefined && mode === '' && blocksText(view) !== '';
  const parts = [
    price === undefined ? 'no price yet' : priceText(price),
    side,
    mode,
    ...levelTexts(position),
    isBlocked ? 'no entries' : '',
    `P&L ${signedText(view.netPnl)}`,
    settingsPending ? 'settings pending' : '',
    view.nextCloseTime === undefined ? '' : `next ${clockText(view.nextCloseTime)}`,
  ];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (part !== '' && (line === '' || longer.length <= width)) line = longer;
  }
  return line;
}

/** What is watched does not rest on the exchange. */
function levelTexts(position: BotView['position']): readonly string[] {
  if (position === undefined) return [];
  const { stopPrice, stopRests, takeProfitPrice, takeProfitRests } = position;
  const text = (name: string, price: number | undefined, rests: boolean): string =>
    price === undefined ? '' : `${name} ${priceText(price)}${rests ? '' : ' (watched)'}`;
  return [text('stop', stopPrice, stopRests), text('target', takeProfitPrice, takeProfitRests)];
}

/**
 * Returns how long positions had no stop at the exchange, in words; empty before the first time.
 *
 * @param view - The bot.
 */
export function unprotectedText({ unprotected, position }: BotView): string {
  const ms = position?.unprotectedMs;
  const now = ms === undefined ? [] : [`NO STOP on the exchange for ${durationText(ms)}`];
  const past =
    unprotected === undefined || unprotected.count === 0
      ? []
      : [
          `without a stop ${timesText(unprotected.count)} while it was placed or moved, at most ${durationText(unprotected.longestMs)}`,
        ];
  return [...now, ...past].join('; ');
}

const timesText = (count: number): string =>
  count === 1 ? 'once' : `${count.toLocaleString('en-US')} times`;

function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
