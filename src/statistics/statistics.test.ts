import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalRandom, seededRandom } from '../util/index.js';
import {
  circularBlockIndices,
  combinatorialPaths,
  combinatorialSplits,
  deflatedSharpeRatio,
  expectedMaximum,
  minimumBacktestLength,
  minimumTrackRecordLength,
  moments,
  monteCarloPValue,
  normalCdf,
  normalQuantile,
  overfittingProbability,
  predictivePath,
  probabilisticSharpeRatio,
  purgedTrainingSamples,
  quantile,
  type ReturnsMatrix,
  realityCheck,
  returnsMatrixFromRows,
  shuffle,
  stationaryBootstrapIndices,
  walkForwardWindows,
} from './index.js';

const VECTORS = '../shared/vectors/stats';
const absent = !existsSync(VECTORS);
if (absent) console.warn(`SKIPPED: worked statistics, because ${VECTORS} is not there`);

const vector = <T>(name: string): T =>
  JSON.parse(readFileSync(`${VECTORS}/${name}.json`, 'utf8')) as T;

describe('normal distribution', () => {
  // Values of Φ from tables with 15 digits.
  test.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [-1.96, 0.0249978951482204],
    [3, 0.99865010196837],
    [-6, 9.86587645037698e-10],
    [-10, 7.61985302416053e-24],
  ])('Φ(%d) = %d', (x, p) => {
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-13);
  });

  test.each([
    [0.975, 1.959963984540054],
    [0.5, 0],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
  ])('Φ⁻¹(%d) = %d', (p, x) => {
    expect(normalQuantile(p)).toBeCloseTo(x, 12);
  });

  test('quantile and distribution undo each other over the whole range', () => {
    for (let p = 0.0005; p < 1; p += 0.0101) {
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13);
    }
  });

  test('the edges are infinite and what is no probability is NaN', () => {
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(1.1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });
});

describe('moments()', () => {
  test('of 1 2 3 4 10 are those of a hand calculation', () => {
    // Mean 4, squares 9+4+1+0+36 = 50, cubes -27-8-1+216 = 180, fourth 81+16+1+1296 = 1394.
    const { mean, deviation, skewness, kurtosis } = moments([1, 2, 3, 4, 10]);
    expect(mean).toBe(4);
    expect(deviation).toBeCloseTo(Math.sqrt(50 / 4), 14);
    expect(skewness).toBeCloseTo(180 / 5 / 10 ** 1.5, 14);
    expect(kurtosis).toBeCloseTo(1394 / 5 / 100, 14);
  });

  test('of a constant sample have the shape of nothing', () => {
    expect(moments([2, 2, 2])).toEqual({
      count: 3,
      mean: 2,
      deviation: 0,
      skewness: 0,
      kurtosis: 3,
    });
  });
});

describe('Sharpe inference, the published examples', () => {
  const daily = {
    sharpe: 2.5 / Math.sqrt(250),
    observations: 1250,
    skewness: -3,
    kurtosis: 10,
  };
  const variance = 0.5 / 250;

  test('the expected maximum of 10 trials is 1.57 deviations', () => {
    expect(expectedMaximum(10)).toBeCloseTo(1.57459830134575, 10);
    expect(expectedMaximum(1)).toBe(0);
  });

  test('45 skill-less trials on five years show an annual Sharpe ratio of one', () => {
    expect(minimumBacktestLength(45, 1)).toBeCloseTo(4.998087004443402, 9);
    expect(minimumBacktestLength(45, -1)).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    [100, 0.11317200186513214, 0.9003968344493904],
    [46, 0.10036237061765357, 0.9505017068755786],
  ])('the deflated Sharpe ratio of %d trials', (trials, benchmark, probability) => {
    const deflated = deflatedSharpeRatio(daily, trials, variance);
    expect(deflated.benchmark).toBeCloseTo(benchmark, 10);
    expect(deflated.probability).toBeCloseTo(probability, 10);
  });

  test('each known mistake gives another number', () => {
    const right = deflatedSharpeRatio(daily, 100, variance).probability;
    const wrong = [
      deflatedSharpeRatio({ ...daily, kurtosis: 7 }, 100, variance),
      deflatedSharpeRatio({ ...daily, observations: 1251 }, 100, variance),
      deflatedSharpeRatio({ ...daily, skewness: 3 }, 100, variance),
      deflatedSharpeRatio({ ...daily, sharpe: 2.5 }, 100, variance),
      deflatedSharpeRatio(daily, 100, 1 / 1249),
    ].map((result) => result.probability);
    expect(wrong[0]).toBeCloseTo(0.901779, 6);
    expect(wrong[1]).toBeCloseTo(0.900487, 6);
    expect(wrong[2]).toBeCloseTo(0.981334, 6);
    expect(wrong[4]).toBeCloseTo(0.993268, 5);
    for (const value of wrong) expect(Math.abs(value - right)).toBeGreaterThan(5e-5);
  });

  test('the track record needed for 2 against 1, daily, is 2.73 years', () => {
    const evidence = { sharpe: 2 / Math.sqrt(250), skewness: 0, kurtosis: 3 };
    const length = minimumTrackRecordLength(evidence, 1 / Math.sqrt(250), 0.95);
    expect(length / 250).toBeCloseTo(2.731187801728174, 8);
    expect(minimumTrackRecordLength(evidence, 1, 0.95)).toBe(Number.POSITIVE_INFINITY);
  });

  test('fewer than two observations prove nothing', () => {
    expect(probabilisticSharpeRatio({ ...daily, observations: 1 }, 0)).toBeNaN();
  });
});

