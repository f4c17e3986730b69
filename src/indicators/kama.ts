import { requirePeriod, undefinedColumn } from './require-period.js';
import { sma } from './sma.js';

/** Periods of `kama()`, in candles, integers >= 1. */
export interface KamaPeriods {
  /** Of the efficiency ratio. Default 10. */
  readonly period?: number;
  /** Of the EMA that it is in a straight move. Default 2. */
  readonly fast?: number;
  /** Of the EMA that it is in a move that goes nowhere. Default 30. */
  readonly slow?: number;
}

/**
 * Returns Kaufman's adaptive moving average: `kama += α² * (value - kama)`, α between those of two EMAs by the efficiency ratio
 * `|value - value[period]| / Σ|change|`.
 *
 * It starts with the value before its first candle. The sum of changes is exact over its window, as in `sma()`; a market that stands still has efficiency 0.
 * A value that is not finite starts it anew.
 *
 * @param values - Shape `[n]`, usually the close.
 * @param periods - Default 10, 2, 30.
 * @returns Shape `[n]`, unit of the values; `NaN` before index `period`.
 * @throws {RangeError} If a period is not an integer >= 1.
 * @see Perry Kaufman, Smarter Trading, 1995; TA-Lib is the same but has efficiency 1 where nothing moves. Skender, Tulip Indicators and
 *   pandas-ta show the start itself, one candle earlier; scripts for TradingView start from 0 and meet these after some hundred candles.
 */
export function kama(values: Float64Array, periods: KamaPeriods = {}): Float64Array {
  const { period = 10, fast = 2, slow = 30 } = periods;
  requirePeriod('KAMA', period);
  requirePeriod('KAMA', fast, 1, 'fast');
  requirePeriod('KAMA', slow, 1, 'slow');
  const slowest = 2 / (slow + 1);
  const span = 2 / (fast + 1) - slowest;
  const changes = values.map((value, i) =>
    i === 0 ? Number.NaN : Math.abs(value - values[i - 1]!),
  );
  const path = sma(changes, period);
  const averages = undefinedColumn(values.length);
  let average = Number.NaN;
  for (let i = period; i < values.length; i++) {
    const walked = period * path[i]!;
    if (Number.isNaN(walked)) {
      average = Number.NaN;
      continue;
    }
    if (Number.isNaN(average)) average = values[i - 1]!;
    const way = Math.abs(values[i]! - values[i - period]!);
    const efficiency = walked === 0 ? 0 : Math.min(1, way / walked);
    const alpha = slowest + efficiency * span;
    average += alpha * alpha * (values[i]! - average);
    averages[i] = average;
  }
  return averages;
}
