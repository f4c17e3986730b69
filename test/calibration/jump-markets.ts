import type { CandleSeries } from '../../src/candles/index.js';
import { normalRandom, seededRandom } from '../../src/util/index.js';
import { candlesOfPath } from './continuous-candles.js';

const HOURS_PER_YEAR = 8_760;
const STEPS_PER_HOUR = 4;
const DEVIATION = 0.005;
/** A jump every two days on average, of either direction. */
const JUMP_CHANCE = 1 / (48 * STEPS_PER_HOUR);
const JUMP_SIZE = 0.03;

/**
 * Makes a market without an edge whose price jumps: levels inside a jump were never traded, but a candle does not show that, so a
 * backtest fills stops there at better prices than anybody got.
 *
 * @param options - Length and seed.
 */
export function jumpMarket({
  years,
  seed,
}: {
  readonly years: number;
  readonly seed: number;
}): CandleSeries {
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  const steps = years * HOURS_PER_YEAR * STEPS_PER_HOUR;
  const changes = new Float64Array(steps);
  const deviations = new Float64Array(steps);
  const step = DEVIATION / Math.sqrt(STEPS_PER_HOUR);
  for (let k = 0; k < steps; k++) {
    const isJump = random() < JUMP_CHANCE;
    const deviation = isJump ? JUMP_SIZE : step;
    changes[k] = deviation * normal() - deviation ** 2 / 2;
    // Nothing is traded between the ends of a jump.
    deviations[k] = isJump ? 0 : step;
  }
  const instrument = { symbol: 'NOISEUSDT', market: 'usdm', timeframe: '4h' } as const;
  return candlesOfPath({ changes, deviations }, 4 * STEPS_PER_HOUR, instrument, random);
}
