import { type Timeframe, timeframeMs } from '../domain/index.js';

/** Candles that are absent between two that are present. */
export interface CandleGap {
  /** Open time of the first missing candle, ms UTC. */
  readonly startTime: number;
  /** Open time of the next candle that is present, ms UTC. */
  readonly endTime: number;
  /** Number of missing candles, at least 1. */
  readonly missing: number;
}

/**
 * Lists the gaps of a candle series; they are reported and never filled.
 *
 * A stretch as long as its number of candles has no gap and is not walked: a series without gaps costs
 * one comparison, however long it is.
 *
 * @param openTime - Ascending open times, whole multiples of the timeframe apart. Shape `[n]`, ms UTC.
 * @param timeframe - Candle length.
 */
export function findGaps(openTime: Float64Array, timeframe: Timeframe): CandleGap[] {
  const gaps: CandleGap[] = [];
  collectGaps(openTime, 0, openTime.length - 1, timeframeMs(timeframe), gaps);
  return gaps;
}

function collectGaps(
  openTime: Float64Array,
  first: number,
  last: number,
  length: number,
  gaps: CandleGap[],
): void {
  if (last <= first) return;
  const missing = Math.round((openTime[last]! - openTime[first]!) / length) - (last - first);
  if (missing === 0) return;
  if (last - first === 1) {
    gaps.push({ startTime: openTime[first]! + length, endTime: openTime[last]!, missing });
    return;
  }
  const middle = (first + last) >>> 1;
  collectGaps(openTime, first, middle, length, gaps);
  collectGaps(openTime, middle, last, length, gaps);
}
