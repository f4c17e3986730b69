import { normalRandom, seededRandom } from '../util/index.js';
import { COLUMN_INDICATORS, type INDICATORS } from './catalogue.js';

/** Candles with all columns that indicators read. Shape `[n]`. */
export interface CaseCandles {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** What every indicator must hold, as a row. */
export interface IndicatorCase {
  readonly name: keyof typeof COLUMN_INDICATORS;
  /** The call, as documentation shows it. */
  readonly call: string;
  readonly compute: (
    indicators: Pick<typeof INDICATORS, keyof typeof COLUMN_INDICATORS>,
    candles: CaseCandles,
  ) => Float64Array | object;
  /** First defined index of the one column, or of each line. */
  readonly first: number | Readonly<Record<string, number>>;
  /** Candles that decide a value; `fading` when older ones only count less and less, `all` when its level depends on where the data begins. */
  readonly memory: number | 'fading' | 'all';
}

/** A row for each indicator. Hourly candles from midnight UTC on a Monday. */
export const INDICATOR_CASES: readonly IndicatorCase[] = [
  {
    name: 'accumulationDistribution',
    call: 'accumulationDistribution(candles)',
    compute: (use, candles) => use.accumulationDistribution(candles),
    first: 0,
    memory: 'all',
  },
  {
    name: 'adx',
    call: 'adx(candles, 14)',
    compute: (use, candles) => use.adx(candles, 14),
    first: { adx: 27, plusDI: 14, minusDI: 14 },
    memory: 'fading',
  },
  {
    name: 'aroon',
    call: 'aroon(candles, 14)',
    compute: (use, candles) => use.aroon(candles, 14),
    first: { up: 14, down: 14, oscillator: 14 },
    memory: 15,
  },
  {
    name: 'atr',
    call: 'atr(candles, 14)',
    compute: (use, candles) => use.atr(candles, 14),
    first: 13,
    memory: 'fading',
  },
  {
    name: 'bollingerBands',
    call: 'bollingerBands(close, 20, 2)',
    compute: (use, { close }) => use.bollingerBands(close, 20, 2),
    first: { middle: 19, upper: 19, lower: 19 },
    memory: 20,
  },
  {
    name: 'cci',
    call: 'cci(candles, 20)',
    compute: (use, candles) => use.cci(candles, 20),
    first: 19,
    memory: 20,
  },
  {
    name: 'chaikinOscillator',
    call: 'chaikinOscillator(candles)',
    compute: (use, candles) => use.chaikinOscillator(candles),
    first: 9,
    memory: 'fading',
  },
  {
    name: 'cmf',
    call: 'cmf(candles, 20)',
    compute: (use, candles) => use.cmf(candles, 20),
    first: 19,
    memory: 20,
  },
  {
    name: 'dema',
    call: 'dema(close, 10)',
    compute: (use, { close }) => use.dema(close, 10),
    first: 18,
    memory: 'fading',
  },
  {
    name: 'donchian',
    call: 'donchian(candles, 20)',
    compute: (use, candles) => use.donchian(candles, 20),
    first: { middle: 19, upper: 19, lower: 19 },
    memory: 20,
  },
  {
    name: 'elderRay',
    call: 'elderRay(candles, 13)',
    compute: (use, candles) => use.elderRay(candles, 13),
    first: { bullPower: 12, bearPower: 12 },
    memory: 'fading',
  },
  {
    name: 'ema',
    call: 'ema(close, 9)',
    compute: (use, { close }) => use.ema(close, 9),
    first: 8,
    memory: 'fading',
  },
  {
    name: 'ewo',
    call: 'ewo(close)',
    compute: (use, { close }) => use.ewo(close),
    first: 34,
    memory: 35,
  },
  {
    name: 'fisher',
    call: 'fisher(candles, 10)',
    compute: (use, candles) => use.fisher(candles, 10),
    first: { fisher: 9, trigger: 10 },
    memory: 'fading',
  },
  {
    name: 'heikinAshi',
    call: 'heikinAshi(candles)',
    compute: (use, candles) => use.heikinAshi(candles),
    first: { open: 0, high: 0, low: 0, close: 0 },
    memory: 'fading',
  },
  {
    name: 'highest',
    call: 'highest(high, 20)',
    compute: (use, { high }) => use.highest(high, 20),
    first: 19,
    memory: 20,
  },
  {
    name: 'hma',
    call: 'hma(close, 16)',
    compute: (use, { close }) => use.hma(close, 16),
    first: 18,
    memory: 19,
  },
  {
    name: 'ichimoku',
    call: 'ichimoku(candles)',
    compute: (use, candles) => use.ichimoku(candles),
    first: { conversion: 8, base: 25, spanA: 51, spanB: 77, leadingSpanA: 25, leadingSpanB: 51 },
    memory: 78,
  },
  {
    name: 'kama',
    call: 'kama(close)',
    compute: (use, { close }) => use.kama(close),
    first: 10,
    memory: 'fading',
  },
  {
    name: 'keltner',
    call: 'keltner(candles)',
    compute: (use, candles) => use.keltner(candles),
    first: { middle: 19, upper: 19, lower: 19 },
    memory: 'fading',
  },
  {
    name: 'linearRegression',
    call: 'linearRegression(close, 14)',
    compute: (use, { close }) => use.linearRegression(close, 14),
    first: { value: 13, slope: 13, rSquared: 13 },
    memory: 14,
  },
  {
    name: 'logChange',
    call: 'logChange(close)',
    compute: (use, { close }) => use.logChange(close),
    first: 1,
    memory: 2,
  },
  {
    name: 'lowest',
    call: 'lowest(low, 20)',
    compute: (use, { low }) => use.lowest(low, 20),
    first: 19,
    memory: 20,
  },
  {
    name: 'macd',
    call: 'macd(close)',
    compute: (use, { close }) => use.macd(close),
    first: { macd: 25, signal: 33, histogram: 33 },
    memory: 'fading',
  },
  {
    name: 'mfi',
    call: 'mfi(candles, 14)',
    compute: (use, candles) => use.mfi(candles, 14),
    first: 14,
    memory: 15,
  },
  {
    name: 'onBalanceVolume',
    call: 'onBalanceVolume(candles)',
    compute: (use, candles) => use.onBalanceVolume(candles),
    first: 0,
    memory: 'all',
  },
  {
    name: 'pivotPoints',
    call: 'pivotPoints(candles)',
    compute: (use, candles) => use.pivotPoints(candles),
    first: { pivot: 24, r1: 24, r2: 24, r3: 24, s1: 24, s2: 24, s3: 24 },
    memory: 3 * 24,
  },
  {
    name: 'populationDeviation',
    call: 'populationDeviation(close, 7)',
    compute: (use, { close }) => use.populationDeviation(close, 7),
    first: 6,
    memory: 7,
  },
  {
    name: 'psar',
    call: 'psar(candles)',
    compute: (use, candles) => use.psar(candles),
    first: { line: 1, direction: 1 },
    memory: 'fading',
  },
  {
    name: 'rateOfChange',
    call: 'rateOfChange(close, 3)',
    compute: (use, { close }) => use.rateOfChange(close, 3),
    first: 3,
    memory: 4,
  },
  {
    name: 'rma',
    call: 'rma(close, 5)',
    compute: (use, { close }) => use.rma(close, 5),
    first: 4,
    memory: 'fading',
  },
  {
    name: 'rsi',
    call: 'rsi(close, 14)',
    compute: (use, { close }) => use.rsi(close, 14),
    first: 14,
    memory: 'fading',
  },
  {
    name: 'sampleDeviation',
    call: 'sampleDeviation(volume, 9)',
    compute: (use, { volume }) => use.sampleDeviation(volume, 9),
    first: 8,
    memory: 9,
  },
  {
    name: 'sessionVwap',
    call: 'sessionVwap(candles)',
    compute: (use, candles) => use.sessionVwap(candles),
    first: 0,
    memory: 2 * 24,
  },
  {
    name: 'sma',
    call: 'sma(close, 30)',
    compute: (use, { close }) => use.sma(close, 30),
    first: 29,
    memory: 30,
  },
  {
    name: 'ssl',
    call: 'ssl(candles, 10)',
    compute: (use, candles) => use.ssl(candles, 10),
    first: { up: 9, down: 9, direction: 9 },
    memory: 'fading',
  },
  {
    name: 'stochRsi',
    call: 'stochRsi(close)',
    compute: (use, { close }) => use.stochRsi(close),
    first: { k: 29, d: 31 },
    memory: 'fading',
  },
  {
    name: 'stochastic',
    call: 'stochastic(candles)',
    compute: (use, candles) => use.stochastic(candles),
    first: { k: 15, d: 17 },
    memory: 18,
  },
  {
    name: 'superTrend',
    call: 'superTrend(candles)',
    compute: (use, candles) => use.superTrend(candles),
    first: { line: 9, direction: 9 },
    memory: 'fading',
  },
  {
    name: 't3',
    call: 't3(close, 5)',
    compute: (use, { close }) => use.t3(close, 5),
    first: 24,
    memory: 'fading',
  },
  {
    name: 'tema',
    call: 'tema(close, 10)',
    compute: (use, { close }) => use.tema(close, 10),
    first: 27,
    memory: 'fading',
  },
  {
    name: 'trix',
    call: 'trix(close, 5)',
    compute: (use, { close }) => use.trix(close, 5),
    first: 13,
    memory: 'fading',
  },
  {
    name: 'trueRange',
    call: 'trueRange(candles)',
    compute: (use, candles) => use.trueRange(candles),
    first: 0,
    memory: 2,
  },
  {
    name: 'typicalPrice',
    call: 'typicalPrice(candles)',
    compute: (use, candles) => use.typicalPrice(candles),
    first: 0,
    memory: 1,
  },
  {
    name: 'vwma',
    call: 'vwma(candles, 14)',
    compute: (use, candles) => use.vwma(candles, 14),
    first: 13,
    memory: 14,
  },
  {
    name: 'williamsR',
    call: 'williamsR(candles, 14)',
    compute: (use, candles) => use.williamsR(candles, 14),
    first: 13,
    memory: 14,
  },
  {
    name: 'wma',
    call: 'wma(close, 6)',
    compute: (use, { close }) => use.wma(close, 6),
    first: 5,
    memory: 6,
  },
  {
    name: 'zScore',
    call: 'zScore(close, 25)',
    compute: (use, { close }) => use.zScore(close, 25),
    first: 24,
    memory: 25,
  },
  {
    name: 'zlema',
    call: 'zlema(close, 10)',
    compute: (use, { close }) => use.zlema(close, 10),
    first: 13,
    memory: 'fading',
  },
];

/** Returns the lines of a case by name; a single column is called ''. */
export function linesOf(
  { compute }: IndicatorCase,
  candles: CaseCandles,
  indicators: Parameters<IndicatorCase['compute']>[0] = COLUMN_INDICATORS,
): Readonly<Record<string, Float64Array>> {
  const result = compute(indicators, candles);
  return result instanceof Float64Array
    ? { '': result }
    : (result as Readonly<Record<string, Float64Array>>);
}

/** Returns the first defined index of each line, as the case says it. */
export function firstsOf({ first }: IndicatorCase): Readonly<Record<string, number>> {
  return typeof first === 'number' ? { '': first } : first;
}

/**
 * Hourly candles in cents, which open on a Monday at midnight UTC.
 *
 * @param length - Candles.
 * @param seed - Of the random numbers.
 * @param price - Where the walk begins, and what it is drawn to; quote.
 */
export function randomCandles(length: number, seed: number, price = 100): CaseCandles {
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  const cents = (value: number): number => Math.round(100 * value) / 100;
  const columns = Array.from({ length: 6 }, () => new Float64Array(length));
  const [openTime, open, high, low, close, volume] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let last = price;
  for (let i = 0; i < length; i++) {
    const first = last;
    last = cents(first + 0.008 * price * normal() + 0.01 * (price - first));
    openTime[i] = Date.UTC(2024, 0, 1) + i * 3_600_000;
    open[i] = first;
    high[i] = cents(Math.max(first, last) + 0.002 * price * random());
    low[i] = cents(Math.min(first, last) - 0.002 * price * random());
    close[i] = last;
    volume[i] = Math.round(1e6 * random()) / 1_000;
  }
  return { openTime, open, high, low, close, volume };
}

/** Returns some candles of a series. */
export function cutCandles(candles: CaseCandles, from: number, to: number): CaseCandles {
  const cut = (column: Float64Array): Float64Array => column.slice(from, to);
  return {
    openTime: cut(candles.openTime),
    open: cut(candles.open),
    high: cut(candles.high),
    low: cut(candles.low),
    close: cut(candles.close),
    volume: cut(candles.volume),
  };
}
