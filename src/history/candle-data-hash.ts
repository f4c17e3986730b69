import { createHash } from 'node:crypto';
import type { CandleColumns } from '../candles/index.js';

/**
 * Hashes candles: SHA-256 over open time, open, high, low, close and volume, one whole column after the
 * other, as little-endian doubles.
 *
 * @param columns - Shape `[n]`.
 * @returns 64 hex digits.
 */
export function candleDataHash(columns: CandleColumns): string {
  const hash = createHash('sha256');
  const { openTime, open, high, low, close, volume } = columns;
  for (const column of [openTime, open, high, low, close, volume]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest('hex');
}
