import type { WalkForwardResult } from '../forward-test/index.js';
import { isAtLeast } from '../statistics/index.js';
import { formatAs, plural } from './shared/index.js';
import {
  ambiguousFigure,
  costsCheck,
  figureText,
  plateauFigure,
  shown,
  type VerdictCheck,
  VerdictChecks,
} from './verdict-checks.js';

/**
 * Returns the figures behind the verdict on a walk-forward.
 *
 * @param result - With its judgement.
 * @returns Nothing before the last window is finished.
 */
export function walkForwardChecks({
  judgement,
  selection,
  stitched,
  windows,
}: WalkForwardResult): VerdictCheck[] {
  if (judgement === undefined || selection === undefined || stitched === undefined) return [];
  const { metrics } = stitched;
  const { evidence, walks, trials } = selection;
  const { figures, luck, efficiency, earned } = judgement;
  const checks = new VerdictChecks(isAtLeast(judgement.verdict, 'promising'));
  const isChosen = windows[0]!.combinations > 1;
  const overfitting = evidence?.overfitting;
  return [
    shown(
      'Walk-forwards on record',
      formatAs(walks, 'count'),
      `Different walk-forwards of this strategy and instrument, including this one: other grids, lengths or metrics. Repeating until one looks good is selection, too.${trials === undefined ? '' : ` Combinations ever evaluated: ${formatAs(trials, 'count')}.`}`,
    ),
    {
      name: 'Profit of the tests',
      value: formatAs(earned, 'signed-fraction'),
      needed: 'above 0',
      isPassed: earned > 0,
      meaning: 'All tests together, after costs.',
    },
    checks.chance(
      'Chance of luck',
      judgement.pLuck,
      `Adjusted p-value: in this share of worlds without an edge, ${walks === 1 ? 'the tests' : `the best of ${walks} walk-forwards`} would look at least this good (1,024 sign flips of whole weeks). Luck has a Sharpe ratio of ${formatAs(luck.median, 'ratio')} in the median and ${formatAs(luck.high, 'ratio')} at the 95th percentile; these tests have ${formatAs(metrics.sharpeRatio, 'ratio')}.`,
    ),
    checks.chance(
      'Against holding the market',
      judgement.pHold,
      `The same p-value for the return beyond holding the market at the tests' average exposure (beta ${formatAs(figures.beta, 'ratio')}): it tests the timing.`,
    ),
    ...(judgement.pFounder === undefined
      ? []
      : [
          checks.chance(
            'Chance of luck of the refined walk-forward',
            judgement.pFounder,
            `Refining an earlier walk-forward does not improve its evidence: this is the p-value of ${judgement.refines ?? 'the first one'}.`,
          ),
        ]),
    ...checks.weeks(figures, 'Length of the tests'),
    ...checks.quarters(figures.parts, 'the tests'),
    costsCheck(judgement.costs),
    shown(
      'Efficiency',
      efficiency === undefined ? '–' : formatAs(efficiency, 'ratio'),
      efficiency === undefined
        ? 'The training windows made no profit.'
        : 'Walk-forward efficiency: annual growth out-of-sample / in-sample; for luck it is usually below one half.',
    ),
    shown(
      'Windows in profit',
      formatAs(judgement.profitableShare, 'fraction'),
      `Of ${plural(windows.length, 'window')}.`,
    ),
    shown(
      'Probability of backtest overfitting',
      isChosen ? figureText(overfitting?.probability, 3) : 'no choice',
      evidence === undefined || overfitting === undefined
        ? 'PBO, the share of splits in which the best combination of one half is below the median in the other half: not tested.'
        : `PBO, the share of splits in which the best combination of one half is below the median in the other half: ${formatAs(overfitting.splits, 'count')} splits of ${sampleText(evidence.sample)}.`,
    ),
    shown('Trades', formatAs(metrics.totalTrades, 'count'), 'All tests together.'),
    plateauFigure(
      { width: evidence?.plateau.width, neighbours: evidence?.plateau.neighbours ?? 0 },
      'of the last window, on all candles,',
    ),
    ambiguousFigure(metrics.ambiguousShare),
  ];
}

function sampleText(sample: {
  readonly trials: number;
  readonly seed: number;
  readonly returns: number;
}): string {
  return `${plural(sample.trials, 'combination')} in the sample (seed ${sample.seed}), ${plural(sample.returns, 'return')} each`;
}
