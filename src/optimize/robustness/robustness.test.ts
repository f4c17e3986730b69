import { describe, expect, test } from 'vitest';
import { parseBacktestRunConfig } from '../../config/index.js';
import { METRICS } from '../../metrics/index.js';
import { findStrategy } from '../../strategies/index.js';
import { readGrid } from '../grid.js';
import { metricColumn, type ObjectiveName } from '../objective.js';
import { openPlan } from '../plan.js';
import { judgeRobustness, type RobustnessEvidence } from './gate.js';
import { gridNeighbours } from './neighbours.js';
import { plateau } from './plateau.js';
import { sampleWithBest, settingsOf } from './settings.js';

/** The worked example of Bailey and López de Prado, "The Deflated Sharpe Ratio", 2014: 2.5 a year, 100 trials, DSR 0.9004. */
const EXAMPLE: RobustnessEvidence = {
  sharpe: { sharpe: 2.5 / Math.sqrt(250), observations: 1_250, skewness: -3, kurtosis: 10 },
  perYear: 250,
  trials: 100,
  trialsInRun: 60,
  trialVariance: 0.5,
  lengthYears: 5,
  overfitting: { probability: 0.1, splits: 12_870 },
  realityCheck: { pValue: 0.04, spa: 0.03 },
  plateau: { width: 0.75, neighbours: 8 },
  sample: { trials: 60, seed: 1, returns: 1_250 },
  trades: 250,
  ambiguousShare: 0.05,
  costs: 10,
};

