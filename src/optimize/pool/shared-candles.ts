import {
  type CandleSeries,
  type CandleSeriesIdentity,
  candleColumnsOver,
} from '../../candles/index.js';

/** Candles as a message: they lie on shared memory, of which there is one copy. */
export interface SharedCandles {
  readonly identity: CandleSeriesIdentity;
  readonly length: number;
  readonly buffer: SharedArrayBuffer;
  /** Start of the first column, and from one column to the next, bytes. */
  readonly offset: number;
  readonly stride: number;
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
  const { buffer, byteOffset: offset } = openTime;
  const stride = open.byteOffset - offset;
  const isLaidOut = columns.every(
    (column, k) => column.buffer === buffer && column.byteOffset === offset + k * stride,
  );
  if (buffer instanceof SharedArrayBuffer && isLaidOut) {
    return { identity, length, buffer, offset, stride };
  }
  const copy = new SharedArrayBuffer(length * 6 * 8);
  columns.forEach((column, k) => {
    new Float64Array(copy, k * length * 8, length).set(column);
  });
  return { identity, length, buffer: copy, offset: 0, stride: length * 8 };
}

/**
 * Returns the candles of a message.
 *
 * @param shared - From `shareCandles`.
 */
export function openCandles({ identity, length, buffer, ...layout }: SharedCandles): CandleSeries {
  return { ...identity, ...candleColumnsOver(buffer, length, layout) };
}
