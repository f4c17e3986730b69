// What public strategies share and the indicators do not have, each as freqtrade's own parts compute it.
import type { BacktestSettings } from '../../src/backtest/index.js';
import type { CandleColumns } from '../../src/candles/index.js';
import { INDICATORS } from '../../src/indicators/index.js';
import type { ManageResult, ManageView } from '../../src/semantics/index.js';

type Columns = Pick<CandleColumns, 'open' | 'high' | 'low' | 'close' | 'volume'>;

/** How a ported strategy is run. */
export interface PortedRun {
  /** A key of `DATA` in the test. */
  readonly data: string;
  readonly settings: Omit<BacktestSettings, 'strategy'>;
}

/** Returns the values of `k` candles before. */
export function before(values: Float64Array, k = 1): Float64Array {
  return values.map((_, i) => values[i - k] ?? Number.NaN);
}

/** Computes a column candle by candle. */
export function column(length: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => value(i));
}

/** Bollinger bands with the sample deviation, as pandas computes them. */
export function sampleBands(values: Float64Array, period: number, width: number) {
  const middle = INDICATORS.sma(values, period);
  const deviation = INDICATORS.sampleDeviation(values, period);
  return {
    middle,
    upper: middle.map((value, i) => value + width * deviation[i]!),
    lower: middle.map((value, i) => value - width * deviation[i]!),
  };
}

/** The bands of most public strategies: over the typical price. */
export function typicalBands(candles: Columns, period = 20, width = 2) {
  return sampleBands(INDICATORS.typicalPrice(candles), period, width);
}

/** SSL channel, widened by the ATR; 1 after a close above it, -1 after one below. */
export function atrChannel(candles: Columns, period: number): Float64Array {
  const range = INDICATORS.atr(candles, 14);
  const high = INDICATORS.sma(candles.high, period);
  const low = INDICATORS.sma(candles.low, period);
  let direction = Number.NaN;
  return candles.close.map((close, i) => {
    if (close > high[i]! + range[i]!) direction = 1;
    if (close < low[i]! - range[i]!) direction = -1;
    return direction;
  });
}

/** Relative momentum index: the RSI of changes over several candles, with EMAs. */
export function relativeMomentum(
  values: Float64Array,
  { period = 20, momentum = 5 } = {},
): Float64Array {
  const change = values.map((value, i) => value - (values[i - momentum] ?? Number.NaN));
  const average = (side: 1 | -1) =>
    INDICATORS.ema(
      change.map((value) => Math.max(0, side * value)),
      period,
    );
  const [up, down] = [average(1), average(-1)];
  return up.map((value, i) => (down[i] === 0 ? 0 : 100 - 100 / (1 + value / down[i]!)));
}

/** Whether a column did not fall (`side` 1) or rise (-1) in most of the last candles. */
export function mostly(
  values: Float64Array,
  side: 1 | -1,
  { of, least }: { of: number; least: number },
): (i: number) => boolean {
  return (i) => {
    let count = 0;
    for (let k = 0; k < of; k++) if (side * (values[i - k]! - values[i - k - 1]!) >= 0) count++;
    return count >= least;
  };
}

/** Elliott wave oscillator of two EMAs, percent of another column. */
export function emaGap(close: Float64Array, of: Float64Array, fast = 50, slow = 200): Float64Array {
  const [a, b] = [INDICATORS.ema(close, fast), INDICATORS.ema(close, slow)];
  return close.map((_, i) => (100 * (a[i]! - b[i]!)) / of[i]!);
}

/** Sides as freqtrade reads them: an exit at the close of an entry signal is no exit. */
export function longOnly(enter: (i: number) => boolean, exit?: (i: number) => boolean) {
  const entries = (i: number): number => (enter(i) ? 1 : 0);
  if (exit === undefined) return { enter: entries };
  return { enter: entries, exit: (i: number) => exit(i) && !enter(i) && ('long' as const) };
}

