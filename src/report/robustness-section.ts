import type { WalkForwardResult } from '../forward-test/index.js';
import { chance } from '../optimize/index.js';
import { isAtLeast, VERDICT_LIMITS } from '../statistics/index.js';
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
  const { metrics } = stitched;
  const { evidence, walks, trials } = selection;
  const { figures, luck, efficiency, earned } = judgement;
  const isGood = isAtLeast(judgement.verdict, 'promising');
  const pMax = isGood ? LIMITS.convincingP : LIMITS.promisingP;
  const betsMin = isGood ? LIMITS.convincingBetsMin : LIMITS.promisingBetsMin;
  const weeksMin = isGood ? LIMITS.convincingWeeksMin : LIMITS.promisingWeeksMin;
  const chanceCheck = (name: string, p: number, meaning: string): RobustnessCheck => ({
    name,
    value: chance(p),
    needed: `at most ${chance(pMax)}`,
    isPassed: p <= pMax,
    meaning,
  });
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
    chanceCheck(
      'Chance of luck',
      judgement.pLuck,
      `In so many worlds without an edge ${walks === 1 ? 'tests' : `the best of ${walks} walk-forwards`} would look at least this good. Luck shows a Sharpe ratio of ${formatAs(luck.median, 'ratio')} half of the time and ${formatAs(luck.high, 'ratio')} one time in twenty; these tests ${formatAs(metrics.sharpeRatio, 'ratio')}.`,
    ),
    chanceCheck(
      'Against holding the market',
      judgement.pHold,
      `The same against holding the market at the tests' own average exposure (${formatAs(figures.beta, 'ratio')}): was it known when to be in?`,
    ),
    ...(judgement.pFounder === undefined
      ? []
      : [
          chanceCheck(
            'Of the walk-forward it refines',
            judgement.pFounder,
            `Other lengths of what was tried before never improve its evidence: this is that of ${judgement.refines ?? 'the first one'}.`,
          ),
        ]),
    {
      name: 'Weeks that carry it',
      value: formatNumber(figures.bets, 1),
      needed: `at least ${betsMin}`,
      isPassed: figures.bets >= betsMin,
      meaning: 'Weeks of equal size that would carry the result as broadly.',
    },
    {
      name: 'Length of the tests',
      value: plural(figures.weeks, 'week'),
      needed: `at least ${weeksMin}`,
      isPassed: figures.weeks >= weeksMin,
      meaning: 'Weeks with candles.',
    },
    {
      name: 'Quarters in profit',
      value: formatAs(figures.parts.inProfit, 'count'),
      needed: isGood ? `at least ${LIMITS.quartersMin}` : undefined,
      isPassed: isGood ? figures.parts.inProfit >= LIMITS.quartersMin : undefined,
      meaning: 'Of four consecutive parts of the tests.',
    },
    {
      name: 'Without the best quarter',
      value: `t ${formatNumber(figures.parts.tWithoutBest, 1)}`,
      needed: isGood ? `at least ${LIMITS.tWithoutBestMin}` : undefined,
      isPassed: isGood ? figures.parts.tWithoutBest >= LIMITS.tWithoutBestMin : undefined,
      meaning: 'What the other three parts show.',
    },
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
      isChosen ? figure(overfitting?.probability ?? null, 3) : 'nothing chosen',
      evidence === undefined || overfitting === undefined
        ? 'How often the best combination of one half of all candles is below the median in the other half: not tested.'
        : `How often the best combination of one half of all candles is below the median in the other half: ${formatAs(overfitting.splits, 'count')} splits of ${sampleText(evidence.sample)}.`,
    ),
    shown('Trades', formatAs(metrics.totalTrades, 'count'), 'In all tests together.'),
    plateauCheck(
      evidence?.plateau.width,
      evidence?.plateau.neighbours ?? 0,
      'of the last window, on all candles,',
    ),
    shown(
      'Ambiguous share',
      formatAs(metrics.ambiguousShare, 'fraction'),
      'Share of the money won and lost that hangs on candles which held both stop and target.',
    ),
  ];
}

const LIMITS = VERDICT_LIMITS;

/** A figure that is to be read and not judged. */
function shown(name: string, value: string, meaning: string): RobustnessCheck {
  return { name, value, needed: undefined, isPassed: undefined, meaning };
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
