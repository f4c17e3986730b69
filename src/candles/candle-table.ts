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

/** Rows and columns of a file, whatever its format. */
export interface CandleTable {
  readonly layout: FieldLayout;
  readonly length: number;
  /** A number, a bigint, a text or a `Date`; `null` or `undefined` where there is nothing. */
  cell(row: number, column: number): unknown;
}

/**
 * Decodes the candles of a table.
 *
 * @param table - Rows as read.
 * @param options - `source` names the file in messages.
 * @throws {UserError} Naming file, row and value.
 */
export function decodeCandleTable(table: CandleTable, options: DecodeOptions): DecodedCandles {
  const { source, keepExtras = false, onBrokenLine } = options;
  if (table.length === 0) throw new UserError(`${source}: no candles; give another file`);
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
      const isAbsent = kept.some(({ column }) => isNoNumber(table.cell(i, column)));
      onBrokenLine(message, isAbsent ? 'not-a-number' : 'other');
      leftOut.push(i);
      continue;
    }
    if (rows.length === 0 && countsSeconds(row[OPEN_TIME]!)) scale = 1000;
    row[OPEN_TIME] = millisecondsFrom(row[OPEN_TIME]! * scale);
    row[CLOSE_TIME] = Math.floor(millisecondsFrom(row[CLOSE_TIME]! * scale));
    rows.push(row);
  }
  if (rows.length === 0) throw new UserError(`${source}: no row is a candle; give another file`);
  const present = new Set(kept.map(({ field }) => field));
  const { columns, extras, isReversed } = rows.finish(present);
  const count = columns.length;
  return {
    columns,
    extras,
    hasVolume: present.has(VOLUME),
    notes: isReversed ? [`${source}: newest candle first; the order was reversed`] : [],
    placeOf: (index) => ` row ${rowNumber(isReversed ? count - 1 - index : index, leftOut)}`,
  };
}

/**
 * Returns the layout of a table whose columns have names.
 *
 * @param names - One per column.
 * @param options - `source` names the file in messages; `symbol` tells volumes named after assets apart.
 * @throws {UserError} If a column of a candle is missing or there twice.
 */
export function namedLayout(
  names: readonly string[],
  { source, symbol }: Pick<DecodeOptions, 'source' | 'symbol'>,
): FieldLayout {
  const layout = layoutFromNames(names, symbol);
  if ('fields' in layout) return layout;
  const problem =
    layout.twice.length > 0
      ? `duplicate names "${layout.twice.join('", "')}"`
      : `${layout.missing.join(', ')} is missing; the names are "${names.slice(0, 12).join(',').slice(0, 200)}"`;
  throw new UserError(`${source}: no candles: ${problem}`);
}

/** Place of a candle in the file, from 1. */
function rowNumber(index: number, leftOut: readonly number[]): number {
  let row = index;
  for (const broken of leftOut) if (broken <= row) row++;
  return row + 1;
}

function isNoNumber(cell: unknown): boolean {
  return cell === null || cell === undefined || Number.isNaN(cell);
}

function cellNumber(cell: unknown, field: number): number {
  const isTime = field === OPEN_TIME || field === CLOSE_TIME;
  let number = Number.NaN;
  if (typeof cell === 'number') number = cell;
  else if (typeof cell === 'bigint') number = Number(cell);
  else if (cell instanceof Date) number = cell.getTime();
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
