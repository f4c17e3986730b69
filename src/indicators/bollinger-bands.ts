import { populationDeviation } from './deviation.js';
import { undefinedColumn } from './require-period.js';
import { sma } from './sma.js';

/** Bands around a moving average; columns of shape `[n]`. */
export interface Bands {
  readonly middle: Float64Array;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
}

/**
 * Returns Bollinger bands: `middle ± width * deviation`, the middle being the SMA, the deviation in population form.
 *
 * @param values - Shape `[n]`, usually the close.
 * @param period - Candles, integer >= 1.
 * @param width - Deviations between the middle and a band.
 * @returns Columns of shape `[n]`, unit of the values; `NaN` before index `period - 1`. Bands with zero deviation are
 *   `NaN`: a market that stands still is not at its extreme.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see John Bollinger, Bollinger on Bollinger Bands, 2001; TA-Lib and TradingView are the same, but have bands without deviation, too.
 */
export function bollingerBands(values: Float64Array, period: number, width: number): Bands {
  const middle = sma(values, period);
  // The lower band takes the place of the deviation: a column less.
  const lower = populationDeviation(values, period);
  const upper = undefinedColumn(values.length);
  for (let i = 0; i < values.length; i++) {
    const deviation = lower[i]!;
    const distance = deviation === 0 ? Number.NaN : width * deviation;
    upper[i] = middle[i]! + distance;
    lower[i] = middle[i]! - distance;
  }
  return { middle, upper, lower };
}
