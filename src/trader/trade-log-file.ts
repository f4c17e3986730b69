import { appendFile, mkdir, open, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { csvField, type Trade, tradeLogCsv } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';
import type { LiveTrade } from '../live/index.js';

/** Columns of a live trade log after those of the backtest. */
const LIVE_COLUMNS = [
  'signal_time',
  'entry_fill_time',
  'exit_fill_time',
  'funding',
  'other_commission',
  'dust',
  'unprotected_ms',
  'order_ids',
] as const;

/** What the rows of a live trade log are about. */
export interface LiveTradeSubject {
  readonly symbol: string;
  /** Class name. */
  readonly strategy: string;
}

/**
 * Writes the trade log of a live bot: the backtest's columns, the signal's time, the coins left over and the ids of the orders.
 *
 * @param trades - In order of their exits.
 * @param subject - Symbol and strategy, repeated in every row.
 * @returns Header and one line per trade.
 */
export function liveTradeLogCsv(trades: readonly LiveTrade[], subject: LiveTradeSubject): string {
  const [header = '', ...rows] = tradeLogCsv(trades.map(asTrade), subject).trimEnd().split('\n');
  const lines = rows.map((row, i) => {
    return [row, ...liveCells(trades[i]!).map(csvField)].join(',');
  });
  return `${[[header, ...LIVE_COLUMNS].join(','), ...lines].join('\n')}\n`;
}

/**
 * Appends a finished trade to a log, which is made if it is not there. A trade that is there already is not repeated.
 *
 * @param file - Path.
 * @param trade - Finished.
 * @param subject - Symbol and strategy.
 * @throws {UserError} If the file cannot be written.
 */
export async function appendLiveTrade(
  file: string,
  trade: LiveTrade,
  subject: LiveTradeSubject,
): Promise<void> {
  const [header = '', row = ''] = liveTradeLogCsv([trade], subject).split('\n');
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const text = await existingText(file);
    if (text.includes(`${row}\n`)) return;
    // A torn last line is half of a row that a crash left; the row itself comes again.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) await truncate(file, Buffer.byteLength(whole));
    await appendFile(file, `${whole === '' ? `${header}\n` : ''}${row}\n`);
    const handle = await open(file, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError('write', file, error);
  }
}

function liveCells(trade: LiveTrade): unknown[] {
  const instant = (time: number): string => new Date(time).toISOString();
  return [
    instant(trade.signalTime),
    instant(trade.entryFillTime),
    instant(trade.exitFillTime),
    trade.funding,
    trade.otherCommission,
    trade.dust,
    trade.unprotectedMs,
    trade.orders.join(' '),
  ];
}

async function existingText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** A live trade has no place in a series, and its exit is known to the instant. */
function asTrade(trade: LiveTrade): Trade {
  return { ...trade, entryIndex: 0, exitIndex: 0, ambiguous: false };
}
