import { readFile } from 'node:fs/promises';
import { csvFieldText, csvRecords, type ExitReason, UserError } from '../domain/index.js';
import { fileError } from '../files/index.js';
import type { RecordedTrade } from '../live/index.js';

const COLUMNS = [
  'side',
  'signal_time',
  'entry_time',
  'exit_time',
  'entry_price',
  'exit_price',
  'units',
  'commission',
  'funding',
  'net_pnl',
  'exit_reason',
  'balance',
  'entry_fill_time',
  'exit_fill_time',
  'dust',
  'order_ids',
] as const;

/**
 * Reads the trade log of a live bot. A torn last line is left out: the bot writes it again.
 *
 * @param file - CSV as `wus trader` writes it.
 * @throws {UserError} If it cannot be read or is no such log.
 */
export async function readLiveTrades(file: string): Promise<RecordedTrade[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError('read', file, error);
  });
  const [header, ...rows] = csvRecords(text);
  const columns = new Map((header?.cells ?? []).map((name, i) => [name, i]));
  const missing = COLUMNS.find((name) => !columns.has(name));
  if (missing !== undefined) {
    throw new UserError(
      `${file} has no column ${missing}: give a trade log of wus trader, for example from results/live_trades/`,
    );
  }
  return rows
    .filter(({ isTerminated }) => isTerminated)
    .map(({ cells, line }) => {
      const cell = (name: (typeof COLUMNS)[number]): string =>
        csvFieldText(cells[columns.get(name)!] ?? '');
      const number = (name: (typeof COLUMNS)[number], value: number): number => {
        if (Number.isFinite(value) || (name === 'exit_price' && Number.isNaN(value))) return value;
        throw new UserError(
          `${file}:${line}: ${name} is ${cell(name)}, which is not a valid value`,
        );
      };
      const amount = (name: (typeof COLUMNS)[number]): number => number(name, Number(cell(name)));
      const time = (name: (typeof COLUMNS)[number]): number => number(name, Date.parse(cell(name)));
      return {
        side: cell('side') === 'short' ? 'short' : 'long',
        signalTime: time('signal_time'),
        entryTime: time('entry_time'),
        exitTime: time('exit_time'),
        entryPrice: amount('entry_price'),
        exitPrice: amount('exit_price'),
        units: amount('units'),
        commission: amount('commission'),
        funding: amount('funding'),
        netPnl: amount('net_pnl'),
        exitReason: cell('exit_reason') as ExitReason,
        balance: amount('balance'),
        entryFillTime: time('entry_fill_time'),
        exitFillTime: time('exit_fill_time'),
        dust: amount('dust'),
        orders: cell('order_ids')
          .split(' ')
          .filter((id) => id !== ''),
      };
    });
}
