import {
  PROFITABLE_SHARE_MIN,
  WALK_FORWARD_EFFICIENCY_MIN,
  type WalkForwardResult,
} from '../forward-test/index.js';
import { ROBUSTNESS_GATE } from '../optimize/index.js';
import { html, type SafeHtml } from './html.js';
import type { Section } from './page.js';
import { formatAs, formatNumber, plural } from './shared/index.js';

/** One figure that says whether a choice is more than luck. */
export interface RobustnessCheck {
  readonly name: string;
  readonly value: string;
  /** What the gate asks for; `undefined` where the figure is to be read and not judged. */
  readonly needed: string | undefined;
  /** `undefined` without a gate. */
  readonly isPassed: boolean | undefined;
  /** What the figure says, in plain words. */
  readonly meaning: string;
}

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
}: WalkForwardResult): RobustnessCheck[] {
  if (judgement === undefined || selection === undefined || stitched === undefined) return [];
  const { deflatedSharpeMin, overfittingMax, tradesMin } = ROBUSTNESS_GATE;
  const { metrics } = stitched;
  const { evidence, walks, trials } = selection;
  const { deflatedSharpe, luckSharpe, lengthYears, lengthYearsMin } = judgement;
  const { earned, efficiency, profitableShare } = judgement;
  const sharpe = formatAs(metrics.sharpeRatio, 'ratio');
  const isChosen = windows[0]!.combinations > 1;
  const overfitting = evidence?.overfitting;
  return [
    {
      name: 'Walk-forwards ever',
      value: formatAs(walks, 'count'),
      needed: undefined,
      isPassed: undefined,
      meaning: `Different ones on this strategy and instrument, this one included: other grids, lengths or metrics. Whoever tries until one holds up has chosen.${trials === undefined ? '' : ` Combinations ever evaluated: ${formatAs(trials, 'count')}.`}`,
    },
    {
      name: 'Profit of the tests',
      value: formatAs(earned, 'signed-fraction'),
      needed: 'above 0',
      isPassed: earned > 0,
      meaning: 'Of all tests together, after costs.',
    },
    {
      name: 'Efficiency',
      value: efficiency === undefined ? '–' : formatAs(efficiency, 'ratio'),
      needed: `at least ${WALK_FORWARD_EFFICIENCY_MIN}`,
      isPassed: (efficiency ?? 0) >= WALK_FORWARD_EFFICIENCY_MIN,
      meaning:
        efficiency === undefined
          ? 'Even the windows that were optimized on earned nothing.'
          : 'How much of the growth per year in-sample was left out-of-sample; luck usually leaves less than half.',
    },
    {
      name: 'Windows in profit',
      value: formatAs(profitableShare, 'fraction'),
      needed: `at least ${100 * PROFITABLE_SHARE_MIN} %`,
      isPassed: profitableShare >= PROFITABLE_SHARE_MIN,
      meaning: 'One lucky window can carry all the others.',
    },
    {
      name: 'Deflated Sharpe ratio',
      value: Number.isNaN(deflatedSharpe) ? '–' : formatNumber(deflatedSharpe, 3),
      needed: `at least ${deflatedSharpeMin}`,
      isPassed: deflatedSharpe >= deflatedSharpeMin,
      meaning: `Probability that the tests (${sharpe} per year) are better than what ${walks === 1 ? 'no skill' : `the best of ${walks} walk-forwards`} shows by luck alone (${formatAs(luckSharpe, 'ratio')} per year).`,
    },
    {
      name: 'Length of the tests',
      value: `${formatNumber(lengthYears, 1)} years`,
      ...(walks === 1
        ? { needed: undefined, isPassed: undefined }
        : {
            needed: Number.isFinite(lengthYearsMin)
              ? `at least ${formatNumber(lengthYearsMin, 1)} years`
              : 'a Sharpe ratio above 0',
            isPassed: lengthYears >= lengthYearsMin,
          }),
      meaning:
        walks === 1
          ? 'The first walk-forward was not chosen from others: no length is asked for.'
          : `On shorter tests a Sharpe ratio of ${sharpe} is a matter of course after so many walk-forwards.`,
    },
    {
      name: 'Overfitting probability',
      value: isChosen ? figure(overfitting?.probability ?? null, 3) : 'nothing chosen',
      needed: `at most ${overfittingMax}`,
      isPassed: !isChosen || (overfitting?.probability ?? 1) <= overfittingMax,
      meaning:
        evidence === undefined || overfitting === undefined
          ? 'How often the best combination of one half of all candles is below the median in the other half: not tested.'
          : `How often the best combination of one half of all candles is below the median in the other half: ${formatAs(overfitting.splits, 'count')} splits of ${sampleText(evidence.sample)}.`,
    },
    {
      name: 'Trades',
      value: formatAs(metrics.totalTrades, 'count'),
      needed: `at least ${tradesMin}`,
      isPassed: metrics.totalTrades >= tradesMin,
      meaning: 'In all tests together; fewer prove nothing.',
    },
    costsCheck(judgement.costs),
    plateauCheck(
      evidence?.plateau.width,
      evidence?.plateau.neighbours ?? 0,
      'of the last window, on all candles,',
    ),
    {
      name: 'Ambiguous share',
      value: formatAs(metrics.ambiguousShare, 'fraction'),
      needed: undefined,
      isPassed: undefined,
      meaning:
        'Share of the money won and lost that hangs on candles which held both stop and target.',
    },
  ];
}

