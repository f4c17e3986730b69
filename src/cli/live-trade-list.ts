import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { csvRecords, UserError } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';
import type { RecordedTrade } from '../live/index.js';
import { priceText, readTradeLogName, signedText, type TradeLogSubject } from '../trader/index.js';
import { readLiveTrades } from './read-live-trades.js';
import { textTable } from './text-table.js';

/** A finished trade and whose it is. */
export interface ListedTrade extends RecordedTrade {
  readonly symbol: string;
  readonly environment: string;
}

export interface TradeListFilter {
  /** Only this environment. */
  readonly environment?: string | undefined;
  readonly symbol?: string | undefined;
  /** Of a SYNTHETIC market; default: the newest of each environment. */
  readonly session?: string | undefined;
}

/**
 * Reads the finished trades of the bots, oldest first.
 *
 * @param folder - Of the trade logs.
 * @param filter - Which ones.
 * @returns Trades, and what could not be read, in words.
 */
export async function listTrades(
  folder: string,
  { environment, symbol, session }: TradeListFilter,
): Promise<{ readonly trades: readonly ListedTrade[]; readonly problems: readonly string[] }> {
  const trades: ListedTrade[] = [];
  const problems: string[] = [];
  for (const { name, subject } of ofOneSession(await logsIn(folder), session)) {
    if (environment !== undefined && subject.environment !== environment) continue;
    const file = path.join(folder, name);
    try {
      const own = await symbolOf(file);
      if (own === undefined || (symbol !== undefined && own !== symbol)) continue;
      for (const trade of await readLiveTrades(file))
        trades.push({ ...trade, symbol: own, environment: subject.environment });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  return { trades: trades.sort((a, b) => a.exitFillTime - b.exitFillTime), problems };
}

/**
 * Returns finished trades as a table, one line each; prices are left out where it would be wider than the terminal.
 *
 * @param trades - In the order shown.
 * @param width - Characters of a line.
 */
export function tradeLines(trades: readonly ListedTrade[], width: number): string[] {
  const [whole, narrow] = [true, false].map((hasPrices) =>
    textTable(
      trades.map((trade) => tradeCells(trade, hasPrices)),
      hasPrices ? 'lllrrrl' : 'lllrl',
    ),
  );
  return whole!.every((line) => line.length <= width) ? whole! : narrow!;
}

function tradeCells(
  { exitFillTime, symbol, side, entryPrice, exitPrice, netPnl, exitReason }: ListedTrade,
  hasPrices: boolean,
): string[] {
  const exit = Number.isNaN(exitPrice) ? 'not sold' : priceText(exitPrice);
  return [
    new Date(exitFillTime).toISOString().slice(5, 16).replace('T', ' '),
    symbol,
    side,
    ...(hasPrices ? [priceText(entryPrice), exit] : []),
    signedText(netPnl),
    exitReason,
  ];
}

/**
 * Says how many trades there were and what they brought.
 *
 * @param trades - Finished ones.
 */
export function tradeTotals(trades: readonly Pick<ListedTrade, 'netPnl'>[]): string {
  if (trades.length === 0) return 'no trades';
  const won = trades.filter(({ netPnl }) => netPnl > 0).length;
  const sum = trades.reduce((total, { netPnl }) => total + netPnl, 0);
  const count = trades.length === 1 ? '1 trade' : `${trades.length.toLocaleString('en-US')} trades`;
  return `${count}, ${won.toLocaleString('en-US')} won, ${signedText(sum)}`;
}

interface NamedLog {
  readonly name: string;
  readonly subject: TradeLogSubject;
}

async function logsIn(folder: string): Promise<readonly NamedLog[]> {
  return (await namesIn(folder)).flatMap((name) => {
    const subject = readTradeLogName(name);
    return subject === undefined ? [] : [{ name, subject }];
  });
}

/** Every start of a SYNTHETIC market is another world: trades of two are not added up. */
function ofOneSession(logs: readonly NamedLog[], session: string | undefined): readonly NamedLog[] {
  const newest = new Map<string, string>();
  for (const { subject } of logs) {
    const { environment, session: own } = subject;
    if (own !== undefined && own > (newest.get(environment) ?? '')) newest.set(environment, own);
  }
  return logs.filter(({ subject }) => {
    return subject.session === (session ?? newest.get(subject.environment));
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw fileError('read', folder, error);
  }
}

/** As the exchange writes it: names of files may not have all letters. */
async function symbolOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError('read', file, error);
  });
  const [header, first] = csvRecords(text);
  const at = header?.cells.indexOf('symbol') ?? -1;
  return at < 0 ? undefined : first?.cells[at];
}
