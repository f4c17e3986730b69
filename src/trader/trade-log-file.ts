import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { runRecordPath } from '../analysis/index.js';
import { csvField, type Trade, tradeLogCsv } from '../domain/index.js';
import { fileError, systemErrorCode, writeFileAtomic } from '../files/index.js';
import { type BotSettings, type LiveTrade, tradeOrderIds } from '../live/index.js';
import { resolveParameters, type Strategy } from '../strategies/index.js';

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
 * Adds to a log, which is made if it is not there, the rows of those finished trades that it lacks; afterwards all of them are
 * on the disk.
 *
 * @param file - Path.
 * @param trades - Finished, in order of their exits.
 * @param subject - Symbol and strategy.
 * @returns How many rows were added.
 * @throws {UserError} If the file cannot be written.
 */
export async function addLiveTrades(
  file: string,
  trades: readonly LiveTrade[],
  subject: LiveTradeSubject,
): Promise<number> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const text = await existingText(file);
    const { kept, added, rows } = missingRows(text, trades, subject);
    if (kept !== text) await truncate(file, Buffer.byteLength(kept));
    const handle = await open(file, 'a');
    try {
      if (added !== '') await handle.appendFile(added);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return rows;
  } catch (error) {
    throw fileError('write', file, error);
  }
}

/**
 * Writes what the rows of a live trade log do not say, the parameters and settings of the newest trade, beside the log.
 *
 * @param file - The log.
 * @param settings - In force.
 * @param strategy - That of the settings.
 * @param isSynthetic - Whether the market is generated.
 * @throws {UserError} If it cannot be written.
 */
export async function writeLiveRecord(
  file: string,
  settings: BotSettings,
  strategy: Strategy,
  isSynthetic: boolean,
): Promise<void> {
  const { strategy: _name, params, files: _files, ...config } = settings.run;
  const record = {
    bot: settings.bot,
    synthetic: isSynthetic,
    strategy: strategy.name,
    parameters: resolveParameters(strategy, params),
    config,
  };
  await writeFileAtomic(runRecordPath(file), `${JSON.stringify(record, null, 2)}\n`);
}

/** What a log keeps of its text, and what follows it. */
export interface MissingRows {
  /** The beginning that stays: all of it, or all but a torn last line. */
  readonly kept: string;
  readonly added: string;
  /** Rows in `added`. */
  readonly rows: number;
}

/**
 * Finds the trades that a log lacks, by the ids of their orders. A last line that a crash tore is replaced by its whole row, or
 * taken away if none of the trades is its; a whole one only gets its line end.
 *
 * @param text - The log as it is; empty if there is none.
 * @param trades - Finished, in order of their exits.
 * @param subject - Symbol and strategy.
 */
export function missingRows(
  text: string,
  trades: readonly LiveTrade[],
  subject: LiveTradeSubject,
): MissingRows {
  const [header = '', ...rows] = liveTradeLogCsv(trades, subject).trimEnd().split('\n');
  const end = text.lastIndexOf('\n') + 1;
  const last = text.slice(end);
  const isTorn = last !== '' && !isWholeLine(last, header, rows);
  const kept = isTorn ? text.slice(0, end) : text;
  const seen = new Set(kept.split(/\r?\n/).map(lastCell));
  const lines = rows.filter((_, i) => {
    const ids = csvField(tradeOrderIds(trades[i]!));
    const isMissing = !seen.has(ids);
    seen.add(ids);
    return isMissing;
  });
  const added = kept === '' && lines.length > 0 ? [header, ...lines] : lines;
  const lineEnd = kept === '' || kept.endsWith('\n') ? '' : '\n';
  return {
    kept,
    added: lineEnd + added.map((line) => `${line}\n`).join(''),
    rows: lines.length,
  };
}

/** Whether a line without its end is whole: as many cells as the header, and not the beginning of a row that is known. */
function isWholeLine(line: string, header: string, rows: readonly string[]): boolean {
  const isCut = [header, ...rows].some((whole) => whole !== line && whole.startsWith(line));
  return !isCut && line.split(',').length >= header.split(',').length;
}

/** The ids of a row's orders: they never hold a comma. */
function lastCell(line: string): string {
  return line.slice(line.lastIndexOf(',') + 1);
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
  return { ...trade, entryIndex: 0, exitIndex: 0, ambiguous: false, scaleOuts: 0 };
}
