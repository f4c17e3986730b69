import { entryVerdict } from '../config/index.js';
import type { Doubt, ForwardTest } from '../forward-test/index.js';
import { CONFIRMED_P, FAILED_EVIDENCE } from '../forward-test/index.js';
import { chance } from '../optimize/index.js';
import { formatAs, formatDate, formatNumber, plural } from './shared/index.js';
import type { Verdict } from './verdict.js';

/**
 * Says in plain sentences what unseen candles say about frozen settings.
 *
 * @param test - Finished forward test.
 */
export function forwardTestVerdict(test: ForwardTest): Verdict {
  return { sentence: sentenceOf(test), cautions: cautionsOf(test) };
}

function sentenceOf(test: ForwardTest): string {
  const { outOfSample, inSample, judgement, evidence } = test;
  const trades = outOfSample.metrics.totalTrades;
  const result = `${earned(outOfSample)} after costs over ${plural(trades, 'trade')}`;
  const comparison =
    inSample === undefined
      ? ''
      : `, while in-sample it ${earned(inSample).replace(/^(earned|lost)/, 'had $1')} (Sharpe ratio ${ratio(outOfSample)} per year against ${ratio(inSample)})`;
  switch (judgement.outcome) {
    case 'not-unseen':
      return `This is not a forward test: ${formatAs(test.seenShare, 'fraction')} of the period was also used to choose the parameters. That it ${result} says how well they were fitted.`;
    case 'confirmed':
      return `Confirmed: on unseen candles it ${result}${comparison}; that comes by luck in ${chance(evidence.p)} of worlds without an edge.`;
    case 'not-confirmed-yet':
      return trades === 0
        ? 'Not confirmed yet: no trade was made on the candles that the optimizer had not seen.'
        : `Not confirmed yet: on unseen candles it ${result}${comparison}; ${yetWords(test)}.`;
    case 'weakened':
      return `Weakened: on unseen candles it ${result}${comparison}, less than expected: ${bandWords(test)}.`;
    case 'failed':
      return `Failed: on unseen candles it ${result}${comparison}. ${failedWords(test)}.`;
  }
}

function yetWords({ evidence, judgement }: ForwardTest): string {
  const luck = `that comes by luck in ${chance(evidence.p)} of worlds without an edge`;
  if (evidence.p > CONFIRMED_P) {
    return `${luck}, ${chance(CONFIRMED_P)} would confirm it`;
  }
  if (judgement.doubts.includes('holding')) {
    return `${luck}, but holding the market as much would have done the same (${chance(evidence.pHold)})`;
  }
  return `${luck}, but it is not confirmed for the reasons below`;
}

function bandWords({ evidence: { band, expectedSharpe } }: ForwardTest): string {
  return band === undefined
    ? 'nothing is known of what to expect'
    : `a Sharpe ratio of ${formatNumber(band.low, 1)} to ${formatNumber(band.high, 1)} was expected (90\u00a0%, around ${formatNumber(expectedSharpe!, 1)})`;
}

function failedWords(test: ForwardTest): string {
  const { lastEvidence } = test.evidence;
  return lastEvidence < FAILED_EVIDENCE
    ? `The evidence for an edge has fallen to ${formatNumber(lastEvidence, 2)} from 1; an edge of the size that is looked for leaves more than ${FAILED_EVIDENCE}`
    : `A loss is below everything that was expected: ${bandWords(test)}`;
}

function earned({ metrics, rules }: ForwardTest['outOfSample']): string {
  const share = metrics.cumulativeProfit / rules.initialBalance;
  return share >= 0
    ? `earned ${formatAs(share, 'fraction')}`
    : `lost ${formatAs(-share, 'fraction')}`;
}

function ratio({ metrics }: ForwardTest['outOfSample']): string {
  return formatAs(metrics.sharpeRatio, 'ratio');
}

function cautionsOf(test: ForwardTest): string[] {
  const { metrics, rules } = test.outOfSample;
  const { outcome, doubts } = test.judgement;
  const share = metrics.cumulativeProfit / rules.initialBalance;
  const found = doubts.map((doubt) => doubtSentence(doubt, test));
  if (outcome !== 'not-unseen') found.push(lookSentence(test), selectionSentence(test));
  if (share > 0 && metrics.buyAndHoldReturn > share) {
    found.push(
      `Buy and hold earned more in the same period: ${formatAs(metrics.buyAndHoldReturn, 'fraction')}.`,
    );
  }
  if (outcome === 'confirmed' || outcome === 'not-confirmed-yet') {
    found.push(
      'This period can be used only once: choosing parameters by its result makes it in-sample. Only newer candles can test the next choice.',
    );
  }
  return found;
}

/** The look is the half of the error that is spent once; the evidence the half that may be looked at always. */
function lookSentence({ evidence }: ForwardTest): string {
  const { look, isLookOver, firstLookP, largestEvidence } = evidence;
  const always = `Always-valid evidence (an e-value, safe to check at any time): maximum so far ${formatNumber(largestEvidence, 1)} (40 alone confirms).`;
  const date = formatDate(look.time);
  if (!isLookOver)
    return `The declared look is on ${date}; until then only the always-valid evidence counts. ${always}`;
  const first = look.isDeclared
    ? `At the declared look on ${date}`
    : `At the first forward test of these settings, with candles to ${date}`;
  return `${first} the chance of luck was ${chance(firstLookP)}; later looks do not change it. ${always}`;
}

/** The verdict on the search is no condition: unseen candles speak for themselves. */
function selectionSentence({ optimized }: ForwardTest): string {
  const verdict = entryVerdict(optimized);
  return verdict === undefined
    ? 'The optimization of these parameters was not judged.'
    : `Verdict of the optimization: ${verdict.sentence}`;
}

function doubtSentence(doubt: Doubt, test: ForwardTest): string {
  const { evidence, optimizationPeriod, sharpeKept } = test;
  switch (doubt) {
    case 'overlap':
      return `The optimization used the candles from ${formatDate(optimizationPeriod.start)} to ${formatDate(optimizationPeriod.end)}: start the forward test on ${formatDate(optimizationPeriod.end)} or later.`;
    case 'before-optimization':
      return 'The forward period is before the optimization period: parameters chosen on later data could not have been traded earlier.';
    case 'no-trades':
      return 'There are no trades to judge.';
    case 'no-weeks':
      return 'No calendar week of the forward period is complete yet; the evidence is measured in whole weeks.';
    case 'holding':
      return `It earned money, but not more than holding the market at the same average exposure (${formatNumber(evidence.beta, 2)}) would: a chance of luck of ${chance(evidence.pHold)} against that.`;
    case 'no-costs':
      return 'A result without commission and slippage says nothing about trading.';
    case 'below-band':
      return `Its Sharpe ratio is below expectation: ${bandWords(test)}${sharpeKept === undefined ? '' : `, ${formatNumber(100 * sharpeKept, 0)}\u00a0% of the in-sample value`}.`;
    case 'no-in-sample':
      return 'The candles of the optimization period are not available for comparison; without them only the first look counts.';
    case 'no-expectation':
      return 'The expected Sharpe ratio of these parameters is unknown: their optimization was not judged, or by an older version; optimize again.';
    case 'look-ahead-of-candles':
      return `The declared look is on ${formatDate(evidence.look.time)}, after the last candle.`;
    case 'several-settings':
      return `${plural(evidence.settingsTested, 'frozen setting')} of this strategy and instrument were tested on these weeks: the chance of luck accounts for the best of them.`;
  }
}
