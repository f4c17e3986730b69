import { describe, expect, test } from 'vitest';
import { normalRandom, seededRandom } from '../util/index.js';
import { monteCarlo } from './monte-carlo.js';

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
