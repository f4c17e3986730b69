import { basename } from 'node:path';
import { printable, quoteAsset } from '../domain/index.js';
import {
  blocksText,
  clockText,
  type FoundBot,
  modeText,
  priceText,
  signedText,
  skippedText,
  unprotectedText,
} from '../trader/index.js';
import { environmentOf } from './chosen-bots.js';
import { cellsOf } from './fold-line.js';
import { type ListedTrade, tradeLines } from './live-trade-list.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface StatusScreen {
  readonly bots: readonly FoundBot[];
  /** Oldest first. */
  readonly trades: readonly ListedTrade[];
  /** ms UTC. */
  readonly now: number;
}

/** A status older than this is said to be old, ms. */
const OLD_MS = 30_000;
/** An entry that was not taken longer ago is history, ms. */
const SKIPPED_MS = 86_400_000;
/** Rows that are kept for the newest trades, where there are any. */
const TRADES_MIN = 3;

/**
 * Returns the screen of `wus trader status --watch`: a row for each bot, what holds it back, totals, the newest trades.
 *
 * @param screen - What is shown.
 * @param size - No line is wider, and there are not more.
 * @param palette - Colours.
 */
export function screenLines(
  { bots, trades, now }: StatusScreen,
  { columns, rows }: ScreenSize,
  palette: Palette,
): string[] {
  const running = bots.filter(({ isRunning }) => isRunning).length;
  const count = bots.length === 1 ? '1 bot' : `${bots.length} bots`;
  const time = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  const head = `wus trader  ${time} UTC  ${count}, ${running === bots.length ? 'all' : running} running`;
  const totals = totalLines(bots);
  const newest = trades.slice(-rows);
  const tradesHeld = Math.min(newest.length, TRADES_MIN);
  const reserved = 2 + totals.length + (tradesHeld === 0 ? 0 : tradesHeld + 2) + 1;
  const table = botLines(bots, now, rows - reserved);
  const used = 2 + table.length + 1 + totals.length;
  const left = rows - used - 2;
  const list = left > 0 ? tradeLines(newest.slice(-left).reverse(), columns) : [];
  const lines = [
    palette.bold(cut(head, columns)),
    '',
    ...table.map((line) => coloured(cut(line, columns), palette)),
    '',
    ...totals.map((line) => cut(line, columns)),
    ...(list.length === 0 ? [] : ['', palette.dim('latest trades')]),
    ...list.map((line) => cut(line, columns)),
  ];
  return lines.slice(0, rows);
}

function botLines(bots: readonly FoundBot[], now: number, linesMax: number): string[] {
  const isOne = new Set(bots.map(environmentOf)).size === 1;
  const table = textTable(
    [HEAD, ...bots.map((bot) => cellsOfBot(bot, isOne))].map((row) => [...row]),
    'llrrrrrl',
  );
  const [head = '', ...rows] = table;
  const lines = [head];
  for (const [i, row] of rows.entries()) {
    const notes = notesOf(bots[i]!, now).map((note) => `  ${note}`);
    const isFull = lines.length + 1 + notes.length > linesMax && i < rows.length - 1;
    if (isFull && lines.length + 2 > linesMax) {
      const more = rows.length - i;
      lines.push(`… and ${more} more: enlarge the terminal or use --symbol`);
      break;
    }
    lines.push(row, ...(isFull ? [] : notes));
  }
  return lines;
}

const HEAD = ['bot', 'side', 'open', 'today', 'closed', 'to stop', 'price', 'next'];

function cellsOfBot(bot: FoundBot, isOneEnvironment: boolean): readonly string[] {
  const { status } = bot;
  const environment = isOneEnvironment ? '' : `${environmentOf(bot)} `;
  if (status === undefined) return [`${environment}${basename(bot.folder)}`, '?'];
  const { view, symbol } = status;
  const { position } = view;
  const price = view.bidPrice ?? view.lastClose;
  return [
    `${environment}${symbol}`,
    position?.side ?? 'flat',
    position?.unrealizedPnl === undefined ? '' : signedText(position.unrealizedPnl),
    signedText(view.dayPnl),
    signedText(view.netPnl),
    stopDistance(position?.stopPrice, position?.stopRests === true, price),
    price === undefined ? '' : shortPrice(price),
    view.nextCloseTime === undefined ? '' : clockText(view.nextCloseTime),
  ];
}

/** Of small prices the five digits that count. */
function shortPrice(price: number): string {
  if (price >= 1) return priceText(price);
  return price.toLocaleString('en-US', { maximumSignificantDigits: 5 });
}

function stopDistance(stop: number | undefined, rests: boolean, price: number | undefined): string {
  if (stop === undefined || price === undefined || !(price > 0)) return '';
  const percent = `${((Math.abs(price - stop) / price) * 100).toFixed(2)} %`;
  return rests ? percent : `${percent}!`;
}

/** What a person must know beside the numbers. */
function notesOf({ status, isRunning }: FoundBot, now: number): readonly string[] {
  if (status === undefined) return ['no status written yet'];
  const { view, writtenTime } = status;
  const ageMs = now - writtenTime;
  const seen = new Date(writtenTime).toISOString().slice(5, 16).replace('T', ' ');
  const blocks = blocksText(view);
  const notes = [
    isRunning ? '' : `NOT RUNNING since ${seen} UTC`,
    isRunning && ageMs > OLD_MS ? `no update for ${Math.round(ageMs / 1_000)} s` : '',
    view.position?.unprotectedMs === undefined ? '' : unprotectedText(view).split('; ')[0]!,
    view.position?.stopRests === false && view.position.stopPrice !== undefined
      ? 'the stop is NOT on the exchange (!): the bot monitors it'
      : '',
    modeText(view),
    isRunning && blocks !== '' ? `no entries: ${blocks}` : '',
    isRecent(view.skipped?.time, status.time) ? skippedText(view) : '',
  ];
  return notes.filter((note) => note !== '');
}

/** By the clock of the market. */
function isRecent(time: number | undefined, now: number): boolean {
  return time !== undefined && now - time < SKIPPED_MS;
}

/** Sums, for each quote apart: amounts in several cannot be added. */
function totalLines(bots: readonly FoundBot[]): string[] {
  const sums = new Map<string, { open: number; day: number; closed: number }>();
  for (const { status } of bots) {
    if (status === undefined) continue;
    const { view, symbol } = status;
    const quote = quoteAsset(symbol) ?? 'quote';
    const sum = sums.get(quote) ?? { open: 0, day: 0, closed: 0 };
    sum.open += view.position?.unrealizedPnl ?? 0;
    sum.day += view.dayPnl;
    sum.closed += view.netPnl;
    sums.set(quote, sum);
  }
  return [...sums].map(
    ([quote, { open, day, closed }]) =>
      `total  open ${signedText(open)}  today ${signedText(day)}  closed ${signedText(closed)} ${quote}`,
  );
}

function coloured(line: string, { red, yellow, dim }: Palette): string {
  if (/^ {2}(NOT RUNNING|NO STOP|MISMATCH|silent|the stop is NOT)/.test(line)) return red(line);
  if (/^ {2}(HALTED|no entries)/.test(line)) return yellow(line);
  return line.startsWith('  ') ? dim(line) : line;
}

/** Texts of the exchange are among them. */
function cut(text: string, columns: number): string {
  const line = printable(text);
  return cellsOf(line) <= columns ? line : `${[...line].slice(0, columns - 1).join('')}…`;
}