/**
 * Builds the section that says whether a choice is more than luck.
 *
 * @param verdict - In one plain sentence.
 * @param checks - Figures behind it.
 */
export function robustnessSection(verdict: string, checks: readonly RobustnessCheck[]): Section {
  return {
    id: 'robustness',
    title: 'Is it more than luck?',
    navigation: 'Luck',
    lead: 'A search always finds a winner, on noise too. These figures say how much of it the search itself explains.',
    content: html`<div class="card"><p class="verdict">${verdict}</p>${
      checks.length === 0
        ? undefined
        : html`<p class="small-print">Figures without a mark are to be read and not judged.</p><dl class="checks">${checks.map(checkRow)}</dl>`
    }</div>`,
  };
}

function checkRow({ name, value, needed, isPassed, meaning }: RobustnessCheck): SafeHtml {
  const mark =
    needed === undefined
      ? undefined
      : isPassed
        ? html` <small class="gain">✓ ${needed}</small>`
        : html` <small class="loss">✗ ${needed}</small>`;
  return html`<div class="row"><dt>${name}</dt><dd>${value}${mark}</dd><dd class="why">${meaning}</dd></div>`;
}

function costsCheck(costs: number): RobustnessCheck {
  return {
    name: 'Costs per side',
    value: `${Number(costs.toPrecision(6))} bp`,
    needed: 'above 0',
    isPassed: costs > 0,
    meaning:
      'Commission and slippage in basis points; without them a result says nothing about trading.',
  };
}

function plateauCheck(
  width: number | undefined,
  neighbours: number,
  whose = 'of the winner',
): RobustnessCheck {
  return {
    name: 'Plateau width',
    value: width === undefined ? '–' : formatAs(width, 'fraction'),
    needed: undefined,
    isPassed: undefined,
    meaning:
      neighbours === 0
        ? 'There are no neighbours in the grid to compare with.'
        : `Share of the ${plural(neighbours, 'neighbour')} in the grid ${whose} that keep at least half of the value; below one half it stands on a needle.`,
  };
}

function sampleText(sample: {
  readonly trials: number;
  readonly seed: number;
  readonly returns: number;
}): string {
  return `${plural(sample.trials, 'combination')} run again (seed ${sample.seed}), ${plural(sample.returns, 'return')} each`;
}

function figure(value: number | null, decimals: number): string {
  return value === null ? '–' : formatNumber(value, decimals);
}
