import { compare, TIE_TOLERANCE } from './compare.js';
import {
  BLOCK_SHIFT,
  BLOCK_SIZE,
  type BlockExtremes,
  blockExtremes,
  requireEqualLengths,
} from './compare-columns.js';
import { endRuns, pushRun, type SignalRuns, startRuns } from './signal-runs.js';

/** Blocks that are gathered at once; their differences fit into a first-level cache. */
const CHUNK_BLOCKS = 128;

/**
 * Compares two columns like `compareColumns`, its slow twin, and returns the runs of the result.
 *
 * Where two blocks of candles lie apart no candle needs a look, so a cross costs time, not a candle.
 *
 * @param a - Shape `[n]`.
 * @param b - Shape `[n]`.
 * @param extremesOfA - `blockExtremes(a)`.
 * @param extremesOfB - `blockExtremes(b)`.
 * @throws {RangeError} If the columns differ in length.
 */
export function compareRuns(
  a: Float64Array,
  b: Float64Array,
  extremesOfA: BlockExtremes = blockExtremes(a),
  extremesOfB: BlockExtremes = blockExtremes(b),
): SignalRuns {
  requireEqualLengths(a, b);
  const { length } = a;
  const { lowest: lowA, highest: highA } = extremesOfA;
  const { lowest: lowB, highest: highB } = extremesOfB;
  const blocks = lowA.length;
  // Beyond this distance nothing is a tie anywhere; what is nearer, or undefined, is compared exactly.
  const room = 2 * TIE_TOLERANCE * Math.max(extremesOfA.size, extremesOfB.size);
  const runs = startRuns();
  let value = 2;
  // Blocks to look at, chunk by chunk: 4 * block + 1 or 2 where the sign of whole blocks begins to be 1 or -1, 4 * block
  // where candles decide. Their differences are gathered without a branch, so that waiting for memory overlaps.
  const marks = new Int32Array(CHUNK_BLOCKS);
  const differences = new Float64Array(CHUNK_BLOCKS << BLOCK_SHIFT);
  let apart = 0;
  for (let block = 0; block < blocks; ) {
    const chunkEnd = Math.min(blocks, block + CHUNK_BLOCKS);
    let markCount = 0;
    let gathered = 0;
    while (block < chunkEnd) {
      if (apart === 1) while (block < chunkEnd && lowA[block]! - highB[block]! > room) block++;
      else if (apart === 2) {
        while (block < chunkEnd && lowB[block]! - highA[block]! > room) block++;
      }
      if (block === chunkEnd) break;
      apart = lowA[block]! - highB[block]! > room ? 1 : lowB[block]! - highA[block]! > room ? 2 : 0;
      marks[markCount++] = 4 * block + apart;
      if (apart === 0) {
        const end = Math.min(length, (block + 1) << BLOCK_SHIFT);
        for (let i = block << BLOCK_SHIFT; i < end; i++) differences[gathered++] = a[i]! - b[i]!;
      }
      block++;
    }
    let at = 0;
    for (let k = 0; k < markCount; k++) {
      const start = (marks[k]! >> 2) << BLOCK_SHIFT;
      const mark = marks[k]! & 3;
      if (mark !== 0) {
        const sign = 3 - 2 * mark;
        if (sign !== value) {
          value = sign;
          pushRun(runs, start, sign);
        }
        continue;
      }
      const end = Math.min(length, start + BLOCK_SIZE);
      for (let i = start; i < end; i++, at++) {
        const difference = differences[at]!;
        if (difference > room) {
          if (value === 1) continue;
          value = 1;
        } else if (difference < -room) {
          if (value === -1) continue;
          value = -1;
        } else {
          const sign = compare(a[i], b[i]) || 0;
          if (sign === value) continue;
          value = sign;
        }
        pushRun(runs, i, value);
      }
    }
  }
  return endRuns(runs, length);
}

/**
 * Returns the runs of +1 at or below `low`, -1 at or above `high`, 0 between them, where both hold and where the value is
 * undefined; by `compare()` (S-05).
 *
 * @param values - Shape `[n]`.
 * @param low - Level.
 * @param high - Level.
 * @param extremes - `blockExtremes(values)`.
 */
export function levelRuns(
  values: Float64Array,
  low: number,
  high: number,
  extremes: BlockExtremes = blockExtremes(values),
): SignalRuns {
  const { length } = values;
  const { lowest, highest } = extremes;
  const blocks = lowest.length;
  const room = 2 * TIE_TOLERANCE * Math.max(extremes.size, Math.abs(low), Math.abs(high));
  const above = low + room;
  const below = high - room;
  const runs = startRuns();
  let value = 2;
  for (let block = 0; block < blocks; block++) {
    if (value === 0) {
      while (block < blocks && lowest[block]! > above && highest[block]! < below) block++;
      if (block === blocks) break;
    }
    const end = Math.min(length, (block + 1) << BLOCK_SHIFT);
    for (let i = block << BLOCK_SHIFT; i < end; i++) {
      const one = values[i]!;
      const sign =
        one > above && one < below
          ? 0
          : Number(compare(one, low) <= 0) - Number(compare(one, high) >= 0);
      if (sign !== value) {
        value = sign;
        pushRun(runs, i, sign);
      }
    }
  }
  return endRuns(runs, length);
}
