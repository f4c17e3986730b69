import { type CandleSeries, candleSeriesFromRows } from '../../candles/index.js';
import { type Timeframe, timeframeMs } from '../../domain/index.js';
import type { EngineRules, TradeRules } from '../../semantics/index.js';
import { normalRandom, type Random, seededRandom } from '../../util/index.js';
import type { CandlePeriod, EngineInput } from '../engine.js';
import { randomColumns, withLaterRules } from '../random-later.contract.js';

/** Candles, signals and many rules, drawn from one seed. */
export interface RandomCase {
  readonly candles: CandleSeries;
  readonly period: CandlePeriod;
  readonly signals: Int8Array;
  readonly entryMask: Uint8Array;
  readonly rules: readonly EngineRules[];
  readonly exits?: EngineInput['exits'];
  readonly columns?: EngineInput['columns'];
  readonly manage?: EngineInput['manage'];
}

/** How cases are drawn. */
export interface RandomCaseOptions {
  /** Of the sets of rules without columns of a strategy, those with later rules. Default 0.2. */
  readonly laterShare?: number;
}

/** Those that divide exactly, those that do not, and broken ones. */
const LEVERAGES = [1.5, 2, 3, 5, 7.7, 20, 125];
/** Within, at and beyond the rounding that an entry may cost more than there is. */
const NEARLY_ONE = [0.5, 0.999, 1 - 1e-15, 1 + 1e-9, 1 + 1.1e-9, 1.001];
const TIMEFRAMES: readonly Timeframe[] = ['1m', '15m', '1h', '4h', '1d', '1w'];

/**
 * Draws a case that mixes ordinary markets with everything that breaks engines: gaps in price and time, equal prices, spikes,
 * prices on a coarse grid so that levels are met exactly, crashes, one candle, tiny balances, ruin, entries that cost what there
 * is to the last bit.
 *
 * @param seed - Of everything.
 * @param rulesCount - Sets of rules on the one signal column.
 * @param lengthMax - Candles.
 * @param options - Share of sets of rules with later ones.
 */
export function randomCase(
  seed: number,
  rulesCount: number,
  lengthMax: number,
  { laterShare = 0.2 }: RandomCaseOptions = {},
): RandomCase {
  const random = seededRandom(seed);
  const timeframe = pick(random, TIMEFRAMES);
  const length = random() < 0.02 ? 1 : 2 + Math.floor(random() ** 2 * lengthMax);
  const market = random() < 0.7 ? 'usdm' : 'spot';
  const rows = randomRows(random, length, timeframe);
  const candles = candleSeriesFromRows({ symbol: 'TEST', market, timeframe }, rows);
  const whole = random() < 0.6;
  const from = whole ? 0 : Math.floor(random() * length);
  const to = whole ? length : from + 1 + Math.floor(random() * (length - from));
  const fractions = randomFractions(random);
  const slippageRate = pick(random, [0, 0, 0.0001, 0.001, 0.02, 0.2]);
  const drawn = {
    candles,
    period: { from, to },
    signals: randomSignals(random, length),
    entryMask: randomMask(random, length),
    rules: Array.from({ length: rulesCount }, () =>
      randomRules(random, market, fractions, slippageRate, candles.open[from]!),
    ),
  };
  // The last draws: what known seeds found stays where it is.
  const stopSlippageRate = pick(random, [0, 0, 0.001, 0.1]);
  const given = random() < 0.1 ? randomColumns(length, candles.open[from]!, 3 * seed) : undefined;
  return {
    ...drawn,
    ...given,
    rules: drawn.rules.map((rules, k) => {
      const slipped = stopSlippageRate === 0 ? rules : { ...rules, stopSlippageRate };
      const isLater = given !== undefined || random() < laterShare;
      return isLater ? withLaterRules(slipped, 1_000 * seed + k, given) : slipped;
    }),
  };
}

