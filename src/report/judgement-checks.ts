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
      'Trials ever',
      formatAs(block.trials_ever, 'count'),
      `Different combinations ever tried on this strategy and instrument, ${formatAs(block.trials_in_run, 'count')} of them in this run.`,
    ),
    checks.chance(
      'Chance of luck',
      block.p_luck,
      `In so many worlds without an edge the best of everything that was tried on this instrument looks at least this good. Luck shows a Sharpe ratio of ${ratioText(block.luck_sharpe_median)} half of the time and ${ratioText(block.luck_sharpe_95)} one time in twenty; this winner ${ratioText(block.sharpe_ratio)}.`,
    ),
    checks.chance(
      'Against holding the market',
      block.p_hold,
      `The same against holding the market at the winner's own average exposure (${ratioText(block.beta)}): was it known when to be in?`,
    ),
    ...(block.p_founder === null || block.refines === null
      ? []
      : [
          checks.chance(
            'Of the winner it refines',
            block.p_founder,
            `Refining an earlier winner never improves its evidence: this is that of ${block.refines}.`,
          ),
        ]),
    ...(block.p_all_ledgers === null
      ? []
      : [
          shown(
            'Against all ledgers',
            chance(block.p_all_ledgers),
            'The same against everything ever tried in this folder, other strategies and symbols included.',
          ),
        ]),
    shown(
      'Expected Sharpe ratio',
      ratioText(block.expected_sharpe_ratio),
      `Mean of what was chosen on one half of the candles, on the other half; the winner shows ${ratioText(block.sharpe_ratio)}. With 95 % the true one is above ${ratioText(block.sharpe_lower_bound)}.`,
    ),
    ...checks.weeks({ bets: block.effective_bets, weeks: block.weeks }, 'Length'),
    ...checks.quarters(
      { inProfit: block.quarters_in_profit, tWithoutBest: block.t_without_best_quarter },
      'the period',
    ),
    checks.forBest({
      name: 'Loss out of sample',
      value: block.loss_probability === null ? '–' : chance(block.loss_probability),
      needed: `at most ${chance(LIMITS.lossProbabilityMax)}`,
      isPassed:
        block.loss_probability === null
          ? block.trials_ever === 1
          : block.loss_probability <= LIMITS.lossProbabilityMax,
      meaning:
        `How often the best of one half of the candles loses money in the other: ${formatAs(block.overfitting_splits, 'count')} splits. ${block.choice ?? ''}`.trim(),
    }),
    checks.forBest({
      name: 'Under stress',
      value: ratioText(block.stress_sharpe_ratio),
      needed: 'above 0',
      isPassed: (block.stress_sharpe_ratio ?? 0) > 0,
      meaning:
        'Sharpe ratio with doubled commission and slippage, and stops that fill beyond their level.',
    }),
    costsCheck(block.costs),
    shown(
      'Overfitting probability',
      figureText(block.overfitting_probability, 3),
      'How often the best of one half of the candles is below the median in the other half.',
    ),
    plateauFigure(
      { width: block.plateau_width, neighbours: block.plateau_neighbours },
      'of the winner',
    ),
    shown('Trades', formatAs(block.trades, 'count'), 'Of the winner.'),
    ambiguousFigure(block.ambiguous_share),
  ];
}

/**
 * Says what was cross-validated.
 *
 * @param block - Of the winner.
 */
export function sampleWords(block: JudgementBlock): string {
  if (block.sample_trials === 0) return 'choosing was not cross-validated (--robust-sample 0)';
  const drawn = block.sample_is_whole_grid
    ? 'all of the grid'
    : `drawn by chance, whatever their results (seed ${block.sample_seed})`;
  return `cross-validated on ${plural(block.sample_trials, 'combination')}, ${drawn}, ${plural(block.sample_returns, 'return')} each`;
}
