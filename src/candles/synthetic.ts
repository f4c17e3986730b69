import { candleOpenTime, type Market, type Timeframe, timeframeMs } from '../domain/index.js';
import { normalRandom, type Random, seededRandom } from '../util/index.js';
import { type CandleSeries, candleSeriesFromRows } from './candle-series.js';

/** How a synthetic market is made; everything but the length has a default. */
export interface SyntheticMarketOptions {
  /** Candles, time gaps not counted. */
  readonly length: number;
  /** Default 1. The same options and seed give the same candles. */
  readonly seed?: number;
  /** Default `SYNTHETIC`: the name by which outputs say what the candles are. Other symbols, other candles. */
  readonly symbol?: string;
  /** Default `spot`. */
  readonly market?: Market;
  /** Default `1h`. */
  readonly timeframe?: Timeframe;
  /** The first candle is the one that contains this time, ms UTC; default 2022-01-03, a Monday. */
  readonly startTime?: number;
  /** Default 30,000 quote. */
  readonly startPrice?: number;
  /** Smallest price step; default 0.01 quote. */
  readonly tickSize?: number;
  /** Whether some candles are missing, as in real archives; default true. */
  readonly hasTimeGaps?: boolean;
}

/** A stretch of market with a character of its own. */
interface Regime {
  /** Factor on the deviation of returns, and on volume. */
  readonly volatility: number;
  /** Mean length, days. */
  readonly meanDays: number;
}

const REGIMES: readonly Regime[] = [
  { volatility: 0.9, meanDays: 40 },
  { volatility: 1.3, meanDays: 25 },
  { volatility: 0.5, meanDays: 30 },
  { volatility: 1.7, meanDays: 10 },
];

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365;
/** Deviation of a year's log return, near that of large coins. */
const YEARLY_VOLATILITY = 0.65;
/** GARCH(1,1) on unit variance: today's variance remembers yesterday's surprise and variance. */
const SURPRISE_WEIGHT = 0.08;
const MEMORY_WEIGHT = 0.9;
/** Student t innovations: four finite moments are just missing, as in real returns. */
const TAIL_DEGREES = 4;
/** Deviation of one candle's log return; beyond it prices would lose all meaning. */
const DEVIATION_MAX = 0.5;
const PRICE_GAP_CHANCE = 0.002;
const TIME_GAP_CHANCE = 0.0003;
const TIME_GAP_CANDLES_MAX = 12;
const VOLUME_STEP = 1e5;
const DEFAULT_START = Date.UTC(2022, 0, 3);

/**
 * Makes candles that look like a market and mean nothing: calm and turbulent regimes, clustered volatility
 * (GARCH), fat tails, price gaps at the open, missing candles, volume that follows movement and the hour,
 * prices on ticks. The price is a martingale: whatever has happened, the expected change is zero, so that
 * no rule earns anything on average before costs. For demonstrations and tests; whatever shows it says
 * that it is synthetic.
 *
 * @param options - Length and what else matters.
 * @returns Valid candles, ascending; `length` of them however many are missing between.
 * @throws {RangeError} If the length is no whole number >= 0 or a price is not positive.
 * @see T. Bollerslev, 1986 (GARCH); R. Cont, 2001 (what return series have in common).
 */