interface SharpeVectors {
  emax: Record<string, number>;
  min_backtest_length_years_target1: Record<string, number>;
  dsr_cases: {
    periods_per_year: number;
    T: number;
    V_annual: number;
    N: number;
    skew: number;
    kurt: number;
    sr: number;
    sr0: number;
    dsr: number;
  }[];
}

describe.skipIf(absent)('Sharpe inference, all worked values', () => {
  test('agree to 1e-9', () => {
    const vectors = vector<SharpeVectors>('sharpe-inference');
    for (const [trials, expected] of Object.entries(vectors.emax)) {
      expect(Math.abs(expectedMaximum(Number(trials)) - expected)).toBeLessThan(1e-9);
    }
    for (const [trials, expected] of Object.entries(vectors.min_backtest_length_years_target1)) {
      expect(Math.abs(minimumBacktestLength(Number(trials), 1) - expected)).toBeLessThan(1e-9);
    }
    for (const row of vectors.dsr_cases) {
      const evidence = {
        sharpe: row.sr,
        observations: row.T,
        skewness: row.skew,
        kurtosis: row.kurt,
      };
      const result = deflatedSharpeRatio(evidence, row.N, row.V_annual / row.periods_per_year);
      expect(Math.abs(result.benchmark - row.sr0)).toBeLessThan(1e-9);
      expect(Math.abs(result.probability - row.dsr)).toBeLessThan(1e-9);
    }
  });
});

function noise(rows: number, columns: number, seed: number, edge = 0): ReturnsMatrix {
  const normal = normalRandom(seededRandom(seed));
  const values = Float64Array.from({ length: rows * columns }, () => normal());
  for (let t = 0; t < rows; t++) values[t] = values[t]! + edge;
  return { rows, columns, values };
}

describe('overfittingProbability()', () => {
  test('of two trials, one good everywhere, is zero', () => {
    const rows = Array.from({ length: 8 }, (_, t) => [
      t % 2 === 0 ? 0.02 : 0.01,
      t % 2 ? 0.01 : -0.02,
    ]);
    const result = overfittingProbability(returnsMatrixFromRows(rows), 4);
    expect(result).toMatchObject({ probability: 0, splits: 6, periods: 8, lossProbability: 0 });
    expect([...result.winners]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...result.ranks]).toEqual([2, 2, 2, 2, 2, 2]);
  });

  test('of a trial that shines in one half only is one', () => {
    // Each trial earns in one block of two and loses in the other: the winner always turns.
    const rows = [
      [0.03, -0.03],
      [0.02, -0.02],
      [-0.03, 0.03],
      [-0.02, 0.02],
    ];
    const result = overfittingProbability(returnsMatrixFromRows(rows), 2);
    expect(result).toMatchObject({ probability: 1, splits: 2, lossProbability: 1 });
  });

  test('equal trials share the middle rank and count as overfit', () => {
    const rows = Array.from({ length: 8 }, (_, t) => [t % 3, t % 3, t % 3]);
    const result = overfittingProbability(returnsMatrixFromRows(rows), 4);
    expect([...new Set(result.ranks)]).toEqual([2]);
    expect(result.probability).toBe(1);
  });

  test('does not depend on tiling: 150 trials give the winner that a plain scan gives', () => {
    const matrix = noise(64, 150, 11);
    const result = overfittingProbability(matrix, 2);
    const sharpe = (column: number, from: number, to: number): number => {
      const shape = moments(matrix.values.subarray(column * 64 + from, column * 64 + to));
      return shape.mean / shape.deviation;
    };
    const best = (from: number, to: number): number => {
      let winner = 0;
      for (let k = 1; k < 150; k++) if (sharpe(k, from, to) > sharpe(winner, from, to)) winner = k;
      return winner;
    };
    expect([...result.winners]).toEqual([best(0, 32), best(32, 64)]);
    const below = Array.from({ length: 150 }, (_, k) => k).filter(
      (k) => sharpe(k, 32, 64) < sharpe(best(0, 32), 32, 64),
    ).length;
    expect(result.ranks[0]).toBe(below + 1);
  });

  test('is near one half on noise and low when one trial has an edge', () => {
    const mean = (edge: number): number => {
      let sum = 0;
      for (let run = 0; run < 30; run++) {
        sum += overfittingProbability(noise(640, 40, 100 + run, edge), 8).probability;
      }
      return sum / 30;
    };
    expect(Math.abs(mean(0) - 0.475)).toBeLessThan(0.1);
    expect(mean(0.15)).toBeLessThan(0.3);
  });

  test('leaves out the earliest remainder', () => {
    const rows = [[9, -9], ...Array.from({ length: 8 }, (_, t) => [t % 2, 0.4])];
    expect(overfittingProbability(returnsMatrixFromRows(rows), 4).periods).toBe(8);
  });

  test.each([
    [3, 8, 2],
    [4, 7, 2],
    [4, 8, 1],
  ])('refuses %d blocks of %d periods and %d trials', (blocks, rows, columns) => {
    expect(() => overfittingProbability(noise(rows, columns, 1), blocks)).toThrow(RangeError);
  });
});

