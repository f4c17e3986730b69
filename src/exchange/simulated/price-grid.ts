import type { CandleSeries } from '../../candles/index.js';
import { tickSizeOf } from './tick-size.js';

/**
 * Returns candles whose prices lie on the grid of their symbol in the simulated market: it trades nowhere else. Candles
 * of another market, or of a time when the grid was finer, are rounded to it; those that are on it stay as they are.
 *
 * @param candles - Candles to replay; their market says whose grid is meant.
 */
export function candlesOnGrid(candles: CandleSeries): CandleSeries {
  const onGrid = gridOf(tickSizeOf(candles.market, candles.symbol, candles.close[0] ?? 1));
  const columns = {
    open: candles.open,
    high: candles.high,
    low: candles.low,
    close: candles.close,
  };
  if (Object.values(columns).every((column) => column.every((price) => onGrid(price) === price))) {
    return candles;
  }
  return {
    ...candles,
    open: columns.open.map(onGrid),
    high: columns.high.map(onGrid),
    low: columns.low.map(onGrid),
    close: columns.close.map(onGrid),
  };
}

/** Steps below one divide cleanly as their inverse: 0.1 is 10 ticks per unit, and k / 10 prints as written. */
function gridOf(tick: number): (price: number) => number {
  const perUnit = Math.round(1 / tick);
  return tick < 1
    ? (price) => Math.max(1, Math.round(price * perUnit)) / perUnit
    : (price) => Math.max(1, Math.round(price / tick)) * tick;
}
