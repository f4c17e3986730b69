import { DAY_MS } from '../../domain/index.js';
import type { ClosedCandle } from './candle-window.js';

/** A checksum of the candles that were handled on one UTC day, in their order: shows later whether a file holds the same. */
export interface CandleChecksum {
  /** Open times of the first and the last of them, ms UTC. */
  readonly fromTime: number;
  readonly toTime: number;
  /** 32 bits. */
  readonly checksum: number;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/**
 * Returns the checksum with one more candle, or a new one where a day begins.
 *
 * @param before - Of the candles before; `undefined` if there are none.
 * @param candle - Later than those.
 */
export function checksumWith(
  before: CandleChecksum | undefined,
  candle: ClosedCandle,
): CandleChecksum {
  const { openTime } = candle;
  const isSameDay =
    before !== undefined && Math.floor(before.toTime / DAY_MS) === Math.floor(openTime / DAY_MS);
  let checksum = isSameDay ? before.checksum : FNV_OFFSET;
  const { open, high, low, close, volume } = candle;
  for (const value of [openTime, open, high, low, close, volume]) {
    double[0] = value;
    for (const word of words) checksum = Math.imul(checksum ^ word, FNV_PRIME) >>> 0;
  }
  return { fromTime: isSameDay ? before.fromTime : openTime, toTime: openTime, checksum };
}
