import { UserError } from '../domain/index.js';
import { ALL_FIELDS, BASIC_FIELDS, type FieldLayout } from './candle-fields.js';
import { type CandleTable, decodeCandleTable, namedLayout } from './candle-table.js';
import type { DecodeOptions } from './csv-decoder.js';
import type { DecodedCandles } from './decoded-candles.js';

/**
 * Decodes candles in JSON: rows in Binance's order (freqtrade, ccxt, Binance's API), `{columns, data}`,
 * one array per column, or one object per candle.
 *
 * @param bytes - UTF-8 text.
 * @throws {UserError} Naming file, row and value.
 */
export function decodeJsonCandles(bytes: Uint8Array, options: DecodeOptions): DecodedCandles {
  return decodeCandleTable(tableOf(parseJson(bytes, options.source), options), options);
}

function parseJson(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const shown = reason.replace(/[^\P{C}]/gu, '?').slice(0, 160);
    throw new UserError(`${source}: invalid JSON (${shown}); download the file again`);
  }
}

function tableOf(value: unknown, options: DecodeOptions): CandleTable {
  if (Array.isArray(value)) {
    if (value.length === 0) return { layout: orderedLayout(0), length: 0, cell: () => undefined };
    if (Array.isArray(value[0])) return tableOfRows(value, orderedLayout(value[0].length));
    if (isRecord(value[0])) return tableOfRecords(value, Object.keys(value[0]), options);
  }
  if (isRecord(value)) {
    const { columns, data } = value;
    if (Array.isArray(columns) && Array.isArray(data)) {
      return tableOfRows(data, namedLayout(columns.map(String), options));
    }
    return tableOfColumns(value, options);
  }
  throw new UserError(
    `${options.source}: no candles; expected rows such as [[open_time,open,high,low,close,volume], …]`,
  );
}

function tableOfRows(rows: readonly unknown[], layout: FieldLayout): CandleTable {
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
  options: DecodeOptions,
): CandleTable {
  return {
    layout: namedLayout(names, options),
    length: records.length,
    cell: (row, column) => {
      const record = records[row];
      return isRecord(record) ? record[names[column]!] : undefined;
    },
  };
}

function tableOfColumns(
  value: Readonly<Record<string, unknown>>,
  options: DecodeOptions,
): CandleTable {
  const names = Object.keys(value);
  const layout = namedLayout(names, options);
  const columns = names.map((name) => columnCells(value[name]));
  const lengths = layout.fields.flatMap((field, column) => {
    const cells = columns[column];
    return field < 0 ? [] : [Array.isArray(cells) ? cells.length : -1];
  });
  if (lengths.some((length) => length < 0 || length !== lengths[0])) {
    throw new UserError(
      `${options.source}: the columns have different lengths (${lengths.join(', ')}); download the file again`,
    );
  }
  return {
    layout,
    length: lengths[0] ?? 0,
    cell: (row, column) => (columns[column] as unknown[])[row],
  };
}

/** A column as a list, or as pandas writes it: `{"0": …, "1": …}`. */
function columnCells(column: unknown): unknown {
  return isRecord(column) && Object.keys(column).every((key) => /^\d+$/.test(key))
    ? Object.values(column)
    : column;
}

function orderedLayout(columns: number): FieldLayout {
  const fields = Array.from({ length: Math.max(columns, BASIC_FIELDS) }, (_, i) =>
    i < ALL_FIELDS && (i < BASIC_FIELDS || columns >= ALL_FIELDS) ? i : -1,
  );
  return { fields, symbolColumn: -1, hasAssetVolumes: false };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
