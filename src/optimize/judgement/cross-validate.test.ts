import { describe, expect, test } from 'vitest';
import { parseBacktestRunConfig } from '../../config/index.js';
import { METRICS } from '../../metrics/index.js';
import { findStrategy } from '../../strategies/index.js';
import { readGrid } from '../grid.js';
import { metricColumn, type ObjectiveName } from '../objective.js';
import { openPlan } from '../plan.js';
import { gridNeighbours } from './neighbours.js';
import { plateau } from './plateau.js';
import { settingsOf } from './settings.js';

describe('the plateau', () => {
  const row = (metric: ObjectiveName, value: number, trades = 50): Float64Array => {
    const metrics = new Float64Array(METRICS.length);
    metrics[metricColumn(metric)] = value;
    metrics[metricColumn('total_trades')] = trades;
    return metrics;
  };

  test.each<[string, ObjectiveName, number, readonly number[], number | undefined]>([
    ['half of the value is enough', 'sharpe_ratio', 2, [2.1, 1, 0.99, -3], 0.5],
    ['a drawdown may double', 'max_drawdown', 0.1, [0.05, 0.2, 0.21, 0.5], 0.5],
    ['a winner that loses stands on nothing', 'sharpe_ratio', -1, [-1, -2], undefined],
    ['without neighbours there is none', 'sharpe_ratio', 2, [], undefined],
    ['an infinite factor keeps only itself', 'profit_factor', Infinity, [Infinity, 9], 0.5],
    ['what is no number is off it', 'sharpe_ratio', 2, [Number.NaN, 2], 0.5],
  ])('%s', (_, metric, value, neighbours, width) => {
    const ranking = { metric, minTrades: 10 };
    const rows = neighbours.map((neighbour) => row(metric, neighbour));
    expect(plateau(ranking, row(metric, value), rows)).toEqual({
      neighbours: neighbours.length,
      width,
    });
  });

  test('a neighbour with too few trades is off it', () => {
    const ranking = { metric: 'sharpe_ratio', minTrades: 10 } as const;
    const rows = [row('sharpe_ratio', 2, 9), row('sharpe_ratio', 2, 10)];
    expect(plateau(ranking, row('sharpe_ratio', 2), rows).width).toBe(0.5);
  });
});

describe('neighbours in the grid', () => {
  const strategy = findStrategy('MACross');
  const { blocks } = readGrid(
    {
      grid: {
        fast_period: [5, 20, 10],
        slow_period: [20, 40],
        ma_type: ['EMA', 'SMA'],
        trend_filter_period: [null, 100, 200],
        stop_loss_pct: [null, 0.02, 0.04],
      },
      at: (name) => name,
    },
    {
      strategy,
      symbol: 'BTCUSDT',
      timeframe: '1h',
      shortsPermitted: false,
      config: parseBacktestRunConfig({ strategy: 'MACross' }),
    },
  );
  const plan = openPlan(blocks);

  function neighboursOf(wanted: object): string[] {
    const trial = [...plan.walk()].find((candidate) => {
      const { parameters, stops } = settingsOf(plan, candidate);
      const all: Record<string, unknown> = { ...parameters, ...stops };
      return Object.entries(wanted).every(([name, value]) => all[name] === value);
    })!;
    const centre = settingsOf(plan, trial);
    const before: Record<string, unknown> = { ...centre.parameters, ...centre.stops };
    return gridNeighbours(strategy, blocks, centre).map((neighbour) => {
      const after: Record<string, unknown> = { ...neighbour.parameters, ...neighbour.stops };
      const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
      return changed.map((name) => `${name} ${String(after[name])}`).join(', ');
    });
  }

  test('differ by one step of one number; words and switches have none', () => {
    expect(
      neighboursOf({
        fast_period: 10,
        slow_period: 40,
        ma_type: 'SMA',
        trend_filter_period: 100,
        stop_loss_pct: 0.02,
      }).sort(),
    ).toEqual([
      'fast_period 20',
      'fast_period 5',
      'slow_period 20',
      'stop_loss_pct 0.04',
      'trend_filter_period 200',
    ]);
  });

  test('what the strategy refuses is none, what is off has none', () => {
    expect(
      neighboursOf({
        fast_period: 20,
        slow_period: 40,
        ma_type: 'EMA',
        trend_filter_period: null,
        stop_loss_pct: null,
      }),
    ).toEqual(['fast_period 10']);
  });

  test('a sample is drawn by chance alone: seeded, ascending and distinct', () => {
    const sample = plan.sample(20, 3);
    expect(plan.sample(20, 3)).toEqual(sample);
    expect(plan.sample(20, 4)).not.toEqual(sample);
    expect(sample).toEqual([...new Set(sample)].sort((first, second) => first - second));
    expect(sample.length).toBe(20);
    expect(plan.sample(1_000, 3).length).toBe(plan.count);
  });
});
