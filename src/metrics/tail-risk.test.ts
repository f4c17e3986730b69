import { describe, expect, test } from 'vitest';
import { expectedShortfall, valueAtRisk, volatility } from './tail-risk.js';

/** -1, -2 … -n percent, in another order. */
const losses = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => -(((i * 7) % n) + 1) / 100);

describe('valueAtRisk() and expectedShortfall()', () => {
  test('of 40 losses of 1 to 40 %, the worst two are the tail', () => {
    // 40 × 0.05 = 2: the second lowest is -39 %; (40 + 39) / 2 = 39.5.
    expect(valueAtRisk(losses(40))).toBeCloseTo(0.39, 12);
    expect(expectedShortfall(losses(40))).toBeCloseTo(0.395, 12);
  });

  test('of 29 losses the tail is one and a half: the second counts by half', () => {
    // 29 × 0.05 = 1.45: the quantile is the second lowest, 28 %; (29 + 0.45 × 28) / 1.45 = 28.6896…
    expect(valueAtRisk(losses(29))).toBeCloseTo(0.28, 12);
    expect(expectedShortfall(losses(29))).toBeCloseTo((29 + 0.45 * 28) / 145, 12);
  });

  test('a tenth as the tail of 20', () => {
    expect(valueAtRisk(losses(20), 0.1)).toBeCloseTo(0.19, 12);
    expect(expectedShortfall(losses(20), 0.1)).toBeCloseTo(0.195, 12);
  });

  test('rounding of n × share moves no place: 340 × 0.05 is 17', () => {
    const ranks = Array.from({ length: 340 }, (_, i) => i - 400);
    expect(valueAtRisk(ranks)).toBe(400 - 16);
    expect(expectedShortfall(ranks)).toBeCloseTo(400 - 8, 9);
  });

  test('is negative where even the worst are gains, and unknown with few returns', () => {
    expect(valueAtRisk(new Array<number>(20).fill(0.01))).toBe(-0.01);
    expect(valueAtRisk(losses(19))).toBeNaN();
    expect(expectedShortfall(losses(19))).toBeNaN();
  });

  test('the mean of the tail is never better than its border', () => {
    for (let n = 20; n < 400; n += 13) {
      expect(expectedShortfall(losses(n))).toBeGreaterThanOrEqual(valueAtRisk(losses(n)) - 1e-12);
    }
  });
});

test('volatility() is the sample deviation times the root of the returns in a year', () => {
  // 1, 2, 3 %: sample deviation 1 %; √365 = 19.1049…
  expect(volatility([0.01, 0.02, 0.03], 365)).toBeCloseTo(0.01 * Math.sqrt(365), 12);
  expect(volatility([0.01], 365)).toBe(0);
});
