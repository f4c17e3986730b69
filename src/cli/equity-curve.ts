import type { BacktestResult } from '../backtest/index.js';
import { timeframeMs } from '../domain/index.js';

/** Enough for a drawing, little enough to read past. */
const POINTS_MAX = 500;

/**
 * Returns equity at evenly spread candle closes, the last one included, as result files hold it.
 *
 * @param openTimes - Of the candles. Shape `[n]`, ms UTC.
 * @param equity - At their closes. Shape `[n]`, quote.
 * @param candleMs - Length of a candle.
 * @returns By the time of the close, ISO 8601.
 */
export function equityCurve(
  openTimes: Float64Array,
  equity: Float64Array,
  candleMs: number,
): Record<string, number> {
  const { length } = equity;
  const stride = Math.max(1, Math.ceil(length / POINTS_MAX));
  const points: [string, number][] = [];
  for (let i = length - 1; i >= 0; i -= stride) {
    points.push([new Date(openTimes[i]! + candleMs).toISOString(), equity[i]!]);
  }
  return Object.fromEntries(points.reverse());
}

/**
 * Returns the equity of a run as result files hold it.
 *
 * @param result - Finished run.
 */
export function equityCurveOf({
  candles,
  period,
  run,
}: Pick<BacktestResult, 'candles' | 'period' | 'run'>): Record<string, number> {
  const openTimes = candles.openTime.subarray(period.from, period.to);
  return equityCurve(openTimes, run.equity, timeframeMs(candles.timeframe));
}