describe('the gate', () => {
  test('reproduces the published deflated Sharpe ratio, and refuses 0.90', () => {
    const block = judgeRobustness(EXAMPLE);
    expect(block).toMatchObject({
      robust: false,
      trials: 100,
      trials_in_run: 60,
      deflated_sharpe_ratio: 0.900397,
      sharpe_ratio: 2.5,
      // 0.113172 per day.
      luck_sharpe_ratio: 1.78941,
      // (2.530603 / 2.5)².
      min_backtest_length_years: 1.02463,
      overfitting_probability: 0.1,
      reality_check_p: 0.04,
      spa_p: 0.03,
      plateau_width: 0.75,
    });
    expect(block.verdict).toBe(
      "Probably overfit: the best of 100 trials shows a Sharpe ratio of 1.79 per year by luck alone, and this winner's 2.50 is not far enough above it.",
    );
    expect(block.failed).toEqual([
      'deflated Sharpe ratio 0.900, at least 0.95 is needed: the best of 100 trials shows about 1.79 per year by luck alone, the winner 2.50',
    ]);
  });

  test('accepts the same winner after 46 trials, where the published value is 0.9505', () => {
    const block = judgeRobustness({ ...EXAMPLE, trials: 46, trialsInRun: 46 });
    expect(block).toMatchObject({ robust: true, failed: [], deflated_sharpe_ratio: 0.950502 });
    expect(block.verdict).toBe(
      'Robust: after 46 trials the winner is still better than luck explains (deflated Sharpe ratio 0.951); only candles it has not seen can confirm it.',
    );
  });

  const robust: RobustnessEvidence = { ...EXAMPLE, trials: 46, trialsInRun: 46 };
  test.each<[string, Partial<RobustnessEvidence>, string, string[]]>([
    [
      'an overfitting probability above 0.2',
      { overfitting: { probability: 0.2001, splits: 70 } },
      'Probably overfit: the best of one half of the candles is too often below the median in the other (probability 0.200).',
      [
        'probability of overfitting 0.200, at most 0.2 is allowed: so often the best of one half of the candles is below the median in the other',
      ],
    ],
    [
      'a period too short for so many trials',
      { lengthYears: 0.8 },
      'Probably overfit: 0.80 years of candles, at least 0.81 are needed for a Sharpe ratio of 2.50 after 46 trials.',
      [
        '0.80 years of candles, at least 0.81 are needed for a Sharpe ratio of 2.50 after 46 trials',
      ],
    ],
    [
      '99 trades',
      { trades: 99 },
      'Not proven: 99 trades, at least 100 are needed.',
      ['99 trades, at least 100 are needed'],
    ],
    [
      'no costs',
      { costs: 0 },
      'Not proven: no costs were charged (commission and slippage are 0).',
      ['no costs were charged (commission and slippage are 0)'],
    ],
    [
      'too few days',
      { overfitting: undefined },
      'Probably overfit: the probability of overfitting cannot be computed from so few days.',
      ['the probability of overfitting cannot be computed from so few days'],
    ],
    [
      'one combination after many others',
      { overfitting: undefined, trialsInRun: 1 },
      'Probably overfit: the probability of overfitting cannot be computed from one combination; run the whole grid.',
      [
        'the probability of overfitting cannot be computed from one combination; run the whole grid',
      ],
    ],
    [
      'a loss',
      { sharpe: { ...EXAMPLE.sharpe, sharpe: -0.01 } },
      'Probably overfit: the best of 46 trials shows a Sharpe ratio of 1.59 per year by luck alone, this winner -0.16.',
      [
        'deflated Sharpe ratio 0.000, at least 0.95 is needed: the best of 46 trials shows about 1.59 per year by luck alone, the winner -0.16',
        "the winner's Sharpe ratio is -0.16 per year: there is no edge to be proven",
      ],
    ],
    [
      'a single trial without an edge to speak of',
      { trials: 1, trialsInRun: 1, sharpe: { ...EXAMPLE.sharpe, sharpe: 0.01 } },
      "Probably overfit: a single trial shows a Sharpe ratio of 0.00 per year by luck alone, and this winner's 0.16 is not far enough above it.",
      [
        'deflated Sharpe ratio 0.636, at least 0.95 is needed: a single trial shows about 0.00 per year by luck alone, the winner 0.16',
      ],
    ],
  ])(
    'refuses %s in one sentence, and lists everything that failed',
    (_, change, verdict, failed) => {
      const block = judgeRobustness({ ...robust, ...change });
      expect(block.robust).toBe(false);
      expect(block.verdict).toBe(verdict);
      expect(block.failed).toEqual(failed);
    },
  );

  test('exactly on the limits is robust', () => {
    const block = judgeRobustness({
      ...robust,
      overfitting: { probability: 0.2, splits: 70 },
      trades: 100,
    });
    expect(block.robust).toBe(true);
  });

  test('one combination alone is no selection: it needs no overfitting probability', () => {
    const block = judgeRobustness({
      ...robust,
      trials: 1,
      trialsInRun: 1,
      trialVariance: 0,
      overfitting: undefined,
    });
    expect(block).toMatchObject({
      robust: true,
      overfitting_probability: null,
      luck_sharpe_ratio: 0,
    });
    expect(block.verdict).toMatch(/^Robust: after 1 trial the winner/);
  });

  test('one combination picked out of 5,000 earlier ones does not escape them', () => {
    const picked = judgeRobustness({ ...robust, trials: 5_000, trialsInRun: 1, trialVariance: 0 });
    // √(1/1249)·√250 · E(5000): the spread that luck alone has.
    expect(picked.luck_sharpe_ratio).toBeCloseTo(Math.sqrt(250 / 1_249) * 3.6871, 3);
    const more = judgeRobustness({ ...robust, trials: 50, trialsInRun: 1, trialVariance: 0 });
    expect(picked.deflated_sharpe_ratio!).toBeLessThan(more.deflated_sharpe_ratio!);
  });

  test('more trials never make a winner look better', () => {
    const values = [1, 2, 10, 100, 1e4, 1e6].map(
      (trials) => judgeRobustness({ ...EXAMPLE, trials }).deflated_sharpe_ratio!,
    );
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(new Set(values).size).toBe(values.length);
  });
});

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

  test('the sample holds the best, is seeded, ascending and distinct', () => {
    const best = [plan.count - 1, 0, 7];
    const sample = sampleWithBest(plan, best, 20, 3);
    expect(sampleWithBest(plan, best, 20, 3)).toEqual(sample);
    expect(sampleWithBest(plan, best, 20, 4)).not.toEqual(sample);
    expect(sample).toEqual([...new Set(sample)].sort((a, b) => a - b));
    expect(sample.length).toBeLessThanOrEqual(20);
    expect(best.every((id) => sample.includes(id))).toBe(true);
    expect(sampleWithBest(plan, best, 2, 3)).toEqual([0, plan.count - 1]);
    expect(sampleWithBest(plan, best, 1_000, 3).length).toBe(plan.count);
  });
});
