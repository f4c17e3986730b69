import { requirePeriod, undefinedColumn } from './require-period.js';

/** Columns of shape `[n]`. */
export interface RegressionLines {
  /** End of the line: its value at the newest candle. Unit of the values. */
  readonly value: Float64Array;
  /** Rise of the line per candle. */
  readonly slope: Float64Array;
  /** Share of the variance that the line explains, 0 to 1; `NaN` where nothing varies. */
  readonly rSquared: Float64Array;
}

/**
 * Returns the least-squares line through the last `period` values: `slope = Σ(k - k̄)(v - v̄) / Σ(k - k̄)²`, `value = v̄ + slope * (period - 1) / 2`.
 *
 * Summed per window about its newest value, so nothing drifts and nothing cancels; the cost grows with the period.
 *
 * @param values - Shape `[n]`; a value that is not finite makes every window undefined that contains it.
 * @param period - Candles, integer >= 2.
 * @returns Columns of shape `[n]`; `NaN` before index `period - 1`.
 * @throws {RangeError} If the period is not an integer >= 2.
 * @see `LINEARREG`, `LINEARREG_SLOPE` of TA-Lib and `ta.linreg(…, 0)` of TradingView are the same.
 */
export function linearRegression(values: Float64Array, period: number): RegressionLines {
  requirePeriod('linear regression', period, 2);
  const value = undefinedColumn(values.length);
  const slope = undefinedColumn(values.length);
  const rSquared = undefinedColumn(values.length);
  const half = (period - 1) / 2;
  const spreadOfTime = (period * (period * period - 1)) / 12;
  for (let i = period - 1; i < values.length; i++) {
    const newest = values[i]!;
    let sum = 0;
    let squares = 0;
    let products = 0;
    for (let k = 0; k < period; k++) {
      const d = values[i - period + 1 + k]! - newest;
      sum += d;
      squares += d * d;
      products += (k - half) * d;
    }
    const rise = products / spreadOfTime;
    if (!Number.isFinite(rise)) continue;
    const spread = squares - (sum * sum) / period;
    value[i] = newest + sum / period + rise * half;
    slope[i] = rise;
    if (spread > 0) rSquared[i] = Math.min(1, (rise * products) / spread);
  }
  return { value, slope, rSquared };
}