interface PboVectors {
  cases: {
    matrix?: number[][];
    add_to_column?: Record<string, number>;
    results: Record<
      string,
      {
        combinations: number;
        pbo: number;
        lambdas: number[] | null;
        detail: { best: number; oos_rank: number }[] | null;
      }
    >;
  }[];
}

describe.skipIf(absent)('overfittingProbability(), all worked values', () => {
  test('agree to 1e-9', () => {
    const { cases } = vector<PboVectors>('pbo-cscv');
    const matrix = cases[0]!.matrix!;
    for (const example of cases) {
      const rows = matrix.map((row) =>
        row.map((value, k) => value + (example.add_to_column?.[k] ?? 0)),
      );
      for (const [blocks, expected] of Object.entries(example.results)) {
        const result = overfittingProbability(returnsMatrixFromRows(rows), Number(blocks));
        expect(result.splits).toBe(expected.combinations);
        expect(Math.abs(result.probability - expected.pbo)).toBeLessThan(1e-9);
        expected.lambdas?.forEach((lambda, split) => {
          expect(Math.abs(result.logits[split]! - lambda)).toBeLessThan(1e-9);
        });
        expected.detail?.forEach((detail, split) => {
          expect([result.winners[split], result.ranks[split]]).toEqual([
            detail.best,
            detail.oos_rank,
          ]);
        });
      }
    }
  });
});

interface RealityCheckVectors {
  q: number;
  f: number[][];
  bootstrap_indices: number[][];
  expected: {
    V: number;
    Vstar: number[];
    p_reality_check: number;
    t_stats: number[];
    T_spa: number;
    p_lower: number;
    p_consistent: number;
    p_upper: number;
    Tstar_consistent: number[];
  };
}

describe('realityCheck()', () => {
  test('of one trial with given resamples is a hand calculation', () => {
    // Returns 1 2 3 4: mean 2.5, √4·2.5 = 5. Resamples: all 4s → 2·(4-2.5) = 3; the sample itself → 0.
    const excess = returnsMatrixFromRows([[1], [2], [3], [4]]);
    const draws = [
      [3, 3, 3, 3],
      [0, 1, 2, 3],
    ];
    const result = realityCheck(excess, 2, (b) => draws[b]!, { meanBlock: 1, pValueForm: 'raw' });
    expect(result.statistic).toBe(5);
    expect([...result.resampledStatistics]).toEqual([3, 0]);
    expect(result.pValue).toBe(0);
    // Blocks of one: the long-run deviation is the population deviation √1.25.
    expect(result.spaStatistic).toBeCloseTo(5 / Math.sqrt(1.25), 12);
  });

  test('rejects rarely on noise and always with a real edge', () => {
    const p = (edge: number, seed: number): number => {
      const matrix = noise(250, 20, seed, edge);
      const random = seededRandom(seed);
      return realityCheck(matrix, 200, () => stationaryBootstrapIndices(250, 10, random), {
        meanBlock: 10,
      }).spaConsistent;
    };
    const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(seeds.filter((seed) => p(0, seed) < 0.05).length).toBeLessThanOrEqual(4);
    expect(seeds.every((seed) => p(0.5, seed) < 0.05)).toBe(true);
  });
});

