import { isGoodWord, type JudgementBlock } from '../config/index.js';
import { chance } from '../optimize/index.js';
import { VERDICT_LIMITS } from '../statistics/index.js';
import { formatAs, plural } from './shared/index.js';
import {
  ambiguousFigure,
  costsCheck,
  figureText,
  plateauFigure,
  ratioText,
  shown,
  type VerdictCheck,
  VerdictChecks,
} from './verdict-checks.js';

const LIMITS = VERDICT_LIMITS;

/**
 * Returns the figures behind the verdict on the winner of an optimization. What fails keeps it from a good word, or, where the
 * word is a good one already, from the best.
 *
 * @param block - As `config/best_params.yaml` carries it.
 */
export function judgementChecks(block: JudgementBlock): VerdictCheck[] {
  const checks = new VerdictChecks(isGoodWord(block.verdict));
  return [
    shown(
      'Trials on record',
      formatAs(block.trials_ever, 'count'),
      `All different combinations ever tried for this strategy and instrument (the trial ledger),  ${formatAs(block.trials_in_run, 'count')} of them in this run.`,
    ),
    checks.chance(
      'Chance of luck',
      block.p_luck,
      `Data-snooping adjusted p-value, as in White's Reality Check: in this share of worlds without an edge, the best of all trials on this instrument looks at least this good (1,024 sign flips of whole weeks). The best by luck has a Sharpe ratio of ${ratioText(block.luck_sharpe_median)} in the median and ${ratioText(block.luck_sharpe_95)} at the 95th percentile; this winner has ${ratioText(block.sharpe_ratio)}.`,
    ),
    checks.chance(
      'Against holding the market',
      block.p_hold,
      `The same p-value for the return beyond holding the market at the winner's average exposure (beta ${ratioText(block.beta)}): it tests the timing.`,
    ),
    ...(block.p_founder === null || block.refines === null
      ? []
      : [
          checks.chance(
            'Chance of luck of the refined winner',
            block.p_founder,
            `Refining an earlier winner does not improve its evidence: this is the p-value of ${block.refines}.`,
          ),
        ]),
    ...(block.p_all_ledgers === null
      ? []
      : [
          shown(
            'Against all ledgers',
            chance(block.p_all_ledgers),
            'The same p-value against all trials in this folder, including other strategies and symbols.',
          ),
        ]),
    shown(
      'Expected Sharpe ratio',
      ratioText(block.expected_sharpe_ratio),
      `Cross-validated (CSCV): mean out-of-sample Sharpe ratio of the combination chosen on one half of the blocks, measured on the other half; the winner shows ${ratioText(block.sharpe_ratio)} in-sample. The true value is above ${ratioText(block.sharpe_lower_bound)} with 95 % confidence.`,
    ),
    ...checks.weeks({ bets: block.effective_bets, weeks: block.weeks }, 'Length'),
    ...checks.quarters(
      { inProfit: block.quarters_in_profit, tWithoutBest: block.t_without_best_quarter },
      'the period',
    ),
    checks.forBest({
      name: 'Probability of loss out-of-sample',
      value: block.loss_probability === null ? '–' : chance(block.loss_probability),
      needed: `at most ${chance(LIMITS.lossProbabilityMax)}`,
      isPassed:
        block.loss_probability === null
          ? block.trials_ever === 1
          : block.loss_probability <= LIMITS.lossProbabilityMax,
      meaning:
        `Share of splits in which the best combination of one half loses money in the other half (CSCV): ${formatAs(block.overfitting_splits, 'count')} splits. ${block.choice ?? ''}`.trim(),
    }),
    checks.forBest({
      name: 'Under stress',
      value: ratioText(block.stress_sharpe_ratio),
      needed: 'above 0',
      isPassed: (block.stress_sharpe_ratio ?? 0) > 0,
      meaning:
        'Sharpe ratio with doubled commission and slippage, and with stops filled beyond their level.',
    }),
    costsCheck(block.costs),
    shown(
      'Probability of backtest overfitting',
      figureText(block.overfitting_probability, 3),
      'PBO (Bailey, Borwein, López de Prado, Zhu): share of splits in which the best combination of one half is below the median in the other half.',
    ),
    plateauFigure(
      { width: block.plateau_width, neighbours: block.plateau_neighbours },
      'of the winner',
    ),
    shown('Trades', formatAs(block.trades, 'count'), 'Number of trades of the winner.'),
    ambiguousFigure(block.ambiguous_share),
  ];
}

/**
 * Says what was cross-validated.
 *
 * @param block - Of the winner.
 */
export function sampleWords(block: JudgementBlock): string {
  if (block.sample_trials === 0) return 'not cross-validated (--robust-sample 0)';
  const drawn = block.sample_is_whole_grid
    ? 'the whole grid'
    : `a random sample independent of the results (seed ${block.sample_seed})`;
  return `cross-validated on ${plural(block.sample_trials, 'combination')}, ${drawn}, ${plural(block.sample_returns, 'return')} each`;
}
