import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalRandom, seededRandom } from '../util/index.js';
import { atr } from './atr.js';
import { bollingerBands } from './bollinger-bands.js';
import { compare } from './compare.js';
import { populationDeviation, sampleDeviation } from './deviation.js';
import { exactSpread, expectNoDrift } from './drift.contract.js';
import { ema } from './ema.js';
import { exactSum } from './exact-sum.js';
import { highest, lowest } from './highest-lowest.js';
import { logChange } from './log-change.js';
import { macd } from './macd.js';
import { onBalanceVolume } from './on-balance-volume.js';
import { rateOfChange } from './rate-of-change.js';
import { rma } from './rma.js';
import { rsi } from './rsi.js';
import { sma } from './sma.js';
import { stochastic } from './stochastic.js';
import { trueRange } from './true-range.js';
import { wma } from './wma.js';
import { zScore } from './z-score.js';

const N = Number.NaN;
const of = (...values: number[]) => Float64Array.from(values);
const candles = (...rows: [number, number, number][]) => ({
  high: Float64Array.from(rows, (row) => row[0]),
  low: Float64Array.from(rows, (row) => row[1]),
  close: Float64Array.from(rows, (row) => row[2]),
});

describe('tables made by hand', () => {
  test.each<[string, Float64Array, number[]]>([
    ['sma', sma(of(1, 2, 3, 4, 8), 3), [N, N, 2, 3, 5]],
    ['sma of period 1', sma(of(1, 0.1, 3), 1), [1, 0.1, 3]],
    ['sma longer than the data', sma(of(1, 2), 3), [N, N]],
    ['sma of nothing', sma(of(), 3), []],
    ['sma after leading and inner NaN', sma(of(N, 1, 3, N, 5, 7, 9), 2), [N, N, 2, N, N, 6, 8]],
    ['sma does not average an infinity', sma(of(1, 3, Infinity, 5, 7), 2), [N, 2, N, N, 6]],
    [
      'sma of equal values is that value',
      sma(of(9, 0.1, 0.1, 0.1, 0.1), 3),
      [N, N, 9.2 / 3, 0.1, 0.1],
    ],
    [
      'sma of values of very different size',
      sma(of(1e300, 1, -1e300, 1e-300, 3), 3),
      [N, N, 1 / 3, 1 / 3 - 1e300 / 3, -1e300 / 3],
    ],
    ['sma is exact after a huge value left', sma(of(1e30, 1, 2, 3), 2), [N, 5e29, 1.5, 2.5]],
    ['ema (α 1/2, seeded with the mean)', ema(of(1, 2, 3, 4, 8), 3), [N, N, 2, 3, 5.5]],
    ['ema of period 1 is the value', ema(of(5, 6, 7), 1), [5, 6, 7]],
    ['ema seeds after leading NaN', ema(of(N, N, 1, 2, 3, 4), 3), [N, N, N, N, 2, 3]],
    ['ema starts anew after NaN', ema(of(1, 3, N, 5, 7, 9), 2), [N, 2, N, N, 6, 8]],
    ['ema of equal values stays', ema(of(0.1, 0.1, 0.1, 0.1), 1), [0.1, 0.1, 0.1, 0.1]],
    ['rma (α 1/2, seeded with the mean)', rma(of(1, 3, 4, 7), 2), [N, 2, 3, 5]],
    [
      'rsi: gains 1, 3 and losses 1 (period 2)',
      rsi(of(10, 11, 14, 13, 13), 2),
      [N, N, 100, (100 * 1) / 1.5, (100 * 0.5) / 0.75],
    ],
    ['rsi without losses is 100', rsi(of(1, 2, 3, 4), 2), [N, N, 100, 100]],
    ['rsi without gains is 0', rsi(of(4, 3, 2, 1), 2), [N, N, 0, 0]],
    ['rsi without moves is 50', rsi(of(4, 4, 4, 4), 2), [N, N, 50, 50]],
    ['rsi starts anew after NaN', rsi(of(1, 2, N, 4, 3, 2), 1), [N, 100, N, N, 0, 0]],
    ['trueRange', trueRange(candles([5, 3, 4], [6, 5, 5], [4, 3, 3], [9, 1, 2])), [2, 2, 2, 8]],
    ['atr (period 2)', atr(candles([5, 3, 4], [6, 5, 5], [4, 3, 3], [9, 1, 2]), 2), [N, 2, 2, 5]],
    ['atr of period 1 is the true range', atr(candles([5, 3, 4], [6, 5, 5]), 1), [2, 2]],
    [
      'populationDeviation',
      populationDeviation(of(2, 4, 4, 4, 5, 5, 7, 9), 8),
      [N, N, N, N, N, N, N, 2],
    ],
    ['populationDeviation of period 1 is 0', populationDeviation(of(1, 7), 1), [0, 0]],
    [
      'sampleDeviation (1, 2, 3 then 2, 3, 7)',
      sampleDeviation(of(1, 2, 3, 7), 3),
      [N, N, 1, Math.sqrt(7)],
    ],
    [
      'sampleDeviation over NaN',
      sampleDeviation(of(1, 3, N, 5, 9, 9), 2),
      [N, Math.SQRT2, N, N, Math.sqrt(8), 0],
    ],
    [
      'a deviation of equal values is 0',
      sampleDeviation(of(3, 0.1, 0.1, 0.1, 0.1), 3).subarray(3),
      [0, 0],
    ],
    ['zScore', zScore(of(1, 2, 3, 3, 3), 3), [N, N, 1, 1 / 3 / Math.sqrt(1 / 3), N]],
    ['logChange', logChange(of(1, Math.E, 0, 2, 4, -1, N)), [N, 1, N, N, Math.LN2, N, N]],
    ['highest', highest(of(3, 1, 2, 5, 4, 0), 3), [N, N, 3, 5, 5, 5]],
    ['lowest', lowest(of(3, 1, 2, 5, 4, 0), 3), [N, N, 1, 1, 2, 0]],
    ['highest over NaN', highest(of(9, N, 2, 1, 4), 2), [N, N, N, 2, 4]],
    ['rateOfChange', rateOfChange(of(2, 3, 4, 0, 1), 2), [N, N, 1, -1, -0.75]],
    ['rateOfChange from 0', rateOfChange(of(0, 1), 1), [N, N]],
    ['wma', wma(of(1, 2, 3, 9), 3), [N, N, 14 / 6, 35 / 6]],
    [
      'stochastic %K',
      stochastic(candles([5, 3, 4], [6, 5, 5], [6, 4, 4.5]), { period: 2, smoothing: 1, signal: 2 })
        .k,
      [N, 200 / 3, 25],
    ],
    [
      'stochastic %D',
      stochastic(candles([5, 3, 4], [6, 5, 5], [6, 4, 4.5]), { period: 2, smoothing: 1, signal: 2 })
        .d,
      [N, N, (200 / 3 + 25) / 2],
    ],
    [
      'stochastic without a range',
      stochastic(candles([5, 5, 5], [5, 5, 5]), { period: 1, smoothing: 1 }).k,
      [N, N],
    ],
    [
      'onBalanceVolume',
      onBalanceVolume({ close: of(1, 2, 2, 1), volume: of(5, 6, 7, 8) }),
      [0, 6, 6, -2],
    ],
    [
      'macd (fast 1, slow 2, signal 2)',
      macd(of(1, 3, 3, 6), { fast: 1, slow: 2, signal: 2 }).macd,
      [N, 1, 1 / 3, 1 + 1 / 9],
    ],
    ['bollingerBands upper', bollingerBands(of(1, 3, 3, 7), 2, 2).upper, [N, 4, N, 9]],
    ['bollingerBands lower', bollingerBands(of(1, 3, 3, 7), 2, 2).lower, [N, 0, N, 1]],
    ['bollingerBands middle', bollingerBands(of(1, 3, 3, 7), 2, 2).middle, [N, 2, 3, 5]],
  ])('%s', (_, values, expected) => {
    expect(values).toHaveLength(expected.length);
    expected.forEach((value, i) => {
      if (Number.isNaN(value)) expect(values[i]).toBeNaN();
      else expect(Math.abs(values[i]! - value)).toBeLessThanOrEqual(1e-14 * Math.abs(value));
    });
  });

  test.each([
    ['SMA', () => sma(of(1), 0), 1],
    ['EMA', () => ema(of(1), 0), 1],
    ['RMA', () => rma(of(1), 0), 1],
    ['RSI', () => rsi(of(1), 0), 1],
    ['ATR', () => atr(candles([1, 1, 1]), 0), 1],
    ['population deviation', () => populationDeviation(of(1), 0), 1],
    ['WMA', () => wma(of(1), 0), 1],
    ['highest', () => highest(of(1), 0), 1],
    ['lowest', () => lowest(of(1), 0), 1],
    ['rate of change', () => rateOfChange(of(1), 0), 1],
  ])('%s refuses period 0', (name, compute, smallest) => {
    expect(compute).toThrow(
      new RangeError(
        `Cannot compute ${name} as period must be an integer >= ${smallest}: current value is 0`,
      ),
    );
  });

  test('a sample deviation and a z-score need two values', () => {
    expect(() => sampleDeviation(of(1), 1)).toThrow('integer >= 2: current value is 1');
    expect(() => zScore(of(1), 1)).toThrow('integer >= 2: current value is 1');
    expect(() => sma(of(1), 1.5)).toThrow('current value is 1.5');
    expect(() => sma(of(1), Number.NaN)).toThrow('current value is NaN');
  });
});

