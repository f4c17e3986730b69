import { UserError } from '../domain/index.js';
import {
  ALL_FIELDS,
  BASIC_FIELDS,
  CANDLE_FIELDS,
  CLOSE_TIME,
  type FieldLayout,
  layoutFromNames,
  OPEN_TIME,
  VOLUME,
} from './candle-fields.js';
import { countsSeconds, isoTime, millisecondsFrom } from './candle-time.js';
import { type DecodeOptions, MEND } from './csv-decoder.js';
import { decimalNumber } from './decimal-number.js';
import { CandleRows, type DecodedCandles } from './decoded-candles.js';

/** Rows of a JSON file in one shape, whatever shape the file has. */
interface JsonTable {
  readonly layout: FieldLayout;
  readonly length: number;
  cell(row: number, column: number): unknown;
}

/**
 * Decodes candles in JSON: rows in Binance's order (freqtrade, ccxt, Binance's API), `{columns, data}`,
 * one array per column, or one object per candle.
 *
 * @param bytes - UTF-8 text.
 * @throws {UserError} Naming file, row and value.
 */
export function decodeJsonCandles(bytes: Uint8Array, options: DecodeOptions): DecodedCandles {
  const { source, keepExtras = false, onBrokenLine } = options;
  const table = tableOf(parseJson(bytes, source), source);
  if (table.length === 0) throw new UserError(`${source}: no candles; name another file`);
  const rows = new CandleRows(options);
  const row = new Float64Array(ALL_FIELDS).fill(Number.NaN);
  const fieldsKept = keepExtras ? ALL_FIELDS : BASIC_FIELDS;
  const kept = table.layout.fields.flatMap((field, column) =>
    field >= 0 && field < fieldsKept ? [{ field, column }] : [],
  );
  let scale = 1;
  const leftOut: number[] = [];
  for (let i = 0; i < table.length; i++) {
    try {
      for (const { field, column } of kept) row[field] = cellNumber(table.cell(i, column), field);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const message = `${source} row ${i + 1}: ${error.message}`;
      if (onBrokenLine === undefined) throw new UserError(`${message}; ${MEND}`);
      onBrokenLine(message);
      leftOut.push(i);
      continue;
    }
    if (rows.length === 0 && countsSeconds(row[OPEN_TIME]!)) scale = 1000;
    row[OPEN_TIME] = millisecondsFrom(row[OPEN_TIME]! * scale);
    row[CLOSE_TIME] = Math.floor(millisecondsFrom(row[CLOSE_TIME]! * scale));
    rows.push(row);
  }
  if (rows.length === 0) throw new UserError(`${source}: no row is a candle; name another file`);
  const present = new Set(kept.map(({ field }) => field));
  const { columns, extras, isReversed } = rows.finish(present);
  const count = columns.length;
  return {
    columns,
    extras,
    hasVolume: present.has(VOLUME),
    notes: isReversed ? [`${source}: newest candle first; the order was turned round`] : [],
    placeOf: (index) => ` row ${rowNumber(isReversed ? count - 1 - index : index, leftOut)}`,
  };
}

/** Place of a candle in the file, from 1. */
function rowNumber(index: number, leftOut: readonly number[]): number {
  let row = index;
  for (const broken of leftOut) if (broken <= row) row++;
  return row + 1;
}

function parseJson(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const shown = reason.replace(/[^\P{C}]/gu, '?').slice(0, 160);
    throw new UserError(`${source}: no valid JSON (${shown}); get the file again`);
  }
}

function tableOf(value: unknown, source: string): JsonTable {
  if (Array.isArray(value)) {
    if (value.length === 0) return { layout: orderedLayout(0), length: 0, cell: () => undefined };
    if (Array.isArray(value[0])) return tableOfRows(value, orderedLayout(value[0].length));
    if (isRecord(value[0])) return tableOfRecords(value, Object.keys(value[0]), source);
  }
  if (isRecord(value)) {
    const { columns, data } = value;
    if (Array.isArray(columns) && Array.isArray(data)) {
      return tableOfRows(data, namedLayout(columns.map(String), source));
    }
    return tableOfColumns(value, source);
  }
  throw new UserError(
    `${source}: no candles; expected rows such as [[open_time,open,high,low,close,volume], …]`,
  );
}

function tableOfRows(rows: readonly unknown[], layout: FieldLayout): JsonTable {
  return {
    layout,
    length: rows.length,
    cell: (row, column) => {
      const cells = rows[row];
      return Array.isArray(cells) ? (cells as unknown[])[column] : undefined;
    },
  };
}

function tableOfRecords(
  records: readonly unknown[],
  names: readonly string[],
  source: string,
): JsonTable {
  return {
    layout: namedLayout(names, source),
    length: records.length,
    cell: (row, column) => {
      const record = records[row];
      return isRecord(record) ? record[names[column]!] : undefined;
    },
  };
}

function tableOfColumns(value: Readonly<Record<string, unknown>>, source: string): JsonTable {
  const names = Object.keys(value);
  const layout = namedLayout(names, source);
  const columns = names.map((name) => value[name]);
  const lengths = layout.fields.flatMap((field, column) => {
    const cells = columns[column];
    return field < 0 ? [] : [Array.isArray(cells) ? cells.length : -1];
  });
  if (lengths.some((length) => length < 0 || length !== lengths[0])) {
    throw new UserError(
      `${source}: the columns have different lengths (${lengths.join(', ')}); get the file again`,
    );
  }
  return {
    layout,
    length: lengths[0] ?? 0,
    cell: (row, column) => (columns[column] as unknown[])[row],
  };
}

function orderedLayout(columns: number): FieldLayout {
  const fields = Array.from({ length: Math.max(columns, BASIC_FIELDS) }, (_, i) =>
    i < ALL_FIELDS && (i < BASIC_FIELDS || columns >= ALL_FIELDS) ? i : -1,
  );
  return { fields, symbolColumn: -1 };
}

function namedLayout(names: readonly string[], source: string): FieldLayout {
  const layout = layoutFromNames(names);
  if ('fields' in layout) return layout;
  const problem =
    layout.twice.length > 0
      ? `the names "${layout.twice.join('", "')}" are there twice`
      : `${layout.missing.join(', ')} is missing; the names are "${names.slice(0, 12).join(',').slice(0, 200)}"`;
  throw new UserError(`${source}: no candles: ${problem}`);
}

function cellNumber(cell: unknown, field: number): number {
  const isTime = field === OPEN_TIME || field === CLOSE_TIME;
  let number = Number.NaN;
  if (typeof cell === 'number') number = cell;
  else if (typeof cell === 'string') {
    number = decimalNumber(cell);
    if (Number.isNaN(number) && isTime) number = isoTime(cell);
  }
  const mayBeAbsent = field >= BASIC_FIELDS && (cell === null || cell === undefined || cell === '');
  if (!Number.isNaN(number) || mayBeAbsent) return number;
  const shown = cell === undefined ? 'is missing' : `is ${JSON.stringify(cell).slice(0, 60)}`;
  const wish = isTime ? 'a time in ms, µs or ISO 8601' : 'a number';
  throw new UserError(`${CANDLE_FIELDS[field]} ${shown}, not ${wish}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