export function syntheticCandles(options: SyntheticMarketOptions): CandleSeries {
  const {
    length,
    seed = 1,
    symbol = 'SYNTHETIC',
    market = 'spot',
    timeframe = '1h',
    startTime = DEFAULT_START,
    startPrice = 30_000,
    tickSize = 0.01,
    hasTimeGaps = true,
  } = options;
  if (!Number.isInteger(length) || length < 0)
    throw new RangeError(
      `Cannot generate ${length} candles: the length must be a whole number >= 0`,
    );
  if (!(startPrice > 0 && tickSize > 0))
    throw new RangeError(
      `Cannot generate candles from price ${startPrice} with tick ${tickSize}: both must be positive`,
    );

  const step = timeframeMs(timeframe);
  const random = seededRandom(seed ^ hash(`${symbol} ${market} ${timeframe}`));
  const normal = normalRandom(random);
  const regimes = regimeWalk(random, step / DAY_MS);
  const variance = garch();
  const candleDeviation = YEARLY_VOLATILITY * Math.sqrt(step / DAY_MS / YEAR_DAYS);
  // Decimal ticks divide cleanly: 0.01 becomes 100 ticks per unit, and k / 100 prints as written.
  const ticks = 1 / tickSize;
  const onTick = (price: number): number => Math.max(1, Math.round(price * ticks)) / ticks;

  const rows: number[][] = [];
  let time = candleOpenTime(startTime, timeframe);
  let close = onTick(startPrice);
  for (let i = 0; i < length; i++) {
    const regime = regimes();
    const deviation = candleDeviation * regime.volatility * Math.sqrt(variance.value());
    const tail = tailFactor(normal);
    const shock = tail * normal();
    variance.update(shock);
    const open = onTick(close * fairFactor(normal(), openingGap(random, deviation)));
    const spread = Math.min(deviation * tail, DEVIATION_MAX);
    const change = fairFactor(shock / tail, spread);
    const logChange = Math.log(change);
    const high = onTick(open * Math.exp(highestBetween(random, logChange, spread)));
    const low = onTick(open * Math.exp(-highestBetween(random, -logChange, spread)));
    close = onTick(open * change);
    const volume = volumeOf(normal, time, regime, Math.abs(shock), open, step);
    rows.push([time, open, high, low, close, volume]);
    time += step * (1 + (hasTimeGaps ? missingCandles(random) : 0));
  }
  return candleSeriesFromRows({ symbol, market, timeframe }, rows);
}

function regimeWalk(random: Random, daysPerCandle: number): () => Regime {
  let current = 2;
  return () => {
    if (random() < daysPerCandle / REGIMES[current]!.meanDays) {
      const others = REGIMES.length - 1;
      current = (current + 1 + Math.floor(random() * others)) % REGIMES.length;
    }
    return REGIMES[current]!;
  };
}

function garch(): { value: () => number; update: (shock: number) => void } {
  let variance = 1;
  return {
    value: () => variance,
    update: (shock) => {
      const surprise = Math.min(shock * shock, 25) * variance;
      variance =
        1 - SURPRISE_WEIGHT - MEMORY_WEIGHT + SURPRISE_WEIGHT * surprise + MEMORY_WEIGHT * variance;
    },
  };
}

/** Times a normal number it is Student t of unit variance: fat tails. */
function tailFactor(normal: () => number): number {
  let chiSquare = 0;
  for (let k = 0; k < TAIL_DEGREES; k++) chiSquare += normal() ** 2;
  return Math.sqrt((TAIL_DEGREES - 2) / chiSquare);
}

/** A log-normal factor whose mean is 1, so that the price has no drift. */
function fairFactor(normal: number, deviation: number): number {
  return Math.exp(deviation * normal - (deviation * deviation) / 2);
}

/** Deviation of the jump between a close and the next open. */
function openingGap(random: Random, deviation: number): number {
  return Math.min(deviation * (random() < PRICE_GAP_CHANCE ? 1.5 : 0.005), DEVIATION_MAX);
}

/**
 * Draws the highest point of a Brownian path from 0 to `end`. A path of a few steps would let stops fill
 * better than any order could: the step beyond the stop would be a present.
 *
 * @see P. Glasserman, Monte Carlo Methods in Financial Engineering, 2003, section 6.4.
 */
function highestBetween(random: Random, end: number, deviation: number): number {
  return (end + Math.sqrt(end * end - 2 * deviation * deviation * Math.log(1 - random()))) / 2;
}

/** Base units: more when the market moves, when it is turbulent, and in European and American hours. */
function volumeOf(
  normal: () => number,
  time: number,
  regime: Regime,
  movement: number,
  price: number,
  step: number,
): number {
  const hour = Math.floor(time / 3_600_000) % 24;
  const daily = 1 + 0.4 * Math.sin(((hour - 9) / 24) * 2 * Math.PI);
  const notionalPerMs = 20;
  const base = (notionalPerMs * step) / price;
  const volume =
    base * daily * regime.volatility * (0.4 + 0.6 * movement) * Math.exp(0.45 * normal() - 0.1);
  return Math.round(volume * VOLUME_STEP) / VOLUME_STEP;
}

function missingCandles(random: Random): number {
  return random() < TIME_GAP_CHANCE ? 1 + Math.floor(random() * TIME_GAP_CANDLES_MAX) : 0;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++)
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return state;
}
