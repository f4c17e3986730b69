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
      'Walk-forwards ever',
      formatAs(walks, 'count'),
      `Different ones on this strategy and instrument, this one included: other grids, lengths or metrics. Whoever tries until one looks good has chosen.${trials === undefined ? '' : ` Combinations ever evaluated: ${formatAs(trials, 'count')}.`}`,
    ),
    {
      name: 'Profit of the tests',
      value: formatAs(earned, 'signed-fraction'),
      needed: 'above 0',
      isPassed: earned > 0,
      meaning: 'Of all tests together, after costs.',
    },
    checks.chance(
      'Chance of luck',
      judgement.pLuck,
      `In so many worlds without an edge ${walks === 1 ? 'tests' : `the best of ${walks} walk-forwards`} would look at least this good. Luck shows a Sharpe ratio of ${formatAs(luck.median, 'ratio')} half of the time and ${formatAs(luck.high, 'ratio')} one time in twenty; these tests ${formatAs(metrics.sharpeRatio, 'ratio')}.`,
    ),
    checks.chance(
      'Against holding the market',
      judgement.pHold,
      `The same against holding the market at the tests' own average exposure (${formatAs(figures.beta, 'ratio')}): was it known when to be in?`,
    ),
    ...(judgement.pFounder === undefined
      ? []
      : [
          checks.chance(
            'Of the walk-forward it refines',
            judgement.pFounder,
            `Other lengths of what was tried before never improve its evidence: this is that of ${judgement.refines ?? 'the first one'}.`,
          ),
        ]),
    ...checks.weeks(figures, 'Length of the tests'),
    ...checks.quarters(figures.parts, 'the tests'),
    costsCheck(judgement.costs),
    shown(
      'Efficiency',
      efficiency === undefined ? '–' : formatAs(efficiency, 'ratio'),
      efficiency === undefined
        ? 'Even the windows that were optimized on earned nothing.'
        : 'How much of the growth per year in-sample was left out-of-sample; luck usually leaves less than half.',
    ),
    shown(
      'Windows in profit',
      formatAs(judgement.profitableShare, 'fraction'),
      `Of ${plural(windows.length, 'window')}.`,
    ),
    shown(
      'Overfitting probability',
      isChosen ? figureText(overfitting?.probability, 3) : 'nothing chosen',
      evidence === undefined || overfitting === undefined
        ? 'How often the best combination of one half of all candles is below the median in the other half: not tested.'
        : `How often the best combination of one half of all candles is below the median in the other half: ${formatAs(overfitting.splits, 'count')} splits of ${sampleText(evidence.sample)}.`,
    ),
    shown('Trades', formatAs(metrics.totalTrades, 'count'), 'In all tests together.'),
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
  return `${plural(sample.trials, 'combination')} run again (seed ${sample.seed}), ${plural(sample.returns, 'return')} each`;
}
