import type { PricesWithVolume } from './mfi.js';
import { undefinedColumn } from './require-period.js';

/**
 * Returns the money flow volume: `volume * ((close - low) - (high - close)) / (high - low)`; 0 where the candle has no range.
 *
 * @param candles - Columns of shape `[n]`.
 * @returns Shape `[n]`, base; `NaN` where a value is undefined.
 */
export function moneyFlowVolume({ high, low, close, volume }: PricesWithVolume): Float64Array {
  return close.map((value, i) => {
    const range = high[i]! - low[i]!;
    const share = range === 0 ? 0 : (value - low[i]! - (high[i]! - value)) / range;
    return share * volume[i]!;
  });
}

/**
 * Returns the accumulation/distribution line: the sum of `volume * ((close - low) - (high - close)) / (high - low)`, from 0 before the first candle.
 *
 * Only its changes mean something: its level depends on where the data starts. A candle without range adds 0; one that is undefined starts it anew.
 *
 * @param candles - Columns of shape `[n]`.
 * @returns Shape `[n]`, base; defined from index 0.
 * @see Marc Chaikin; `AD` of TA-Lib is the same.
 */
export function accumulationDistribution(candles: PricesWithVolume): Float64Array {
  const flows = moneyFlowVolume(candles);
  const line = undefinedColumn(flows.length);
  let sum = 0;
  for (let i = 0; i < flows.length; i++) {
    sum += flows[i]!;
    if (Number.isFinite(sum)) line[i] = sum;
    else sum = 0;
  }
  return line;
}
