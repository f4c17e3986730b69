import { requirePeriod, undefinedColumn } from './require-period.js';

/**
 * Returns Wilder's relative strength index.
 *
 * Arithmetic: gains and losses are averaged like `rma()` (seed: plain sum of the first `period` changes divided by `period`), then
 * `100 * (gain / (gain + loss))`, which is 100 without losses and 0 without gains; 50 when nothing moved. A value that is not
 * finite starts it anew.
 *
 * @param values - Shape `[n]`, usually the close.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, 0 to 100; `NaN` before index `period`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978; TA-Lib and TradingView are the same, but where nothing moved (0
 *   and 100).
 */
export function rsi(values: Float64Array, period: number): Float64Array {
  requirePeriod('RSI', period);
  const strengths = undefinedColumn(values.length);
  const alpha = 1 / period;
  let changes = -1;
  let gain = 0;
  let loss = 0;
  let previous = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) {
      changes = -1;
      gain = 0;
      loss = 0;
      continue;
    }
    const change = value - previous;
    previous = value;
    changes++;
    if (changes === 0) continue;
    const rise = Math.max(change, 0);
    const fall = Math.max(-change, 0);
    if (changes > period) {
      gain += alpha * (rise - gain);
      loss += alpha * (fall - loss);
    } else {
      gain += rise;
      loss += fall;
      if (changes < period) continue;
      gain /= period;
      loss /= period;
    }
    const total = gain + loss;
    strengths[i] = total === 0 ? 50 : 100 * (gain / total);
  }
  return strengths;
}
