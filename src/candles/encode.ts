import {
  BASIC_FIELDS,
  CANDLE_FIELDS,
  type CandleField,
  type ExtraColumns,
  type ExtraField,
} from './candle-fields.js';
import type { CandleColumns } from './candle-series.js';
import { decimalText } from './decimal-number.js';

const ROWS_PER_PIECE = 4096;

/**
 * Writes candles as CSV in the format of this project: header, `open_time` first, times in ms, LF.
 *
 * @param columns - Shape `[n]`. An all-`NaN` volume gives no volume column.
 * @param extras - Extra columns to append, in Binance's order.
 * @returns Pieces of text, in order; every number reads back to the same double.
 */
export function* encodeCsvCandles(
  columns: CandleColumns,
  extras: ExtraColumns = {},
): Generator<string, void, undefined> {
  const fields = fieldsOf(columns, extras);
  yield `${fields.map(({ name }) => name).join(',')}\n`;
  for (let from = 0; from < columns.length; from += ROWS_PER_PIECE) {
    const to = Math.min(from + ROWS_PER_PIECE, columns.length);
    const lines: string[] = [];
    for (let i = from; i < to; i++) {
      lines.push(fields.map(({ values }) => cellText(values[i]!)).join(','));
    }
    yield `${lines.join('\n')}\n`;
  }
}

/**
 * Writes candles as one CSV text: the pieces of `encodeCsvCandles` together, for small series.
 *
 * @param columns - Shape `[n]`.
 */
export function candlesToCsv(columns: CandleColumns): string {
  return [...encodeCsvCandles(columns)].join('');
}

/**
 * Writes candles as JSON rows in Binance's order, as freqtrade and ccxt read them.
 *
 * @param columns - Shape `[n]`.
 * @param extras - Written only when all five are there, so that the order stays Binance's.
 * @returns Pieces of text, in order.
 */
export function* encodeJsonCandles(
  columns: CandleColumns,
  extras: ExtraColumns = {},
): Generator<string, void, undefined> {
  const all = fieldsOf(columns, extras);
  const fields = all.length === CANDLE_FIELDS.length ? all : all.slice(0, BASIC_FIELDS);
  for (let from = 0; from < columns.length; from += ROWS_PER_PIECE) {
    const to = Math.min(from + ROWS_PER_PIECE, columns.length);
    const rows: string[] = [];
    for (let i = from; i < to; i++) {
      rows.push(`[${fields.map(({ values }) => cellText(values[i]!) || 'null').join(',')}]`);
    }
    yield `${from === 0 ? '[' : ','}${rows.join(',')}`;
  }
  yield columns.length === 0 ? '[]\n' : ']\n';
}

function fieldsOf(
  columns: CandleColumns,
  extras: ExtraColumns,
): { name: CandleField; values: Float64Array }[] {
  const { openTime, open, high, low, close, volume } = columns;
  const basic = [openTime, open, high, low, close, volume];
  const hasVolume = columns.length === 0 || volume.some((value) => !Number.isNaN(value));
  return CANDLE_FIELDS.flatMap((name, field) => {
    const values = field < BASIC_FIELDS ? basic[field] : extras[name as ExtraField];
    if (values === undefined || (name === 'volume' && !hasVolume)) return [];
    return [{ name, values }];
  });
}

function cellText(value: number): string {
  return Number.isNaN(value) ? '' : decimalText(value);
}
