import { UsageError } from '../domain/index.js';

/**
 * Returns, for each base candle, the value of the last element that is visible at its close (S-60, S-61). Nothing is filled in.
 *
 * @param values - Of the series' own elements. Shape `[m]`.
 * @param knownTime - When each was known: the close time of a candle, the time of a row; ascending, ms UTC. Shape `[m]`.
 * @param openTime - Of the base candles, ms UTC. Shape `[n]`.
 * @param timeframeMs - Δ of the base candles, ms.
 * @returns Shape `[n]`; `NaN` before the first.
 */
export function alignToCloses(
  values: ArrayLike<number>,
  knownTime: ArrayLike<number>,
  openTime: Float64Array,
  timeframeMs: number,
): Float64Array {
  const aligned = new Float64Array(openTime.length).fill(Number.NaN);
  let next = 0;
  for (let i = 0; i < openTime.length; i++) {
    const close = openTime[i]! + timeframeMs;
    while (next < knownTime.length && knownTime[next]! <= close) next++;
    if (next > 0) aligned[i] = values[next - 1]!;
  }
  return aligned;
}

/**
 * Checks that the rows of a table stand in the order in which they became known (S-62).
 *
 * @param time - Of the rows, ms UTC.
 * @param name - Of the table, for the message.
 * @throws {UsageError} If a time does not come after the one before.
 */
export function requireAscendingRows(time: ArrayLike<number>, name: string): void {
  for (let j = 0; j < time.length; j++) {
    if (j === 0 ? Number.isFinite(time[j]!) : time[j]! > time[j - 1]!) continue;
    throw new UsageError(
      `${name}: row ${j + 1} must have a time after the row before it; sort the rows by time, one per time`,
    );
  }
}
