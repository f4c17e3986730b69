import type { Market, Timeframe } from '../domain/index.js';
import type { ExtraColumns } from './candle-fields.js';
import { mapExtraColumns, type OptionalColumns } from './extra-columns.js';

/** The columns that strategies see: prices and volume, and what else the file has and the strategy asks for. Shape `[n]`, ascending by time. */
export interface CandleColumns extends OptionalColumns {
  readonly length: number;
  /** Open time, ms UTC. */
  readonly openTime: Float64Array;
  /** Prices, quote per base. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Traded quantity, base. */
  readonly volume: Float64Array;
}

/** Candles of one instrument and timeframe: validated, ascending, without duplicates; gaps stay gaps. */
export interface CandleSeries extends CandleColumns {
  readonly symbol: string;
  readonly market: Market;
  readonly timeframe: Timeframe;
}

/** What identifies a candle series. */
export type CandleSeriesIdentity = Pick<CandleSeries, 'symbol' | 'market' | 'timeframe'>;

/**
 * Allocates zeroed columns on one shared buffer, so that worker threads read them without a copy.
 *
 * @param length - Number of candles.
 * @returns Columns over a `SharedArrayBuffer`, one after the other: open time, open, high, low, close, volume.
 */
export function allocateCandleColumns(length: number): CandleColumns {
  return candleColumnsOver(new SharedArrayBuffer(length * 6 * 8), length);
}

/**
 * Allocates columns for a while, for one thread. Unlike shared ones they count for the garbage collector, which therefore
 * frees them soon.
 *
 * @param length - Number of candles.
 */
export function allocatePassingColumns(length: number): CandleColumns {
  return candleColumnsOver(new ArrayBuffer(length * 6 * 8), length);
}

/** Where columns lie in a buffer, bytes. */
export interface CandleLayout {
  /** Start of the first column. Default: 0. */
  readonly offset?: number;
  /** From the start of one column to that of the next. Default: the columns leave no room between them. */
  readonly stride?: number;
}

/**
 * Returns the columns stored in a buffer that `allocateCandleColumns` laid out.
 *
 * @param buffer - Six columns of doubles, one after the other.
 * @param length - Number of candles.
 * @param layout - Where they lie when they are a part of longer columns.
 */
export function candleColumnsOver(
  buffer: SharedArrayBuffer | ArrayBuffer,
  length: number,
  { offset = 0, stride = length * 8 }: CandleLayout = {},
): CandleColumns {
  const column = (index: number): Float64Array =>
    new Float64Array(buffer, offset + index * stride, length);
  return {
    length,
    openTime: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

/**
 * Returns the candles `[from, to)` of a series, over the same memory.
 *
 * @param candles - Whole series.
 * @param from - Index of the first.
 * @param to - Index after the last.
 */
export function candleRange<Candles extends CandleColumns>(
  candles: Candles,
  from: number,
  to: number,
): Candles {
  const cut = (column: Float64Array): Float64Array => column.subarray(from, to);
  return {
    ...candles,
    length: to - from,
    openTime: cut(candles.openTime),
    open: cut(candles.open),
    high: cut(candles.high),
    low: cut(candles.low),
    close: cut(candles.close),
    volume: cut(candles.volume),
    ...mapExtraColumns(candles, cut),
  };
}

/**
 * Returns some candles of columns, in the order asked for.
 *
 * @param columns - As read.
 * @param extras - Extra columns of the same candles.
 * @param rows - Indices.
 */
export function selectCandles(
  columns: CandleColumns,
  extras: ExtraColumns,
  rows: readonly number[],
): { readonly columns: CandleColumns; readonly extras: ExtraColumns } {
  const selected = allocateCandleColumns(rows.length);
  for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
    const source = columns[name];
    rows.forEach((row, i) => {
      selected[name][i] = source[row]!;
    });
  }
  const some = Object.entries(extras).map(([name, source]) => [
    name,
    Float64Array.from(rows, (row) => source[row]!),
  ]);
  return { columns: selected, extras: Object.fromEntries(some) as ExtraColumns };
}

/**
 * Builds a candle series from rows: for tests, examples and small data.
 *
 * @param identity - Symbol, market and timeframe.
 * @param rows - `[openTime, open, high, low, close, volume]`, ascending.
 */
export function candleSeriesFromRows(
  identity: CandleSeriesIdentity,
  rows: readonly (readonly number[])[],
): CandleSeries {
  const columns = allocateCandleColumns(rows.length);
  const order = [
    columns.openTime,
    columns.open,
    columns.high,
    columns.low,
    columns.close,
    columns.volume,
  ];
  rows.forEach((row, i) => {
    order.forEach((column, j) => {
      column[i] = row[j] ?? Number.NaN;
    });
  });
  return { ...identity, ...columns };
}
