import {
  type CandleSeries,
  type CandleSeriesIdentity,
  candleColumnsOver,
  mapExtraColumns,
  type OptionalColumns,
} from '../../candles/index.js';

/** Candles as a message: they lie on shared memory, of which there is one copy. */
export interface SharedCandles {
  readonly identity: CandleSeriesIdentity;
  readonly length: number;
  readonly buffer: SharedArrayBuffer;
  /** Start of the first column, and from one column to the next, bytes. */
  readonly offset: number;
  readonly stride: number;
  /** Each on shared memory of its own. */
  readonly extras: OptionalColumns;
}

/**
 * Returns candles as a message.
 *
 * @param candles - On shared memory, whole or as a view; a series that someone put together otherwise is copied there.
 */
export function shareCandles(candles: CandleSeries): SharedCandles {
  const { symbol, market, timeframe, length, openTime, open } = candles;
  const columns = [openTime, open, candles.high, candles.low, candles.close, candles.volume];
  const identity = { symbol, market, timeframe };
  const extras = mapExtraColumns(candles, onSharedMemory);
  const { buffer, byteOffset: offset } = openTime;
  const stride = open.byteOffset - offset;
  const isLaidOut = columns.every(
    (column, k) => column.buffer === buffer && column.byteOffset === offset + k * stride,
  );
  if (buffer instanceof SharedArrayBuffer && isLaidOut) {
    return { identity, length, buffer, offset, stride, extras };
  }
  const copy = new SharedArrayBuffer(length * 6 * 8);
  columns.forEach((column, k) => {
    new Float64Array(copy, k * length * 8, length).set(column);
  });
  return { identity, length, buffer: copy, offset: 0, stride: length * 8, extras };
}

function onSharedMemory(column: Float64Array): Float64Array {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const shared = new Float64Array(new SharedArrayBuffer(column.byteLength));
  shared.set(column);
  return shared;
}

/**
 * Returns the candles of a message.
 *
 * @param shared - From `shareCandles`.
 */
export function openCandles(shared: SharedCandles): CandleSeries {
  const { identity, length, buffer, extras, ...layout } = shared;
  return { ...identity, ...candleColumnsOver(buffer, length, layout), ...extras };
}
