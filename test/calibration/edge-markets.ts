import type { CandleSeries } from '../../src/candles/index.js';
import { type Timeframe, timeframeMs } from '../../src/domain/index.js';
import { normalRandom, type Random, seededRandom } from '../../src/util/index.js';
import { candlesOfPath } from './continuous-candles.js';

/** Markets with a planted edge, by what it is. */
export const EDGE_KINDS = ['momentum', 'mean-reversion', 'hour-of-day'] as const;

export type EdgeKind = (typeof EDGE_KINDS)[number];

export interface EdgeMarketOptions {
  readonly kind: EdgeKind;
  /** Size of the edge; see `EDGE_LEVELS`. 0 plants none. */
  readonly strength: number;
  readonly years: number;
  /** The same options and seed give the same candles. */
  readonly seed: number;
}

/** What is planted where: timeframe and deviation of a candle. */
export const EDGE_SETTINGS: Readonly<
  Record<EdgeKind, { readonly timeframe: Timeframe; readonly deviation: number }>
> = {
  momentum: { timeframe: '4h', deviation: 0.012 },
  'mean-reversion': { timeframe: '4h', deviation: 0.012 },
  'hour-of-day': { timeframe: '1h', deviation: 0.006 },
};

const YEAR_MS = 365 * 86_400_000;
const STEPS_PER_CANDLE = 16;

/**
 * Makes a market with an edge that a rule can find.
 *
 * @param options - Which edge, how strong, how long, which seed.
 */
export function edgeMarket({ kind, strength, years, seed }: EdgeMarketOptions): CandleSeries {
  const { timeframe, deviation } = EDGE_SETTINGS[kind];
  const random = seededRandom(seed);
  const count = Math.floor((years * YEAR_MS) / timeframeMs(timeframe));
  const returns = RETURNS[kind](count, strength, deviation, random);
  return candlesOfPath(
    bridges(returns, deviation, random),
    STEPS_PER_CANDLE,
    { symbol: 'EDGEUSDT', market: 'usdm', timeframe },
    random,
  );
}

const RETURNS: Readonly<
  Record<
    EdgeKind,
    (count: number, strength: number, deviation: number, random: Random) => Float64Array
  >
> = {
  momentum: momentumReturns,
  'mean-reversion': meanRevertingReturns,
  'hour-of-day': hourOfDayReturns,
};

/** Mean length of a trend, candles. */
const TREND_CANDLES = 120;

/** A drift that keeps its direction for twenty days on average. */
function momentumReturns(
  count: number,
  strength: number,
  deviation: number,
  random: Random,
): Float64Array {
  const tail = heavyTail(random);
  let direction = 1;
  return Float64Array.from({ length: count }, () => {
    if (random() < 1 / TREND_CANDLES) direction = -direction;
    return deviation * (strength * direction + tail());
  });
}

/** Half of a deviation from the random walk is gone after so many candles. */
const HALF_LIFE = 8;

/** A random walk with an Ornstein-Uhlenbeck deviation on top. */
function meanRevertingReturns(
  count: number,
  strength: number,
  deviation: number,
  random: Random,
): Float64Array {
  const normal = normalRandom(random);
  const kept = 0.5 ** (1 / HALF_LIFE);
  let away = 0;
  return Float64Array.from({ length: count }, () => {
    const next = away * kept + strength * deviation * normal();
    const change = 0.6 * deviation * normal() + next - away;
    away = next;
    return change;
  });
}

/** Up from 13:00 to 17:00 UTC, down by as much over the rest of the day. */
function hourOfDayReturns(
  count: number,
  strength: number,
  deviation: number,
  random: Random,
): Float64Array {
  const tail = heavyTail(random);
  return Float64Array.from({ length: count }, (_, i) => {
    const hour = i % 24;
    const drift = hour >= 13 && hour < 17 ? strength : (-strength * 4) / 20;
    return deviation * (tail() + drift);
  });
}

/** Student's t with six degrees of freedom, variance 1. */
function heavyTail(random: Random): () => number {
  const normal = normalRandom(random);
  return () => {
    let squares = 0;
    for (let k = 0; k < 6; k++) squares += normal() ** 2;
    return (normal() / Math.sqrt(squares / 6)) * Math.sqrt(4 / 6);
  };
}

/** Lays a path through given returns; within a candle it knows nothing of the edge. */
function bridges(
  returns: Float64Array,
  deviation: number,
  random: Random,
): { changes: Float64Array; deviations: Float64Array } {
  const normal = normalRandom(random);
  const step = deviation / Math.sqrt(STEPS_PER_CANDLE);
  const changes = new Float64Array(returns.length * STEPS_PER_CANDLE);
  for (let i = 0; i < returns.length; i++) {
    const from = i * STEPS_PER_CANDLE;
    let sum = 0;
    for (let k = from; k < from + STEPS_PER_CANDLE; k++) {
      changes[k] = step * normal();
      sum += changes[k]!;
    }
    const correction = (returns[i]! - sum) / STEPS_PER_CANDLE;
    for (let k = from; k < from + STEPS_PER_CANDLE; k++) changes[k]! += correction;
  }
  return { changes, deviations: new Float64Array(changes.length).fill(step) };
}
