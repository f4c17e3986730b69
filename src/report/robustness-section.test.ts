import { describe, expect, test } from 'vitest';
import type { RobustnessBlock } from '../config/index.js';
import { robustnessChecks, robustnessSection } from './robustness-section.js';

const BLOCK: RobustnessBlock = {
  robust: false,
  verdict: 'Probably overfit: <b>no</b>.',
  failed: ['…'],
  trials: 3_564,
  trials_in_run: 1_188,
  deflated_sharpe_ratio: 0.424,
  luck_sharpe_ratio: 1.68,
  sharpe_ratio: 1.59,
  length_years: 4.87,
  min_backtest_length_years: 5.1,
  overfitting_probability: 0.186,
  overfitting_splits: 12_870,
  reality_check_p: 0.034,
  spa_p: 0.026,
  sample_trials: 992,
  sample_seed: 1,
  sample_returns: 1_779,
  plateau_width: 0.75,
  plateau_neighbours: 4,
  trades: 273,
  costs: 10,
  ambiguous_share: 0,
};

describe('robustnessChecks()', () => {
  const marks = (change: Partial<RobustnessBlock> = {}): (string | undefined)[] =>
    robustnessChecks({ ...BLOCK, ...change }).map(({ name, value, isPassed }) =>
      isPassed === undefined ? undefined : `${name} ${value} ${isPassed ? 'passed' : 'failed'}`,
    );

  test('judges what the gate judges, and only shows the rest', () => {
    expect(marks()).toEqual([
      undefined,
      'Deflated Sharpe ratio 0.424 failed',
      'Length 4.9 years failed',
      'Overfitting probability 0.186 passed',
      'Trades 273 passed',
      'Costs per side 10 bp passed',
      undefined,
      undefined,
      undefined,
    ]);
    expect(robustnessChecks(BLOCK)[3]!.meaning).toContain(
      '12,870 splits of 992 combinations run again (seed 1), 1,779 returns each',
    );
  });

  test.each<[string, Partial<RobustnessBlock>, string]>([
    ['the limit is enough', { deflated_sharpe_ratio: 0.95 }, 'Deflated Sharpe ratio 0.950 passed'],
    ['unknown is not passed', { deflated_sharpe_ratio: null }, 'Deflated Sharpe ratio – failed'],
    ['long enough', { length_years: 5.1 }, 'Length 5.1 years passed'],
    ['no edge has no length', { min_backtest_length_years: null }, 'Length 4.9 years failed'],
    ['overfit', { overfitting_probability: 0.21 }, 'Overfitting probability 0.210 failed'],
    ['untested', { overfitting_probability: null }, 'Overfitting probability – failed'],
    [
      'nothing chosen',
      { overfitting_probability: null, trials: 1 },
      'Overfitting probability – passed',
    ],
    ['few trades', { trades: 99 }, 'Trades 99 failed'],
    ['no costs', { costs: 0 }, 'Costs per side 0 bp failed'],
  ])('%s', (_, change, expected) => {
    expect(marks(change)).toContain(expected);
  });
});

test('a file that does not tell the costs has no such figure', () => {
  const { costs, ...older } = BLOCK;
  expect(costs).toBe(10);
  expect(robustnessChecks(older).map(({ name }) => name)).not.toContain('Costs per side');
});

test('the section says the verdict, marks what fails, and escapes', () => {
  const { content } = robustnessSection(BLOCK.verdict, robustnessChecks(BLOCK));
  const markup = String(content);
  expect(markup).toContain('Probably overfit: &lt;b&gt;no&lt;/b&gt;.');
  expect(markup.match(/✗ at least/g)).toHaveLength(2);
  expect(markup.match(/✓ at/g)).toHaveLength(2);
});