function randomRows(random: Random, length: number, timeframe: Timeframe): number[][] {
  const normal = normalRandom(random);
  const step = timeframeMs(timeframe);
  const volatility = pick(random, [0, 0.0005, 0.002, 0.01, 0.05, 0.3]);
  const grid = pick(random, [0, 0, 0.01, 0.5, 1, 5]);
  const timeGaps = random() < 0.3 ? 0.05 : 0;
  const priceGaps = pick(random, [0, 0.05, 0.5]);
  const spikes = random() < 0.2 ? 0.02 : 0;
  const flat = random() < 0.1;
  const drift = random() < 0.2 ? (random() - 0.5) * volatility : 0;
  const onGrid = (price: number): number => {
    const positive = Math.min(1e9, Math.max(1e-6, price));
    return grid === 0 ? positive : Math.max(grid, Math.round(positive / grid) * grid);
  };
  let time = Date.UTC(2024, 0, 1) + Math.floor(random() * 48) * step;
  let close = onGrid(pick(random, [100, 1, 60_000, 10]) * (0.5 + random()));
  const rows: number[][] = [];
  for (let i = 0; i < length; i++) {
    const open = onGrid(random() < priceGaps ? close * Math.exp(volatility * 2 * normal()) : close);
    const end = flat ? open : onGrid(open * Math.exp(drift + volatility * normal()));
    const reach = random() < spikes ? 0.3 : volatility * random();
    const high = Math.max(open, end, flat ? 0 : onGrid(open * (1 + reach * random())));
    const low = Math.min(open, end, flat ? open : onGrid(open * (1 - reach * random())));
    rows.push([time, open, high, low, end, random() < 0.1 ? 0 : random() * 100]);
    close = end;
    time += step * (random() < timeGaps ? 2 + Math.floor(random() ** 4 * 100) : 1);
  }
  return rows;
}

function randomSignals(random: Random, length: number): Int8Array {
  const stay = pick(random, [0, 0.5, 0.9, 0.98]);
  const neutral = pick(random, [0, 0.3, 0.8]);
  const onlyOneSide = random() < 0.1;
  const signals = new Int8Array(length);
  let signal = 0;
  for (let i = 0; i < length; i++) {
    if (random() >= stay) signal = random() < neutral ? 0 : random() < 0.5 || onlyOneSide ? 1 : -1;
    signals[i] = signal;
  }
  return signals;
}

function randomMask(random: Random, length: number): Uint8Array {
  const mask = new Uint8Array(length).fill(3);
  const kind = random();
  if (kind < 0.5) return mask;
  for (let i = 0; i < length; i++) {
    if (kind < 0.75) mask[i] = Math.floor(random() * 4);
    else mask[i] = Math.floor(i / 7) % 3 === 0 ? 0 : 3;
  }
  return mask;
}

/** Few fractions, so that several rules share tables; some equal, so that levels fall together. */
function randomFractions(random: Random): number[] {
  const scale = pick(random, [0.001, 0.01, 0.05, 0.3]);
  return [scale, scale * (0.5 + random()), 0.01, Math.min(0.9, scale * 3)];
}

function randomRules(
  random: Random,
  market: 'spot' | 'usdm',
  fractions: readonly number[],
  slippageRate: number,
  openPrice: number,
): TradeRules {
  const fraction = (): number => pick(random, fractions);
  const initialBalance = pick(random, [10_000, 10_000, 1_000, 50, 1e-3]);
  const overdraft = random() < 0.1;
  const units = overdraft || random() < 0.5;
  const leverage = market === 'usdm' && random() < 0.5 ? pick(random, LEVERAGES) : 1;
  const commissionRate = pick(random, [0, 0.0005, 0.001, 0.05]);
  // What the balance carries (S-29) at the price that the first candle opens at, or a rounding more or less.
  const carried =
    initialBalance / (openPrice * (1 + slippageRate) * (1 / leverage + commissionRate));
  return {
    market,
    direction: pick(
      random,
      market === 'spot'
        ? (['both', 'long'] as const)
        : (['both', 'both', 'long', 'short'] as const),
    ),
    initialBalance,
    size: units
      ? { units: pick(random, [1, 0.01, 7.3, 100, carried, carried * pick(random, NEARLY_ONE)]) }
      : { equityFraction: pick(random, [1, 1, 0.5, 0.1]) },
    leverage,
    allowOverdraft: overdraft,
    commissionRate,
    slippageRate,
    ...(random() < 0.5 && { stopLoss: fraction() }),
    ...(random() < 0.5 && { takeProfit: fraction() }),
    ...(random() < 0.5 && { trailingStop: fraction() }),
    exitOnNeutral: random() < 0.3,
    reEntry: random() < 0.3 ? 'new-signal' : 'immediate',
    ...(random() < 0.1 && { maxCumulativeLoss: initialBalance * pick(random, [0.001, 0.05, 0.5]) }),
  };
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}
