/** The columns that range indicators need. */
export interface PriceRanges {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/**
 * Returns Wilder's true range: the candle's range, widened to the previous close.
 *
 * @param candles - Columns of shape `[n]`.
 * @returns Shape `[n]`, quote; the first is `high - low`.
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978; `ta.tr(true)` of TradingView. TA-Lib has no first range.
 */
export function trueRange(candles: PriceRanges): Float64Array {
  const { high, low, close } = candles;
  const ranges = new Float64Array(close.length);
  let previousClose = Number.NaN;
  for (let i = 0; i < ranges.length; i++) {
    const top = high[i]!;
    const bottom = low[i]!;
    let range = top - bottom;
    if (i > 0) {
      const up = Math.abs(top - previousClose);
      const down = Math.abs(bottom - previousClose);
      range = Math.max(range, up, down);
    }
    ranges[i] = range;
    previousClose = close[i]!;
  }
  return ranges;
}
