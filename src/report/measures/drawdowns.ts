/** One stretch of equity below an earlier peak. */
export interface Drawdown {
  /** Moment of the peak, ms UTC. */
  readonly peakTime: number;
  readonly troughTime: number;
  /** Moment at which the peak was first reached again; undefined when never. */
  readonly recoveryTime: number | undefined;
  /** Fraction, positive. */
  readonly depth: number;
  /** From the peak to the recovery or to the end, ms. */
  readonly durationMs: number;
}

/**
 * Finds the longest stretches below a peak, as `max_drawdown_duration` measures them.
 *
 * @param closeTime - Close time of a candle of the period by its position, ms UTC.
 * @param equity - Equity at the closes, quote. Shape `[n]`.
 * @param start - Balance and time before the first candle.
 * @param count - How many to return.
 * @returns Longest first.
 */
export function longestDrawdowns(
  closeTime: (position: number) => number,
  equity: Float64Array,
  start: { readonly balance: number; readonly time: number },
  count: number,
): readonly Drawdown[] {
  const found: Drawdown[] = [];
  let peak = start.balance;
  let peakTime = start.time;
  let trough = Number.NaN;
  let troughTime = 0;
  const finish = (endTime: number, recoveryTime: number | undefined): void => {
    if (Number.isNaN(trough)) return;
    found.push({
      peakTime,
      troughTime,
      recoveryTime,
      depth: peak > 0 ? (peak - trough) / peak : 0,
      durationMs: endTime - peakTime,
    });
    trough = Number.NaN;
  };
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i]!;
    if (value >= peak) {
      const time = closeTime(i);
      finish(time, time);
      peak = value;
      peakTime = time;
    } else if (Number.isNaN(trough) || value < trough) {
      trough = value;
      troughTime = closeTime(i);
    }
  }
  if (equity.length > 0) finish(closeTime(equity.length - 1), undefined);
  return found.sort((a, b) => b.durationMs - a.durationMs).slice(0, count);
}