/** A profit table that is out of force while `holds`: pairs of candles held and fraction, ascending. */
export function tableUnless(table: readonly (readonly [number, number])[]) {
  return ({ entryPrice, closesHeld }: ManageView, holds: boolean): ManageResult => {
    const step = table.findLast(([candles]) => candles <= closesHeld);
    return {
      target: holds || step === undefined ? Number.POSITIVE_INFINITY : entryPrice * (1 + step[1]),
    };
  };
}

/** Volume flow indicator with a cutoff at a fifth of the deviation, as the library finta computes it. */
export function volumeFlow(candles: Columns, period: number): Float64Array {
  const price = INDICATORS.typicalPrice(candles);
  const deviation = INDICATORS.sampleDeviation(INDICATORS.logChange(price), 30);
  const average = before(INDICATORS.sma(candles.volume, period));
  const signed = price.map((value, i) => {
    const change = value - (price[i - 1] ?? Number.NaN);
    const cutoff = 0.2 * deviation[i]! * candles.close[i]!;
    const volume = Math.min(candles.volume[i]!, 2.5 * average[i]!);
    if (Number.isNaN(change - cutoff - volume)) return Number.NaN;
    return Math.abs(change) > cutoff ? Math.sign(change) * volume : 0;
  });
  const mean = INDICATORS.sma(signed, period);
  return INDICATORS.ema(
    mean.map((value, i) => (period * value) / average[i]!),
    3,
  );
}

/** Correlation of the values with time over a window, from -1 to 1. */
export function trendCorrelation(values: Float64Array, period: number): Float64Array {
  const middle = (period - 1) / 2;
  return values.map((_, i) => {
    const window = values.subarray(i - period + 1, i + 1);
    if (i < period - 1) return Number.NaN;
    const mean = window.reduce((sum, value) => sum + value, 0) / period;
    let [both, own, time] = [0, 0, 0];
    window.forEach((value, k) => {
      both += (k - middle) * (value - mean);
      own += (value - mean) ** 2;
      time += (k - middle) ** 2;
    });
    return both / Math.sqrt(own * time);
  });
}

/** Change over 21 candles of an EMA of 13, fraction. */
export function smoothedChange(close: Float64Array): Float64Array {
  return INDICATORS.rateOfChange(INDICATORS.ema(close, 13), 21);
}

/**
 * A profit table that waits in a trend: then it is out of force, and a profit that fell by `pullback` from its best leaves.
 */
export function tableInTrend(table: readonly (readonly [number, number])[], pullback: number) {
  const targets = tableUnless(table);
  return (view: ManageView, inTrend: boolean): ManageResult => {
    const { profit, peakProfit } = view;
    if (inTrend && profit > 0 && profit < peakProfit - pullback) return { exit: true };
    return targets(view, inTrend);
  };
}

/**
 * A stop that keeps a share of the profit: above `first` it moves from `keeps[0]` to `keeps[1]` of the entry price, above `second` it
 * follows the profit.
 */
export function climbingStop(first: number, second: number, keeps: readonly [number, number]) {
  const [low, high] = keeps;
  return ({ profit, entryPrice }: ManageView): ManageResult | undefined => {
    if (profit <= first) return undefined;
    const share = (profit - first) / (second - first);
    const kept = profit > second ? high + (profit - second) : low + share * (high - low);
    return kept < profit ? { stop: entryPrice * (1 + kept) } : undefined;
  };
}

/** Profit maximizer: the band of an average, widened by the ATR, that the average has not crossed; 0 before it begins. */
export function averageBand(average: Float64Array, range: Float64Array, width: number) {
  let [upper, lower, isUp] = [Number.NaN, Number.NaN, true];
  let past = Number.NaN;
  return average.map((value, i) => {
    const [top, bottom] = [value + width * range[i]!, value - width * range[i]!];
    if (Number.isNaN(top)) return Number.NaN;
    if (!(top >= upper) || past > upper) upper = top;
    if (!(bottom <= lower) || past < lower) lower = bottom;
    if (isUp ? value < lower : value > upper) isUp = !isUp;
    past = value;
    return isUp ? lower : upper;
  });
}
