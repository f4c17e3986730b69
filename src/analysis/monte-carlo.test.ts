import { describe, expect, test } from 'vitest';
import { moments } from '../statistics/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { type MonteCarloRuns, monteCarlo } from './monte-carlo.js';

const flat = Array.from({ length: 30 }, () => 0);

describe('monteCarlo()', () => {
  test('of two trades, +50 % and -50 %, shuffles into exactly two histories', () => {
    const { tradeShuffle } = monteCarlo({
      tradeReturns: [0.5, -0.5],
      dailyReturns: [],
      initialBalance: 1_000,
      seed: 1,
    });
    // 1000 → 1500 → 750 falls by a half from its peak, 1000 → 500 → 750 as well; both end at 750.
    expect(tradeShuffle!.finalBalance).toEqual({ p5: 750, p25: 750, p50: 750, p75: 750, p95: 750 });
    expect(tradeShuffle!.maxDrawdown).toEqual({ p5: 0.5, p25: 0.5, p50: 0.5, p75: 0.5, p95: 0.5 });
    expect(tradeShuffle!.steps).toEqual([0, 1, 2]);
    expect(tradeShuffle!.equity[1]).toMatchObject({ p5: 500, p95: 1_500 });
    expect(tradeShuffle!.riskOfLoss).toBe(1);
    // Ruin is a loss of half of the balance: only the order that loses first touches 500.
    expect(Math.abs(tradeShuffle!.riskOfRuin - 0.5)).toBeLessThan(0.05);
  });

  test('finds the drawdown quantiles of all 720 orders of six trades', () => {
    const { tradeShuffle } = monteCarlo({
      tradeReturns: [0.05, -0.03, 0.02, -0.06, 0.04, -0.01],
      dailyReturns: [],
      initialBalance: 1,
      seed: 2,
      runs: 10_000,
    });
    expect(Math.abs(tradeShuffle!.maxDrawdown.p50 - 0.0694)).toBeLessThan(0.005);
    expect(Math.abs(tradeShuffle!.maxDrawdown.p95 - 0.097318)).toBeLessThan(0.005);
    expect(tradeShuffle!.finalBalance.p5).toBeCloseTo(1.00544331888, 10);
    expect(tradeShuffle!.finalBalance.p95).toBeCloseTo(1.00544331888, 10);
  });

  test('of days that never move stays where it started', () => {
    const { blockBootstrap } = monteCarlo({
      tradeReturns: [],
      dailyReturns: flat,
      initialBalance: 500,
      seed: 3,
    });
    expect(blockBootstrap).toMatchObject({ riskOfRuin: 0, riskOfLoss: 0 });
    expect(blockBootstrap!.finalBalance).toMatchObject({ p5: 500, p95: 500 });
  });

  test('blocks widen the bands of returns that come in streaks', () => {
    const normal = normalRandom(seededRandom(4));
    const days: number[] = [0];
    for (let t = 1; t < 1_000; t++) days.push(0.8 * days[t - 1]! + 0.005 * normal());
    const width = (meanBlock: number): number => {
      const { blockBootstrap } = monteCarlo({
        tradeReturns: [],
        dailyReturns: days,
        initialBalance: 1,
        seed: 5,
        meanBlock,
      });
      return Math.log(blockBootstrap!.finalBalance.p95 / blockBootstrap!.finalBalance.p5);
    };
    expect(width(40) / width(1)).toBeGreaterThan(1.7);
  });

  test('what may come is wider than what is known of the result, by about the root of two', () => {
    const normal = normalRandom(seededRandom(9));
    const days = Array.from({ length: 500 }, () => 0.02 * normal());
    const found = monteCarlo({ tradeReturns: [], dailyReturns: days, initialBalance: 1, seed: 5 });
    const width = ({ finalBalance: { p5, p95 } }: MonteCarloRuns): number => Math.log(p95 / p5);
    const ratio = width(found.predictive!) / width(found.blockBootstrap!);
    expect(ratio).toBeGreaterThan(1.3);
    expect(ratio).toBeLessThan(1.55);
    expect(found.predictiveShift).toBe(0);
  });

  test('a fresh path is inside the 90 % band of what may come far more often than inside that of the result', () => {
    const processes = 100;
    let isSure = 0;
    let mayCome = 0;
    for (let k = 0; k < processes; k++) {
      const normal = normalRandom(seededRandom(1_000 + k));
      const path = (): number[] => Array.from({ length: 250 }, () => 0.001 + 0.02 * normal());
      const days = path();
      const end = path().reduce((value, day) => value * (1 + day), 1);
      const input = { tradeReturns: [], dailyReturns: days, initialBalance: 1, seed: k, runs: 200 };
      const { blockBootstrap, predictive } = monteCarlo(input);
      const holds = ({ finalBalance: { p5, p95 } }: MonteCarloRuns): number =>
        Number(p5 <= end && end <= p95);
      isSure += holds(blockBootstrap!);
      mayCome += holds(predictive!);
    }
    expect(mayCome / processes).toBeGreaterThanOrEqual(0.84);
    expect(isSure / processes).toBeLessThanOrEqual(mayCome / processes - 0.06);
  });

  test('what may come of a chosen winner is drawn around the Sharpe ratio that is expected of it', () => {
    const normal = normalRandom(seededRandom(10));
    const days = Array.from({ length: 730 }, () => 0.002 + 0.02 * normal());
    const input = { tradeReturns: [], dailyReturns: days, initialBalance: 1, seed: 6 };
    const { mean, deviation } = moments(days);
    const sharpe = (mean / deviation) * Math.sqrt(365);
    const plain = monteCarlo(input);
    const expected = monteCarlo({ ...input, expectedSharpe: 0.5 });
    expect(expected.predictiveShift).toBeCloseTo(((sharpe - 0.5) * deviation) / Math.sqrt(365), 15);
    expect(expected.blockBootstrap).toEqual(plain.blockBootstrap);
    const growth = Math.log(expected.predictive!.finalBalance.p50);
    const wanted = 730 * ((0.5 * deviation) / Math.sqrt(365) - deviation ** 2 / 2);
    expect(Math.abs(growth - wanted)).toBeLessThan(0.06);
  });

  test.each([
    ['a ratio below 0 is 0', -0.7, 0],
    ['one above that of the run makes nothing better', 99, undefined],
    ['one that is no number changes nothing', Number.NaN, undefined],
  ])('%s', (_name, expectedSharpe, same) => {
    const dailyReturns = Array.from({ length: 60 }, (_, t) => ((t * 7) % 11) / 100 - 0.04);
    const input = { tradeReturns: [], dailyReturns, initialBalance: 1, seed: 7, runs: 20 };
    expect(monteCarlo({ ...input, expectedSharpe })).toEqual(
      monteCarlo(same === undefined ? input : { ...input, expectedSharpe: same }),
    );
  });

  test('repeats with its seed and differs with another', () => {
    const run = (seed: number) =>
      monteCarlo({
        tradeReturns: [0.1, -0.2, 0.3],
        dailyReturns: Array.from({ length: 40 }, (_, t) => ((t * 7) % 11) / 100 - 0.05),
        initialBalance: 100,
        seed,
        runs: 50,
      });
    expect(run(6)).toEqual(run(6));
    expect(run(6).blockBootstrap).not.toEqual(run(7).blockBootstrap);
  });

  test('says nothing where there is too little to resample', () => {
    const none = monteCarlo({
      tradeReturns: [0.1],
      dailyReturns: flat.slice(0, 19),
      initialBalance: 100,
      seed: 8,
    });
    expect([none.tradeShuffle, none.blockBootstrap]).toEqual([undefined, undefined]);
  });
});
