import { type CandleSeries, candleSeriesFromRows } from '../../src/candles/index.js';
import { normalRandom, seededRandom } from '../../src/util/index.js';

const TICK = 0.01;
const MINUTES_PER_YEAR = 365 * 24 * 60;
const ANNUAL_VOLATILITY = 0.6;
const GAPPED_OPENS = 0.05;
const STEPS_PER_CANDLE = 6;

/**
 * Returns the one-minute candles that engines are measured on: a geometric walk of 60 % annual volatility on a tick of 0.01, with
 * gaps in 5 % of the opens.
 *
 * @param length - Candles.
 * @param seed - The same seed gives the same candles.
 */
export function workloadCandles(length: number, seed: number): CandleSeries {
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  const minute = ANNUAL_VOLATILITY / Math.sqrt(MINUTES_PER_YEAR);
  const onTick = (price: number): number => Math.max(1, Math.round(price / TICK)) / (1 / TICK);
  let price = 30_000;
  const rows = Array.from({ length }, (_, i) => {
    if (random() < GAPPED_OPENS) price *= Math.exp(minute * normal());
    const open = onTick(price);
    let high = open;
    let low = open;
    for (let step = 0; step < STEPS_PER_CANDLE; step++) {
      price *= Math.exp((minute / Math.sqrt(STEPS_PER_CANDLE)) * normal());
      high = Math.max(high, onTick(price));
      low = Math.min(low, onTick(price));
    }
    return [Date.UTC(2023, 0, 1) + i * 60_000, open, high, low, onTick(price), 1 + random()];
  });
  return candleSeriesFromRows({ symbol: 'WORKLOAD', market: 'usdm', timeframe: '1m' }, rows);
}
