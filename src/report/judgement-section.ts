import { isGoodWord, type JudgementBlock } from '../config/index.js';
import { chance } from '../optimize/index.js';
import { VERDICT_LIMITS } from '../statistics/index.js';
import type { RobustnessCheck } from './robustness-section.js';
import { formatAs, formatNumber, plural } from './shared/index.js';

const LIMITS = VERDICT_LIMITS;

/**
 * Returns the figures behind the verdict on the winner of an optimization. What fails keeps it from a good word, or, where the
 * word is a good one already, from the best.
 *
 * @param block - As `config/best_params.yaml` carries it.
 */
export function judgementChecks(block: JudgementBlock): RobustnessCheck[] {
  const isGood = isGoodWord(block.verdict);
  const pMax = isGood ? LIMITS.convincingP : LIMITS.promisingP;
  const chanceCheck = (name: string, p: number, meaning: string): RobustnessCheck => ({
    name,
    value: chance(p),
    needed: `at most ${chance(pMax)}`,
    isPassed: p <= pMax,
    meaning,
  });
  const betsMin = isGood ? LIMITS.convincingBetsMin : LIMITS.promisingBetsMin;
  const weeksMin = isGood ? LIMITS.convincingWeeksMin : LIMITS.promisingWeeksMin;
  return [
    shown(
      'Trials ever',
      formatAs(block.trials_ever, 'count'),
      `Different combinations ever tried on this strategy and instrument, ${formatAs(block.trials_in_run, 'count')} of them in this run.`,
    ),
    chanceCheck(
      'Chance of luck',
      block.p_luck,
      `In so many worlds without an edge the best of all these trials looks at least this good. Luck shows a Sharpe ratio of ${ratio(block.luck_sharpe_median)} half of the time and ${ratio(block.luck_sharpe_95)} one time in twenty; this winner ${ratio(block.sharpe_ratio)}.`,
    ),
    chanceCheck(
      'Against holding the market',
      block.p_hold,
      `The same against holding the market at the winner's own average exposure (${ratio(block.beta)}): was it known when to be in?`,
    ),
    ...(block.p_founder === null || block.refines === null
      ? []
      : [
          chanceCheck(
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
      ratio(block.expected_sharpe_ratio),
      `Mean of what was chosen on one half of the candles, on the other half; the winner shows ${ratio(block.sharpe_ratio)}. With 95 % the true one is above ${ratio(block.sharpe_lower_bound)}.`,
    ),
    {
      name: 'Weeks that carry it',
      value: figure(block.effective_bets, 1),
      needed: `at least ${betsMin}`,
      isPassed: (block.effective_bets ?? 0) >= betsMin,
      meaning: 'Weeks of equal size that would carry the result as broadly.',
    },
    {
      name: 'Length',
      value: plural(block.weeks, 'week'),
      needed: `at least ${weeksMin}`,
      isPassed: block.weeks >= weeksMin,
      meaning: 'Weeks with candles.',
    },
    forBest(isGood, {
      name: 'Quarters in profit',
      value: formatAs(block.quarters_in_profit, 'count'),
      needed: `at least ${LIMITS.quartersMin}`,
      isPassed: block.quarters_in_profit >= LIMITS.quartersMin,
      meaning: 'Of four consecutive parts of the period.',
    }),
    forBest(isGood, {
      name: 'Without the best quarter',
      value: `t ${figure(block.t_without_best_quarter, 1)}`,
      needed: `at least ${LIMITS.tWithoutBestMin}`,
      isPassed: (block.t_without_best_quarter ?? 0) >= LIMITS.tWithoutBestMin,
      meaning: 'What the other three parts show.',
    }),
    forBest(isGood, {
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
    forBest(isGood, {
      name: 'Under stress',
      value: ratio(block.stress_sharpe_ratio),
      needed: 'above 0',
      isPassed: (block.stress_sharpe_ratio ?? 0) > 0,
      meaning:
        'Sharpe ratio with doubled commission and slippage, and stops that fill beyond their level.',
    }),
    {
      name: 'Costs per side',
      value: `${Number(block.costs.toPrecision(6))} bp`,
      needed: 'above 0',
      isPassed: block.costs > 0,
      meaning:
        'Commission and slippage in basis points; without them a result says nothing about trading.',
    },
    shown(
      'Overfitting probability',
      figure(block.overfitting_probability, 3),
      'How often the best of one half of the candles is below the median in the other half.',
    ),
    shown(
      'Plateau width',
      block.plateau_width === null ? '–' : formatAs(block.plateau_width, 'fraction'),
      block.plateau_neighbours === 0
        ? 'There are no neighbours in the grid to compare with.'
        : `Share of the ${plural(block.plateau_neighbours, 'neighbour')} in the grid that keep at least half of the value; below one half the winner stands on a needle.`,
    ),
    shown('Trades', formatAs(block.trades, 'count'), 'Of the winner.'),
    shown(
      'Ambiguous share',
      formatAs(block.ambiguous_share, 'fraction'),
      'Share of the money won and lost that hangs on candles which held both stop and target.',
    ),
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

/** What only the best word asks for is marked where the word is a good one. */
function forBest(isGood: boolean, check: RobustnessCheck): RobustnessCheck {
  return isGood ? check : { ...check, needed: undefined, isPassed: undefined };
}

function shown(name: string, value: string, meaning: string): RobustnessCheck {
  return { name, value, needed: undefined, isPassed: undefined, meaning };
}

function ratio(value: number | null): string {
  return value === null ? '–' : formatAs(value, 'ratio');
}

function figure(value: number | null, decimals: number): string {
  return value === null ? '–' : formatNumber(value, decimals);
}
