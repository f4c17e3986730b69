import { requirePeriod } from './require-period.js';
import { rsi } from './rsi.js';
import { type StochasticLines, type StochasticPeriods, stochastic } from './stochastic.js';

/** Periods of `stochRsi()`, in candles, integers >= 1. */
export interface StochRsiPeriods extends StochasticPeriods {
  /** Of the RSI. Default 14. */
  readonly rsi?: number;
}

/**
 * Returns the stochastic oscillator of the RSI: `stochastic()` with the RSI as high, low and close.
 *
 * @param values - Shape `[n]`, usually the close.
 * @param periods - Default 14 (RSI), 14, 3, 3.
 * @returns Columns of shape `[n]`, percent; `NaN` before index `rsi + period + smoothing - 2`, of %D `signal - 1` later, and while a
 *   window in which the RSI did not move takes part.
 * @throws {RangeError} If a period is not an integer >= 1.
 * @see Tushar Chande and Stanley Kroll, The New Technical Trader, 1994; the smoothing is TradingView's. TA-Lib's `STOCHRSI` smooths
 *   only its second line (`smoothing: 1` here) and gives 0 where the RSI did not move; Tulip Indicators gives a fraction.
 */
export function stochRsi(values: Float64Array, periods: StochRsiPeriods = {}): StochasticLines {
  const { rsi: rsiPeriod = 14, period = 14, smoothing = 3, signal = 3 } = periods;
  requirePeriod('StochRSI', rsiPeriod, 1, 'rsi');
  requirePeriod('StochRSI', period);
  requirePeriod('StochRSI', smoothing, 1, 'smoothing');
  requirePeriod('StochRSI', signal, 1, 'signal');
  const strength = rsi(values, rsiPeriod);
  return stochastic(
    { high: strength, low: strength, close: strength },
    { period, smoothing, signal },
  );
}
