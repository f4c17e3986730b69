import { describe, expect, test } from 'vitest';
import { maxDrawdown, maxDrawdownDuration } from './drawdown.js';
import { findMetric, METRICS, metricsRecord, metricText, parseMetricText } from './metric-table.js';
import type { Metrics } from './metrics.js';
import {
  calmarRatio,
  compoundAnnualGrowthRate,
  periodReturns,
  returnsPerYear,
  sharpeRatio,
  sortinoRatio,
} from './returns.js';
import { ambiguousShare, profitFactor, systemQualityNumber, winRate } from './trade-metrics.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const series = (...values: number[]) => Float64Array.from(values);
const times = (n: number, step: number) => Float64Array.from({ length: n }, (_, i) => i * step);

describe('trades', () => {
  test.each([
    ['no trades', [], 0, 0],
    ['only wins', [1, 2], 100, Number.POSITIVE_INFINITY],
    ['only losses', [-1, -2], 0, 0],
    ['a zero is no win', [0], 0, 0],
    ['mixed', [6, -2, -1, 3], 50, 3],
  ])('win rate and profit factor: %s', (_name, pnls, rate, factor) => {
    expect(winRate(pnls)).toBe(rate);
    expect(profitFactor(pnls)).toBe(factor);
  });

  test('SQN', () => {
    expect(systemQualityNumber([5, 1])).toBeCloseTo(1.5, 12);
    expect(systemQualityNumber([5])).toBe(0);
    // The mean of three times 0.1 is not exactly 0.1; the deviation of equal values still is 0.
    expect(systemQualityNumber([0.1, 0.1, 0.1])).toBe(0);
  });

  test('S-46 share of ambiguous profit', () => {
    const trades = [
      { netPnl: -5, ambiguous: true },
      { netPnl: 15, ambiguous: false },
    ];
    expect(ambiguousShare(trades)).toBe(0.25);
    expect(ambiguousShare([])).toBe(0);
  });
});

describe('drawdown', () => {
  test.each([
    ['never below', [100, 110], 0, 0],
    ['below the initial balance', [90, 95], 0.1, 2 * HOUR],
    ['peak to trough', [200, 150, 180], 0.25, 2 * HOUR],
    ['recovered: to the close that reaches the peak again', [200, 150, 200, 210], 0.25, 2 * HOUR],
    ['a tie moves the peak on', [200, 200, 150, 200], 0.25, 2 * HOUR],
    ['ruin', [100, -50], 1.5, HOUR],
  ])('%s', (_name, equity, depth, duration) => {
    expect(maxDrawdown(100, series(...equity))).toBe(depth);
    expect(maxDrawdownDuration(100, series(...equity), times(equity.length, HOUR), HOUR)).toBe(
      duration,
    );
  });
});

describe('S-50 returns', () => {
  test('equity at the last candle of each UTC day; days without candles return 0', () => {
    const openTimes = series(0, 23 * HOUR, DAY, 4 * DAY);
    expect(periodReturns(100, series(105, 110, 99, 198), openTimes, HOUR)).toEqual([
      110 / 100 - 1,
      99 / 110 - 1,
      0,
      0,
      1,
    ]);
  });

  test('from a day on every candle returns; a return on an equity <= 0 is 0', () => {
    expect(periodReturns(100, series(200, 0, 50), times(3, 7 * DAY), 7 * DAY)).toEqual([1, -1, 0]);
    expect(returnsPerYear(7 * DAY)).toBe(365 / 7);
    expect(returnsPerYear(HOUR)).toBe(365);
  });

  test('Sharpe and Sortino', () => {
    expect(sharpeRatio([0.03, 0.01], 365)).toBeCloseTo(
      (0.02 / Math.sqrt(0.0002)) * Math.sqrt(365),
      10,
    );
    expect(sharpeRatio([0.01], 365)).toBe(0);
    expect(sharpeRatio([0.1, 0.1, 0.1], 365)).toBe(0);
    expect(sortinoRatio([-0.05], 365)).toBeCloseTo(-Math.sqrt(365), 12);
    expect(sortinoRatio([0.03, -0.01], 4)).toBeCloseTo((0.01 / Math.sqrt(0.00005)) * 2, 12);
    expect(sortinoRatio([0.01, 0], 365)).toBe(0);
    expect(sortinoRatio([], 365)).toBe(0);
  });

  test('CAGR and Calmar', () => {
    expect(compoundAnnualGrowthRate(100, 121, 730 * DAY)).toBeCloseTo(0.1, 12);
    expect(compoundAnnualGrowthRate(100, 0, DAY)).toBe(-1);
    expect(compoundAnnualGrowthRate(100, -5, DAY)).toBe(-1);
    expect(calmarRatio(0.3, 0.1)).toBeCloseTo(3, 12);
    expect(calmarRatio(0.3, 0)).toBe(0);
  });
});

describe('the table of metrics', () => {
  test('has every metric once, under its snake_case name', () => {
    const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(METRICS.map(({ key }) => snake(key))).toEqual(METRICS.map(({ name }) => name));
    expect(new Set(METRICS.map(({ key }) => key)).size).toBe(24);
    expect(findMetric('sharpe_ratio')?.key).toBe('sharpeRatio');
    expect(findMetric('sharpe')).toBeUndefined();
  });

  test('writes Infinity as text and reads it back', () => {
    const metrics = Object.fromEntries(METRICS.map(({ key }) => [key, 0.1 + 0.2]));
    const record = metricsRecord({
      ...(metrics as unknown as Metrics),
      profitFactor: Number.POSITIVE_INFINITY,
    });
    expect(record.profit_factor).toBe('Infinity');
    expect(record.sharpe_ratio).toBe(0.30000000000000004);
    for (const value of [Number.POSITIVE_INFINITY, -0.1, 1e-300, 0.1 + 0.2]) {
      expect(parseMetricText(metricText(value))).toBe(value);
    }
    expect(parseMetricText('')).toBeNaN();
  });
});

test.each([
  ['equal growth every day', Array.from({ length: 100 }, (_, i) => 1.01 ** (i + 1))],
  ['equal losses every day', Array.from({ length: 100 }, (_, i) => 0.999 ** (i + 1))],
])('returns that differ by rounding only have a Sharpe ratio of 0 (S-50): %s', (_, growth) => {
  const times = Float64Array.from(growth, (_value, i) => i * 86_400_000);
  const equity = Float64Array.from(growth, (factor) => 10_000 * factor);
  const returns = periodReturns(10_000, equity, times, 86_400_000);
  expect(new Set(returns).size).toBeGreaterThan(1);
  expect(sharpeRatio(returns, 365)).toBe(0);
  expect(sharpeRatio([...returns, 0.02], 365)).not.toBe(0);
});
