import { expect } from 'vitest';
import { normalRandom, seededRandom } from '../util/index.js';
import { populationDeviation, sampleDeviation } from './deviation.js';
import { exactSum } from './exact-sum.js';
import { cutCandles, INDICATOR_CASES, linesOf, randomCandles } from './indicator-cases.contract.js';
import { sma } from './sma.js';

/** Candles after which the beginning of an average is below its rounding. */
const FADED = 8_000;

/**
 * Expects SMA and deviations over a long series around 60,000 to agree with a computation per window: the SMA to 1e-12, deviations to
 * 1e-9, and windows of equal values to have exactly that mean and deviation 0 (SEMANTICS §7).
 *
 * @param length - Candles.
 * @param stride - Every how many candles a window is computed anew.
 */
export function expectNoDrift(length: number, stride: number): void {
  const values = pricesAround60k(length);
  for (const period of [2, 20, 21, 200]) {
    const means = sma(values, period);
    const population = populationDeviation(values, period);
    const sample = sampleDeviation(values, period);
    let worstMean = 0;
    let worstDeviation = 0;
    let equalWindows = 0;
    for (let i = length - 1; i >= period - 1; i -= stride) {
      const from = i - period + 1;
      const mean = exactSum(values, from, i + 1) / period;
      worstMean = Math.max(worstMean, Math.abs(means[i]! - mean) / mean);
      const spread = exactSpread(values, from, i + 1);
      if (spread === 0) {
        equalWindows++;
        expect([means[i], population[i], sample[i]]).toEqual([values[i], 0, 0]);
        continue;
      }
      const errors = [
        Math.abs(population[i]! / Math.sqrt(spread / period) - 1),
        Math.abs(sample[i]! / Math.sqrt(spread / (period - 1)) - 1),
      ];
      worstDeviation = Math.max(worstDeviation, ...errors);
    }
    expect(worstMean).toBeLessThanOrEqual(1e-12);
    expect(worstDeviation).toBeLessThanOrEqual(1e-9);
    expect(equalWindows).toBeGreaterThan(0);
  }
}

/**
 * Expects every indicator, at the end of a long series around 60,000, to be what it is on the few candles that decide it: windows of
 * sums are exact whatever came before, averages differ by 1e-9 at most.
 *
 * @param length - Candles, more than 8,000.
 */
export function expectForgetting(length: number): void {
  const candles = randomCandles(length, 60_000, 60_000);
  const worst: string[] = [];
  for (const row of INDICATOR_CASES) {
    if (row.memory === 'all') continue;
    const needed = row.memory === 'fading' ? FADED : row.memory;
    const whole = linesOf(row, candles);
    for (const end of [length, length - 1, length - 7, length - 100]) {
      const short = linesOf(row, cutCandles(candles, end - needed, end));
      for (const [line, values] of Object.entries(short)) {
        const late = whole[line]![end - 1]!;
        const error = Math.abs(values[needed - 1]! - late);
        // What swings about 0 is measured by its own size at the time, and that of what it is a difference of.
        const size = Math.max(Math.abs(late), sizeOf(whole[line]!, end));
        if (!(error <= 1e-9 * size)) worst.push(`${row.call} ${line} at ${end}: ${error}`);
      }
    }
  }
  expect(worst).toEqual([]);
}

function sizeOf(values: Float64Array, end: number): number {
  return values
    .subarray(end - 1_000, end)
    .reduce((size, value) => Math.max(size, Math.abs(value)), 0);
}

/** Cents around 60,000, with stretches that stand still and stretches that move by a cent. */
function pricesAround60k(length: number): Float64Array {
  const random = seededRandom(20_000);
  const normal = normalRandom(random);
  let price = 60_000;
  return Float64Array.from({ length }, (_, i) => {
    const mood = i % 5_000;
    if (mood >= 4_500) return price;
    if (mood >= 4_000) return price + (random() < 0.5 ? 0.01 : 0);
    price = Math.round(100 * (price + 20 * normal() + (60_000 - price) * 0.001)) / 100;
    return price;
  });
}

/**
 * Returns the sum of squared deviations of `values[from..to)`, in two passes about the mean, corrected for its rounding.
 *
 * @param values - Shape `[n]`.
 * @param from - First index.
 * @param to - Index after the last.
 */
export function exactSpread(values: Float64Array, from: number, to: number): number {
  const mean = exactSum(values, from, to) / (to - from);
  const deviations = values.subarray(from, to).map((value) => value - mean);
  const squares = deviations.map((value) => value * value);
  const sum = exactSum(deviations, 0, deviations.length);
  if (values.subarray(from, to).every((value) => value === values[from])) return 0;
  return exactSum(squares, 0, squares.length) - (sum * sum) / (to - from);
}
