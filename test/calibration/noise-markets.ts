import type { CandleSeries } from '../../src/candles/index.js';
import { type Market, type Timeframe, timeframeMs } from '../../src/domain/index.js';
import { normalRandom, type Random, seededRandom } from '../../src/util/index.js';
import { candlesOfPath } from './continuous-candles.js';
import { type Coin, hourlyMoves } from './real-moves.js';

/** Markets without any edge: how their volatility goes, by name. */
export const NOISE_KINDS = ['gbm', 'garch', 'regime', 'stochastic-volatility'] as const;

export type NoiseKind = (typeof NOISE_KINDS)[number] | `blocks-${Coin}`;

export interface NoiseMarketOptions {
  readonly kind: NoiseKind;
  readonly timeframe: Timeframe;
  readonly years: number;
  /** The same options and seed give the same candles. */
  readonly seed: number;
  /** Drift of the log price, per hour. @default 0 */
  readonly drift?: number;
  /** @default `usdm` */
  readonly market?: Market;
}

const HOUR_MS = 3_600_000;
const HOURS_PER_YEAR = 8_760;
const STEPS_PER_HOUR = 4;
/** Deviation of an hour's log return: about 65 % a year. */
const DEVIATION = 0.007;

/**
 * Makes a market without an edge: a martingale in price (unless it drifts) on a continuous path, so that no rule earns anything on
 * average before costs.
 *
 * @param options - What kind, how long, which seed.
 */
export function noiseMarket(options: NoiseMarketOptions): CandleSeries {
  const { kind, timeframe, years, seed, drift = 0, market = 'usdm' } = options;
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  const hoursPerCandle = timeframeMs(timeframe) / HOUR_MS;
  const hours = Math.floor((years * HOURS_PER_YEAR) / hoursPerCandle) * hoursPerCandle;
  const hourly = hourlyDeviations(kind, hours, random);
  const steps = hours * STEPS_PER_HOUR;
  const changes = new Float64Array(steps);
  const deviations = new Float64Array(steps);
  for (let k = 0; k < steps; k++) {
    const deviation = hourly[Math.floor(k / STEPS_PER_HOUR)]! / Math.sqrt(STEPS_PER_HOUR);
    deviations[k] = deviation;
    changes[k] = deviation * normal() - deviation ** 2 / 2 + drift / STEPS_PER_HOUR;
  }
  const instrument = { symbol: 'NOISEUSDT', market, timeframe };
  return candlesOfPath(
    { changes, deviations },
    hoursPerCandle * STEPS_PER_HOUR,
    instrument,
    random,
  );
}

function hourlyDeviations(kind: NoiseKind, hours: number, random: Random): Float64Array {
  switch (kind) {
    case 'gbm':
      return new Float64Array(hours).fill(DEVIATION);
    case 'garch':
      return garch(hours, random);
    case 'regime':
      return regimes(hours, random);
    case 'stochastic-volatility':
      return stochasticVolatility(hours, random);
    default:
      return blocksOf(hourlyMoves(kind.slice('blocks-'.length) as Coin), hours, random);
  }
}

/** Today's variance remembers yesterday's surprise and variance. */
function garch(hours: number, random: Random): Float64Array {
  const normal = normalRandom(random);
  const [surprise, memory] = [0.08, 0.9];
  const constant = DEVIATION ** 2 * (1 - surprise - memory);
  let variance = DEVIATION ** 2;
  return Float64Array.from({ length: hours }, () => {
    const deviation = Math.sqrt(variance);
    variance = constant + surprise * variance * normal() ** 2 + memory * variance;
    return deviation;
  });
}

/** Calm for two weeks on average, turbulent for four days. */
function regimes(hours: number, random: Random): Float64Array {
  let isCalm = true;
  return Float64Array.from({ length: hours }, () => {
    if (random() < (isCalm ? 0.003 : 0.01)) isCalm = !isCalm;
    return DEVIATION * (isCalm ? 0.7 : 2);
  });
}

function stochasticVolatility(hours: number, random: Random): Float64Array {
  const normal = normalRandom(random);
  const [memory, shock] = [0.995, 0.05];
  const variance = shock ** 2 / (1 - memory ** 2);
  let log = 0;
  return Float64Array.from({ length: hours }, () => {
    const deviation = 0.9 * DEVIATION * Math.exp(log - variance / 2);
    log = memory * log + shock * normal();
    return deviation;
  });
}

const BLOCK_HOURS = 48;

/** Moves of a real coin in blocks of two days: the clusters of its volatility stay, its directions do not. */
function blocksOf(moves: Float64Array, hours: number, random: Random): Float64Array {
  const drawn = new Float64Array(hours);
  for (let at = 0; at < hours; at += BLOCK_HOURS) {
    const from = Math.floor(random() * (moves.length - BLOCK_HOURS));
    drawn.set(moves.subarray(from, from + Math.min(BLOCK_HOURS, hours - at)), at);
  }
  return drawn;
}
