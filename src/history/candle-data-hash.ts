import { createHash } from 'node:crypto';
import { type CandleColumns, EXTRA_COLUMN_NAMES } from '../candles/index.js';

/**
 * Hashes candles: SHA-256 over open time, open, high, low, close and volume, one whole column after the
 * other, as little-endian doubles; then name and values of every extra column that is there.
 *
 * @param columns - Shape `[n]`.
 * @returns 64 hex digits.
 */
export function candleDataHash(columns: CandleColumns): string {
  const hash = createHash('sha256');
  const { openTime, open, high, low, close, volume } = columns;
  const add = (column: Float64Array): void => {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  };
  for (const column of [openTime, open, high, low, close, volume]) add(column);
  for (const name of EXTRA_COLUMN_NAMES) {
    const column = columns[name];
    if (column === undefined) continue;
    hash.update(name);
    add(column);
  }
  return hash.digest('hex');
}
