import { moneyFlowVolume } from './accumulation-distribution.js';
import type { PricesWithVolume } from './mfi.js';
import { requirePeriod } from './require-period.js';
import { sma } from './sma.js';

/**
 * Returns Chaikin's money flow: `Σ(volume * ((close - low) - (high - close)) / (high - low)) / Σ volume` over `period` candles.
 *
 * Both sums are exact over their windows, as in `sma()`; a candle without range adds 0 to the first.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1.
 * @returns Shape `[n]`, -1 to 1; `NaN` before index `period - 1` and where nothing was traded.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see Marc Chaikin; TradingView, TA-Lib and Skender are the same.
 */
export function cmf(candles: PricesWithVolume, period: number): Float64Array {
  requirePeriod('CMF', period);
  const volume = sma(candles.volume, period);
  return sma(moneyFlowVolume(candles), period).map((flow, i) => flow / volume[i]!);
}