describe('compare(): a difference of 1e-10 of the larger value is a tie (S-05)', () => {
  test.each([
    [1, 1, 0],
    [2, 1, 1],
    [1, 2, -1],
    [0.1 + 0.2, 0.3, 0],
    [60_000, 60_000 + 5e-6, 0],
    [60_000, 60_000 + 7e-6, -1],
    [-60_000, -60_000 - 7e-6, 1],
    [1e10, 1e10 + 1, 0],
    [1e10, 1e10 + 2, -1],
    [0, 0, 0],
    [-0, 0, 0],
    [0, 1e-300, -1],
    [Infinity, Infinity, 0],
    [Infinity, 5, 1],
    [5, Infinity, -1],
    [-Infinity, Infinity, -1],
    [N, 1, N],
    [1, N, N],
    [undefined, 1, N],
    [1, undefined, N],
  ])('compare(%d, %d) is %d', (a, b, expected) => {
    expect(compare(a, b)).toBe(expected);
  });
});

describe('exactSum()', () => {
  test.each([
    [[0.1, 0.2, 0.3, -0.6], 2.7755575615628914e-17],
    [[1e100, 1, -1e100], 1],
    [[1, 2 ** -53, 2 ** -53], 1 + 2 ** -52],
    [[1, 2 ** -53], 1],
    [[1, 2 ** -53, 2 ** -106], 1 + 2 ** -52],
    [[], 0],
  ])('%j', (values, sum) => {
    expect(exactSum(Float64Array.from(values), 0, values.length)).toBe(sum);
  });
});

