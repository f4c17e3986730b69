import type { VerdictWord } from '../../config/index.js';
import {
  type ChoiceFinding,
  type LuckSharpe,
  type Shortcoming,
  VERDICT_LIMITS,
  type Verdict,
  type VerdictEvidence,
} from '../../statistics/index.js';
import { countText } from '../../util/index.js';

/** What a verdict is told with. */
export interface VerdictStory {
  readonly verdict: Verdict;
  readonly shortcomings: readonly Shortcoming[];
  readonly evidence: VerdictEvidence;
  readonly p: number;
  readonly trialsEver: number;
  readonly years: number;
  readonly beta: number;
  readonly luck: LuckSharpe;
  /** What to expect, per year; `undefined` where it was not measured. */
  readonly expectedSharpe: number | undefined;
  /** Settings of the earlier winner that this one refines. */
  readonly refines: string | undefined;
  readonly trades: number;
}

const WORDS: Readonly<Record<Verdict, VerdictWord>> = {
  'no-evidence': 'No evidence',
  'not-proven': 'Not proven',
  promising: 'Promising',
  convincing: 'Convincing',
};

/** The verdict as people read it. */
export function verdictWord(verdict: Verdict): VerdictWord {
  return WORDS[verdict];
}

/**
 * Tells a verdict in plain words: the gravest of what speaks against the result, and what to expect of it.
 *
 * @param story - Verdict and figures.
 */
export function verdictSentence(story: VerdictStory): string {
  const sentences = [
    `${verdictWord(story.verdict)}: ${reason(story)}`,
    ...(story.refines === undefined
      ? []
      : [
          `Refining an earlier winner: judged by the evidence of the first one (${story.refines}).`,
        ]),
  ];
  return sentences.join(' ');
}

/**
 * Tells everything that a better word would need, one sentence each.
 *
 * @param story - Verdict and figures.
 */
export function shortcomingSentences(story: VerdictStory): string[] {
  return story.shortcomings.map((name) => SHORT[name](story));
}

const LIMITS = VERDICT_LIMITS;

const SHORT: Readonly<Record<Shortcoming, (story: VerdictStory) => string>> = {
  loss: ({ trades, evidence }) =>
    trades === 0 ? 'no trade was made' : `the Sharpe ratio is ${two(evidence.sharpe)}`,
  'too-short': ({ evidence }) =>
    `${countText(evidence.weeks, 'week')} of candles, at least ${evidence.weeks < LIMITS.weeksMin ? LIMITS.weeksMin : LIMITS.promisingWeeksMin} are needed`,
  luck: ({ evidence }) =>
    `chance of luck ${chance(evidence.pLuck)}, at most ${chance(LIMITS.promisingP)} is allowed`,
  holding: ({ evidence, beta }) =>
    `chance of luck ${chance(evidence.pHold)} against ${holdingWords(beta)}, at most ${chance(LIMITS.promisingP)} is allowed`,
  founder: ({ evidence }) =>
    `chance of luck ${chance(evidence.pFounder)} of the earlier winner that this one refines, at most ${chance(LIMITS.promisingP)} is allowed`,
  'few-bets': ({ evidence }) =>
    `${betsWords(evidence.bets)} carry the result, at least ${LIMITS.promisingBetsMin} are needed`,
  'no-costs': () => 'no costs were charged (commission and slippage are 0)',
  'convincing-luck': () => `chance of luck above ${chance(LIMITS.convincingP)}`,
  'convincing-bets': ({ evidence }) =>
    `${betsWords(evidence.bets)} carry the result, fewer than ${LIMITS.convincingBetsMin}`,
  'convincing-weeks': ({ evidence }) =>
    `${countText(evidence.weeks, 'week')} of candles, fewer than ${LIMITS.convincingWeeksMin}`,
  quarters: ({ evidence }) =>
    `only ${evidence.quartersInProfit} of the four parts of the period earned money`,
  'best-quarter': () => 'without its best quarter of the period too little is left',
  choosing: ({ evidence: { lossProbability } }) =>
    typeof lossProbability === 'number'
      ? `the best of one half of the candles loses money in the other in ${chance(lossProbability)} of the splits, more than ${chance(LIMITS.lossProbabilityMax)}`
      : 'whether choosing from the grid works was not measured',
  stress: ({ evidence: { stressSharpe } }) =>
    typeof stressSharpe === 'number'
      ? `doubled costs and stops that slip leave a Sharpe ratio of ${two(stressSharpe)}`
      : 'the run under doubled costs was not made',
};

function reason(story: VerdictStory): string {
  switch (story.verdict) {
    case 'no-evidence':
      return noEvidence(story);
    case 'not-proven':
      return notProven(story);
    case 'promising':
      return `${luckOnly(story.p)} of worlds without an edge. ${expectation(story)}Not convincing yet: ${firstOf(story, isOfConvincing)}.`;
    case 'convincing':
      return `${luckOnly(story.p)} of worlds without an edge${partsWords(story)}${stressWords(story)}. ${expectation(story)}Only candles it has not seen can confirm it.`;
  }
}

