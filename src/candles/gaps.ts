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
 * @param openTime - Ascending open times. Shape `[n]`, ms UTC.
 * @param timeframe - Candle length.
 */
export function findGaps(openTime: Float64Array, timeframe: Timeframe): CandleGap[] {
  const length = timeframeMs(timeframe);
  const gaps: CandleGap[] = [];
  for (let i = 1; i < openTime.length; i++) {
    const step = openTime[i]! - openTime[i - 1]!;
    if (step === length) continue;
    gaps.push({
      startTime: openTime[i - 1]! + length,
      endTime: openTime[i]!,
      missing: Math.round(step / length) - 1,
    });
  }
  return gaps;
}