describe('sma() is the exactly rounded sum over the period, whatever came before', () => {
  test.each([1, 2, 3, 4, 5])('seed %i', (seed) => {
    const random = seededRandom(seed);
    const normal = normalRandom(random);
    const scale = () => 10 ** Math.floor(40 * random() - 20);
    const values = Float64Array.from(
      { length: 2_000 },
      () => normal() * (random() < 0.1 ? scale() : 1),
    );
    for (const period of [2, 3, 7, 50]) {
      const means = sma(values, period);
      for (let i = period - 1; i < values.length; i++) {
        expect(means[i]).toBe(exactSum(values, i - period + 1, i + 1) / period);
      }
    }
  });
});

describe('nothing drifts', () => {
  test('over 100,000 candles around 60,000', () => expectNoDrift(100_000, 37));
});

describe('NIST StRD, univariate: certified mean and sample deviation', () => {
  const repeated = (first: number, a: number, b: number) =>
    Float64Array.from({ length: 1_001 }, (_, i) => (i === 0 ? first : i % 2 === 1 ? a : b));
  test.each<[string, Float64Array, number, number]>([
    ['NumAcc1', of(10_000_001, 10_000_003, 10_000_002), 10_000_002, 1],
    ['NumAcc2', repeated(1.2, 1.1, 1.3), 1.2, 0.1],
    ['NumAcc3', repeated(1_000_000.2, 1_000_000.1, 1_000_000.3), 1_000_000.2, 0.1],
    ['NumAcc4', repeated(10_000_000.2, 10_000_000.1, 10_000_000.3), 10_000_000.2, 0.1],
  ])('%s', (name, values, mean, deviation) => {
    const last = values.length - 1;
    expect(Math.abs(sma(values, values.length)[last]! / mean - 1)).toBeLessThanOrEqual(2 ** -52);
    const computed = sampleDeviation(values, values.length)[last]!;
    // About the doubles that the computation sees.
    const exact = Math.sqrt(exactSpread(values, 0, values.length) / last);
    expect(Math.abs(computed / exact - 1)).toBeLessThanOrEqual(1e-13);
    // The decimal inputs themselves are off by up to 1e-9 in NumAcc4: that much is not the algorithm's.
    const error = Math.abs(computed / deviation - 1);
    expect(error).toBeLessThanOrEqual(name === 'NumAcc4' ? 2e-8 : 2e-9);
  });
});

