/**
 * Returns the largest fall below a peak, as a fraction of the peak.
 *
 * @param initialBalance - First value of the equity series, quote, > 0.
 * @param equity - Equity at each close. Shape `[candles of the period]`, quote.
 * @returns Positive fraction; more than 1 after ruin, 0 when equity never falls.
 */
export function maxDrawdown(initialBalance: number, equity: Float64Array): number {
  let peak = initialBalance;
  let largest = 0;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i]!;
    if (value > peak) peak = value;
    const drawdown = (peak - value) / peak;
    if (drawdown > largest) largest = drawdown;
  }
  return largest;
}

/**
 * Returns the longest stretch below a peak: from the last close at which equity stood at the peak to the close that
 * first reaches it again, or to the last close.
 *
 * @param initialBalance - First value of the equity series, quote.
 * @param equity - Equity at each close. Shape `[candles of the period]`, quote.
 * @param openTimes - Open time of those candles, ms UTC. Same shape; the initial balance stands at the first of them.
 * @param timeframeMs - Δ, ms.
 * @returns ms; 0 when equity is never below a peak.
 */
export function maxDrawdownDuration(
  initialBalance: number,
  equity: Float64Array,
  openTimes: Float64Array,
  timeframeMs: number,
): number {
  let peak = initialBalance;
  let peakTime = openTimes[0] ?? 0;
  let below = false;
  let longest = 0;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i]!;
    const closeTime = openTimes[i]! + timeframeMs;
    if (value < peak) below = true;
    if (below) longest = Math.max(longest, closeTime - peakTime);
    if (value >= peak) {
      peak = value;
      peakTime = closeTime;
      below = false;
    }
  }
  return longest;
}