function noEvidence(story: VerdictStory): string {
  const { evidence, luck, trialsEver, trades, shortcomings } = story;
  if (trades === 0) return 'no combination traded.';
  if (shortcomings.includes('loss')) {
    return `${theBest(trialsEver)} shows a Sharpe ratio of ${two(evidence.sharpe)}: there is no edge to be proven.`;
  }
  if (evidence.weeks < LIMITS.weeksMin) {
    return `${countText(evidence.weeks, 'week')} of candles are too few for a verdict, at least ${LIMITS.weeksMin} are needed.`;
  }
  if (evidence.pLuck > LIMITS.noEvidenceP || Number.isNaN(story.p)) {
    return `${theBest(trialsEver)} looks like this by luck alone in ${chance(evidence.pLuck)} of worlds without an edge (luck shows a Sharpe ratio of ${one(luck.median)}, at times ${one(luck.high)}; this winner ${one(evidence.sharpe)}). ${expectation(story, 'short')}`.trim();
  }
  if (evidence.pHold > LIMITS.noEvidenceP) return marketWords(story);
  return founderWords(story);
}

function notProven(story: VerdictStory): string {
  const { evidence, trialsEver, years, shortcomings } = story;
  const isLucky = shortcomings.includes('luck');
  if (isLucky && evidence.pLuck >= evidence.pFounder) {
    return trialsEver === 1
      ? `one combination, nothing was chosen; a Sharpe ratio of ${two(evidence.sharpe)} in ${yearsWords(years)} comes by luck in ${chance(evidence.pLuck)} of worlds without an edge.`
      : `a result like this comes by luck in ${chance(evidence.pLuck)} of worlds without an edge. ${expectation(story)}More candles decide, more combinations do not.`;
  }
  if (shortcomings.includes('founder') && evidence.pFounder >= evidence.pHold) {
    return founderWords(story);
  }
  if (shortcomings.includes('holding')) return marketWords(story);
  return `${firstOf(story, () => true)}. By luck in ${chance(story.p)} of worlds without an edge.`;
}

function founderWords({ evidence }: VerdictStory): string {
  return `the earlier winner that this one refines comes by luck in ${chance(evidence.pFounder)} of worlds without an edge.`;
}

function marketWords({ evidence, beta }: VerdictStory): string {
  return `it earned money (luck: ${chance(evidence.pLuck)}), but not more than ${holdingWords(beta)} would (luck: ${chance(evidence.pHold)}).`;
}

function isOfConvincing(name: Shortcoming): boolean {
  return name !== 'luck' && name !== 'holding' && name !== 'founder';
}

function firstOf(story: VerdictStory, isWanted: (name: Shortcoming) => boolean): string {
  const first = story.shortcomings.find(isWanted);
  return first === undefined ? 'nothing fails' : SHORT[first](story);
}

function luckOnly(p: number): string {
  return `by luck in ${chance(p)}`;
}

function partsWords({ evidence }: VerdictStory): string {
  return evidence.quartersInProfit === 4
    ? ', in all four parts of the period'
    : `, in ${evidence.quartersInProfit} of four parts of the period`;
}

function stressWords({ evidence }: VerdictStory): string {
  return typeof evidence.stressSharpe === 'number' ? ', and under doubled costs' : '';
}

function expectation({ expectedSharpe, evidence }: VerdictStory, form?: 'short'): string {
  if (expectedSharpe === undefined) return '';
  return form === 'short'
    ? `Expect about ${one(expectedSharpe)}.`
    : `Expect a Sharpe ratio of about ${one(expectedSharpe)}, not ${two(evidence.sharpe)}. `;
}

function theBest(trials: number): string {
  return trials === 1 ? 'one combination' : `the best of ${countText(trials, 'trial')}`;
}

/** Holding the market as much as the trial did on average. */
function holdingWords(beta: number): string {
  if (beta > 0.45 && beta < 0.55) return 'holding the market half of the time';
  if (beta > 0.95 && beta < 1.05) return 'holding the market';
  if (beta >= 0.05 && beta <= 0.95) {
    return `holding the market ${Math.round(100 * beta)} % of the time`;
  }
  return `holding the market at the same average exposure (${two(beta)})`;
}

function betsWords(bets: number): string {
  return `${one(bets)} weeks`;
}

function yearsWords(years: number): string {
  return `${one(years)} years`;
}

/** What cross-validation says about choosing; `undefined` where it says nothing. */
export function choiceSentence(finding: ChoiceFinding, loss: number): string | undefined {
  switch (finding) {
    case 'plateau':
      return 'The settings of this grid are about equally good: the idea matters, the choice does not.';
    case 'choice-helps':
      return 'Choosing helps.';
    case 'choice-fails':
      return `Choosing does not work here: the best of one half loses money in the other in ${chance(loss)} of the splits.`;
    case 'unclear':
      return undefined;
  }
}

/**
 * Returns a chance as people read it.
 *
 * @param p - Probability; the smallest that 1,024 draws can show is told as less than 0.1 %.
 */
export function chance(p: number): string {
  const percent = 100 * p;
  if (percent < 0.1 && p > 0) return 'less than 0.1 %';
  // 99.96 is not 100, and 3.04 is not 3.
  return percent >= 10 ? `${Math.round(percent)} %` : `${Number(percent.toFixed(1))} %`;
}

function one(value: number): string {
  return withoutMinusZero(value.toFixed(1));
}

function two(value: number): string {
  return withoutMinusZero(value.toFixed(2));
}

function withoutMinusZero(text: string): string {
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}