describe.skipIf(absent)('realityCheck(), all worked values', () => {
  test('agree to 1e-9', () => {
    const vectors = vector<RealityCheckVectors>('reality-check-spa');
    const result = realityCheck(
      returnsMatrixFromRows(vectors.f),
      vectors.bootstrap_indices.length,
      (b) => vectors.bootstrap_indices[b]!,
      { meanBlock: 1 / vectors.q, pValueForm: 'raw' },
    );
    const { expected } = vectors;
    const pairs: [number, number][] = [
      [result.statistic, expected.V],
      [result.pValue, expected.p_reality_check],
      [result.spaStatistic, expected.T_spa],
      [result.spaLower, expected.p_lower],
      [result.spaConsistent, expected.p_consistent],
      [result.spaUpper, expected.p_upper],
      ...expected.t_stats.map((t, k): [number, number] => [result.tStatistics[k]!, t]),
      ...expected.Vstar.map((v, b): [number, number] => [result.resampledStatistics[b]!, v]),
      ...expected.Tstar_consistent.map((t, b): [number, number] => [
        result.resampledSpaStatistics[b]!,
        t,
      ]),
    ];
    for (const [actual, wanted] of pairs) expect(Math.abs(actual - wanted)).toBeLessThan(1e-9);
  });
});

describe('resampling', () => {
  test('circular blocks wrap around and the last one is cut', () => {
    expect([...circularBlockIndices(10, 4, [7, 2, 9])]).toEqual([7, 8, 9, 0, 2, 3, 4, 5, 9, 0]);
  });

  test('stationary blocks have the mean length that was asked for', () => {
    const indices = stationaryBootstrapIndices(100_000, 20, seededRandom(3));
    let blocks = 1;
    for (let t = 1; t < indices.length; t++) {
      if (indices[t] !== (indices[t - 1]! + 1) % indices.length) blocks++;
    }
    expect(Math.abs(100_000 / blocks - 20)).toBeLessThan(1);
  });

  test('blocks recover the standard error that shuffling single returns understates', () => {
    // AR(1) with φ = 0.6: the theory says twice the error of independent draws.
    const normal = normalRandom(seededRandom(5));
    const series = new Float64Array(4_000);
    for (let t = 1; t < series.length; t++) series[t] = 0.6 * series[t - 1]! + normal();
    const errorOf = (meanBlock: number): number => {
      const random = seededRandom(6);
      const means = Array.from({ length: 400 }, () => {
        let sum = 0;
        for (const i of stationaryBootstrapIndices(series.length, meanBlock, random))
          sum += series[i]!;
        return sum / series.length;
      });
      return moments(means).deviation;
    };
    expect(errorOf(60) / errorOf(1)).toBeGreaterThan(1.7);
  });

  test('shuffling trades keeps the product and finds the drawdowns of all 720 orders', () => {
    const trades = [0.05, -0.03, 0.02, -0.06, 0.04, -0.01];
    const random = seededRandom(9);
    const drawdowns = new Float64Array(10_000);
    const order = Float64Array.from(trades);
    for (let draw = 0; draw < drawdowns.length; draw++) {
      shuffle(order, random);
      let equity = 1;
      let peak = 1;
      let worst = 0;
      for (const r of order) {
        equity *= 1 + r;
        peak = Math.max(peak, equity);
        worst = Math.max(worst, (peak - equity) / peak);
      }
      expect(equity).toBeCloseTo(1.00544331888, 10);
      drawdowns[draw] = worst;
    }
    drawdowns.sort();
    expect(Math.abs(quantile(drawdowns, 0.5) - 0.0694)).toBeLessThan(0.005);
    expect(Math.abs(quantile(drawdowns, 0.95) - 0.097318)).toBeLessThan(0.005);
  });

  test('a quantile is a value of the sample, and a p-value is never zero', () => {
    expect([0, 0.25, 0.5, 0.51, 1].map((share) => quantile([1, 2, 3, 4], share))).toEqual([
      1, 1, 2, 3, 4,
    ]);
    expect(monteCarloPValue(0, 999)).toBe(0.001);
  });
});

