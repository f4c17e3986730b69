import { type CandleSeries, candleSeriesFromRows } from '../../src/candles/index.js';
import { type Market, type Timeframe, timeframeMs } from '../../src/domain/index.js';
import { normalRandom, type Random } from '../../src/util/index.js';

/** First candle of every planted market: 2018-01-01. */
const START = Date.UTC(2018, 0, 1);
const START_PRICE = 100;

/** A path of log prices in steps of equal length; each step is a Brownian motion between its ends. */
export interface LogPath {
  /** Changes of the log price. Shape `[steps]`. */
  readonly changes: Float64Array;
  /** Deviation of each step. Shape `[steps]`. */
  readonly deviations: Float64Array;
}

/**
 * Draws candles around a path. Highs and lows are the exact extremes of a Brownian bridge, so a level that lies inside a candle
 * was really traded, and no stop fills better than it could have.
 *
 * @param path - Whole candles.
 * @param stepsPerCandle - Steps of the path in a candle.
 * @param instrument - Of the candles.
 * @param random - For extremes and volumes.
 * @see P. Glasserman, "Monte Carlo Methods in Financial Engineering", 2003, 6.4: the maximum of a Brownian bridge.
 */
export function candlesOfPath(
  { changes, deviations }: LogPath,
  stepsPerCandle: number,
  instrument: { readonly symbol: string; readonly market: Market; readonly timeframe: Timeframe },
  random: Random,
): CandleSeries {
  const normal = normalRandom(random);
  const count = Math.floor(changes.length / stepsPerCandle);
  const candleMs = timeframeMs(instrument.timeframe);
  const price = (log: number): number => START_PRICE * Math.exp(log);
  const rows: number[][] = [];
  let log = 0;
  for (let i = 0; i < count; i++) {
    const open = price(log);
    let highest = log;
    let lowest = log;
    for (let k = i * stepsPerCandle; k < (i + 1) * stepsPerCandle; k++) {
      const next = log + changes[k]!;
      const reach = (): number =>
        Math.sqrt(changes[k]! ** 2 - 2 * deviations[k]! ** 2 * Math.log(1 - random()));
      highest = Math.max(highest, (log + next + reach()) / 2);
      lowest = Math.min(lowest, (log + next - reach()) / 2);
      log = next;
    }
    const close = price(log);
    const high = Math.max(price(highest), open, close);
    const low = Math.min(price(lowest), open, close);
    const volume = Math.exp(8 + 0.5 * normal()) * (1 + 50 * Math.abs(Math.log(close / open)));
    rows.push([START + i * candleMs, open, high, low, close, volume]);
  }
  return candleSeriesFromRows(instrument, rows);
}
