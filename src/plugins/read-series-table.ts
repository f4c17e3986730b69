import { readFile } from 'node:fs/promises';
import { requireAscendingRows } from '../candles/index.js';
import { csvRecords, parseUtcTime, UserError } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';
import type { TableSource } from '../strategies/index.js';
import { didYouMean } from '../util/index.js';

/** Milliseconds of 1990: what is less counts seconds. */
const MS_MIN = 631_152_000_000;

/**
 * Reads a table of a strategy: a CSV file with the column `time` (ms or ISO 8601) and the columns that are read.
 *
 * @param where - For messages: the series that it is of.
 * @param file - Path.
 * @param columns - Those that are read.
 * @throws {UserError} If it cannot be read, lacks a column, or a cell is none: `file:line`.
 * @throws {UsageError} If the times do not ascend.
 */
export async function readSeriesTable(
  where: string,
  file: string,
  columns: readonly string[],
): Promise<TableSource> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) !== 'ENOENT') throw fileError('read', file, error);
    throw new UserError(
      `${where}: ${file} does not exist; its path is seen from the file of the strategy`,
    );
  });
  const [header, ...rows] = [...csvRecords(text)];
  const names = (header?.cells ?? []).map((name) => name.trim());
  const places = ['time', ...columns].map((name) => {
    const place = names.indexOf(name);
    if (place >= 0) return place;
    const has = names.length === 0 ? 'it is empty' : `it has ${names.join(', ')}`;
    throw new UserError(`${file}:1: no column "${name}"${didYouMean(name, names)}; ${has}`);
  });
  const cell = (cells: readonly string[], k: number): string => (cells[places[k]!] ?? '').trim();
  const time = Float64Array.from(rows, ({ cells, line }) =>
    timeOf(cell(cells, 0), `${file}:${line}`),
  );
  requireAscendingRows(time, file);
  const values = columns.map((name, k) => [
    name,
    Float64Array.from(rows, ({ cells, line }) =>
      numberOf(cell(cells, k + 1), `${file}:${line}: ${name}`),
    ),
  ]);
  return { time, columns: Object.fromEntries(values) as TableSource['columns'] };
}

function timeOf(text: string, place: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : parseUtcTime(text);
  if (time !== undefined && time >= MS_MIN) return time;
  const hint = time === undefined ? '' : '; does it count seconds?';
  throw new UserError(
    `${place}: time must be milliseconds or a UTC time such as 2024-01-31T08:00:00Z: current value is "${text}"${hint}`,
  );
}

/** An empty cell is undefined. */
function numberOf(text: string, place: string): number {
  if (text === '' || /^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new UserError(
    `${place} must be a number, or empty where it is undefined: current value is "${text}"`,
  );
}