describe('published values', () => {
  const folder = '../shared/vectors/indicators';
  const missing = !existsSync(folder);
  if (missing) console.warn(`SKIPPED: published indicator values; missing ${folder}`);

  interface Case {
    readonly name: string;
    readonly params: Readonly<Record<string, number>>;
    readonly inputs: string | { readonly values: number[] };
    readonly expected: (number | null)[] | Readonly<Record<string, (number | null)[]>>;
  }
  interface VectorFile {
    readonly series?: Readonly<Record<string, number[]>>;
    readonly datasets?: Readonly<Record<string, Readonly<Record<string, number[]>>>>;
    readonly cases: readonly Case[];
  }
  const read = (name: string): VectorFile =>
    JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as VectorFile;
  const inputsOf = (file: VectorFile, { inputs }: Case) => {
    const source =
      typeof inputs === 'string'
        ? (file.datasets?.[inputs] ?? file.series!)
        : { close: inputs.values };
    const pick = (key: string) => Float64Array.from(source[key] ?? []);
    return { high: pick('high'), low: pick('low'), close: pick('close') };
  };
  type Inputs = ReturnType<typeof inputsOf>;
  const single = (compute: (data: Inputs) => Float64Array) => (data: Inputs) => ({
    '': compute(data),
  });
  const bands = ({ close }: Inputs) => ({ ...bollingerBands(close, 20, 2) });
  const wilder = single((data) => rsi(data.close, 14));

  // Exact sets to 1e-9; sets that were published rounded to half their last digit.
  test
    .skipIf(missing)
    .each<[string, string, (data: Inputs) => Record<string, Float64Array>, number, number]>([
      ['skender-502bar', 'sma20', single((data) => sma(data.close, 20)), 1e-9, 483],
      ['skender-502bar', 'ema20-sma-seed', single((data) => ema(data.close, 20)), 1e-9, 483],
      ['skender-502bar', 'rsi14', wilder, 1e-9, 488],
      ['skender-502bar', 'bbands20-2', bands, 1e-9, 3 * 483],
      [
        'skender-502bar',
        'stddev14-pop',
        single((data) => populationDeviation(data.close, 14)),
        1e-9,
        489,
      ],
      ['skender-502bar', 'macd12-26-9', ({ close }) => ({ ...macd(close) }), 1e-9, 477 + 469],
      // This set has no true range at its first candle; ours is then the same over the candles after it, with the close before.
      [
        'skender-502bar',
        'atr14-tr-from-bar1',
        single((data) => {
          const later = rma(trueRange(data).subarray(1), 14);
          return Float64Array.of(N, ...later);
        }),
        1e-9,
        488,
      ],
      ['lean-spy-external', 'atr14-wilder', single((data) => atr(data, 14)), 5.1e-6, 488],
      ['lean-spy-external', 'bbands20-2', bands, 6.1e-5, 3 * 481],
      ['lean-spy-external', 'sma14', single((data) => sma(data.close, 14)), 5.8e-3, 487],
      ['lean-spy-external', 'ema14', single((data) => ema(data.close, 14)), 6e-3, 487],
      ['lean-spy-external', 'rsi14-wilder', wilder, 5.1e-6, 486],
      ['rsi14-worked-table', 'rsi14', wilder, 5e-3, 19],
      ['rsi14-worked-table', 'rsi14-no-losses-edge', wilder, 5e-3, 7],
    ])('%s: %s', (name, caseName, compute, tolerance, points) => {
    const file = read(name);
    const testCase = file.cases.find((candidate) => candidate.name === caseName)!;
    const computed = compute(inputsOf(file, testCase));
    const expected = Array.isArray(testCase.expected)
      ? { '': testCase.expected }
      : testCase.expected;
    let compared = 0;
    for (const [key, values] of Object.entries(expected)) {
      values.forEach((value, i) => {
        if (value === null) return;
        compared++;
        expect(Math.abs(computed[key]![i]! - value)).toBeLessThanOrEqual(tolerance);
      });
    }
    expect(compared).toBe(points);
  });

  test.skipIf(missing)('the variant of the RSI with simple means is not ours', () => {
    const file = read('lean-spy-external');
    const testCase = file.cases.find((candidate) => candidate.name === 'rsi14-cutler-sma')!;
    const { close } = inputsOf(file, testCase);
    const ours = rsi(close, 14);
    const differences = (testCase.expected as (number | null)[]).map((value, i) =>
      Math.abs((value ?? N) - ours[i]!),
    );
    expect(Math.max(...differences.filter((value) => value >= 0))).toBeGreaterThan(1);
  });
});