describe('predictivePath()', () => {
  test('draws from what was drawn', () => {
    const path = predictivePath([0.1, 0.2, 0.3], [2, 2, 0], [0, 2, 1]);
    expect([...path]).toEqual([0.3, 0.1, 0.3]);
  });

  const file = '../shared/vectors/judgement/predictive-path.json';
  test.skipIf(!existsSync(file))(`gives the worked path of ${file}`, () => {
    const { input, expected } = JSON.parse(readFileSync(file, 'utf8')) as {
      input: Record<'returns' | 'first' | 'second', number[]>;
      expected: { path: number[]; final: number; maxDrawdown: number };
    };
    const path = predictivePath(input.returns, input.first, input.second);
    expect([...path]).toEqual(expected.path);
    let equity = 1;
    let peak = 1;
    let drawdown = 0;
    for (const value of path) {
      equity *= 1 + value;
      peak = Math.max(peak, equity);
      drawdown = Math.max(drawdown, (peak - equity) / peak);
    }
    expect(equity).toBeCloseTo(expected.final, 12);
    expect(drawdown).toBeCloseTo(expected.maxDrawdown, 12);
  });
});

describe('cross-validation', () => {
  test('walk-forward windows roll or stay anchored, and an incomplete one is dropped', () => {
    const plan = { trainLength: 40, testLength: 20 };
    expect(walkForwardWindows(110, plan)).toEqual([
      { train: { start: 0, end: 40 }, test: { start: 40, end: 60 } },
      { train: { start: 20, end: 60 }, test: { start: 60, end: 80 } },
      { train: { start: 40, end: 80 }, test: { start: 80, end: 100 } },
    ]);
    expect(walkForwardWindows(110, { ...plan, anchored: true }).map((w) => w.train)).toEqual([
      { start: 0, end: 40 },
      { start: 0, end: 60 },
      { start: 0, end: 80 },
    ]);
    expect(() => walkForwardWindows(100, { trainLength: 0, testLength: 5 })).toThrow(RangeError);
  });

  test.each([
    [4, 2, 6, 3],
    [6, 2, 15, 5],
    [10, 2, 45, 9],
    [10, 5, 252, 126],
    [16, 8, 12_870, 6_435],
  ])('%d groups, %d tested: %d splits, %d paths', (groups, tested, splits, paths) => {
    expect(combinatorialSplits(groups, tested)).toHaveLength(splits);
    const used = combinatorialPaths(groups, tested)[0]!.filter((path) => path !== undefined);
    expect(used).toHaveLength(paths);
  });

  test('paths of six groups, two tested, number the tests of each group in order', () => {
    const paths = combinatorialPaths(6, 2);
    const none = undefined;
    expect(paths[2]).toEqual([
      none,
      0,
      none,
      none,
      none,
      1,
      none,
      none,
      none,
      2,
      3,
      4,
      none,
      none,
      none,
    ]);
  });

  test('purge and embargo drop what the test labels touch', () => {
    expect(purgedTrainingSamples(20, [8, 9, 10, 11], 2, 1)).toEqual([
      0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 19,
    ]);
    expect(purgedTrainingSamples(20, [16, 17, 18, 19], 3, 2)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
  });
});

describe.skipIf(absent)('cross-validation, all worked values', () => {
  test('agree', () => {
    const vectors = vector<{
      cpcv_6_2: { splits: number[][]; path_of_group_in_split: (number | null)[][] };
      purge: {
        T: number;
        test: number[];
        label_horizon: number;
        embargo: number;
        expected_train: number[];
      }[];
      walk_forward: {
        n: number;
        train: number;
        test: number;
        step: number;
        anchored: boolean;
        windows: { train: number[]; test: number[] }[];
      }[];
    }>('cross-validation');
    expect(combinatorialSplits(6, 2)).toEqual(vectors.cpcv_6_2.splits);
    expect(combinatorialPaths(6, 2).map((row) => row.map((path) => path ?? null))).toEqual(
      vectors.cpcv_6_2.path_of_group_in_split,
    );
    for (const row of vectors.purge) {
      expect(purgedTrainingSamples(row.T, row.test, row.label_horizon, row.embargo)).toEqual(
        row.expected_train,
      );
    }
    for (const row of vectors.walk_forward) {
      const windows = walkForwardWindows(row.n, {
        trainLength: row.train,
        testLength: row.test,
        step: row.step,
        anchored: row.anchored,
      });
      expect(
        windows.map(({ train, test: oos }) => ({
          train: [train.start, train.end],
          test: [oos.start, oos.end],
        })),
      ).toEqual(row.windows);
    }
  });
});
