import { describe, expect, test } from 'vitest';
import type { JudgementBlock } from '../config/index.js';
import { PROMISING_EXAMPLE } from '../config/judgement-block.contract.js';
import { judgementChecks, sampleWords } from './judgement-checks.js';
import { verdictSection } from './verdict-section.js';

describe('judgementChecks()', () => {
  const marks = (change: Partial<JudgementBlock> = {}): (string | undefined)[] =>
    judgementChecks({ ...PROMISING_EXAMPLE, ...change }).map(({ name, value, isPassed }) =>
      isPassed === undefined ? undefined : `${name} ${value} ${isPassed ? 'passed' : 'failed'}`,
    );

  test('of a promising result says what the best word needs', () => {
    expect(marks().filter((mark) => mark !== undefined)).toEqual([
      'Chance of luck 0.5 % passed',
      'Against holding the market 2.7 % failed',
      'Effective number of weeks 41.0 passed',
      'Length 334 weeks passed',
      'Quarters in profit 4 passed',
      'Without the best quarter t 2.2 passed',
      'Probability of loss out-of-sample 4.4 % passed',
      'Under stress 1.21 passed',
      'Costs per side 11 bp passed',
    ]);
  });

  test('of an unproven result says what a good word needs', () => {
    expect(
      marks({ verdict: 'Not proven', p_hold: 0.066 }).filter((mark) => mark !== undefined),
    ).toEqual([
      'Chance of luck 0.5 % passed',
      'Against holding the market 6.6 % failed',
      'Effective number of weeks 41.0 passed',
      'Length 334 weeks passed',
      'Costs per side 11 bp passed',
    ]);
  });

  test.each<[string, Partial<JudgementBlock>, string]>([
    ['no costs', { costs: 0 }, 'Costs per side 0 bp failed'],
    ['the limit is enough', { p_hold: 0.005 }, 'Against holding the market 0.5 % passed'],
    ['unknown bets', { effective_bets: null }, 'Effective number of weeks – failed'],
    [
      'no cross-validation',
      { loss_probability: null },
      'Probability of loss out-of-sample – failed',
    ],
    [
      'no choice',
      { loss_probability: null, trials_ever: 1 },
      'Probability of loss out-of-sample – passed',
    ],
    ['no stress run', { stress_sharpe_ratio: null }, 'Under stress – failed'],
    [
      'a refined winner',
      { p_founder: 0.04, refines: 'fast_period=9' },
      'Chance of luck of the refined winner 4 % failed',
    ],
  ])('%s', (_, change, expected) => {
    expect(marks(change)).toContain(expected);
  });
});

test.each<[string, Partial<JudgementBlock>, string]>([
  ['a whole grid', {}, 'cross-validated on 308 combinations, the whole grid, 2,328 returns each'],
  [
    'a sample',
    { sample_is_whole_grid: false },
    'cross-validated on 308 combinations, a random sample independent of the results (seed 1), 2,328 returns each',
  ],
  ['none', { sample_trials: 0 }, 'not cross-validated (--robust-sample 0)'],
])('the sample is named: %s', (_, change, words) => {
  expect(sampleWords({ ...PROMISING_EXAMPLE, ...change })).toBe(words);
});

test('the section says the verdict, marks what fails, and escapes', () => {
  const { content } = verdictSection('Promising: <b>yes</b>.', judgementChecks(PROMISING_EXAMPLE));
  const markup = String(content);
  expect(markup).toContain('Promising: &lt;b&gt;yes&lt;/b&gt;.');
  expect(markup.match(/✗ at most/g)).toHaveLength(1);
  expect(markup.match(/✓/g)).toHaveLength(8);
});
