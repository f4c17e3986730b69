import { entryVerdict } from '../config/index.js';
import type { Doubt, ForwardTest } from '../forward-test/index.js';
import { PROBABILITY_MIN, PROOF_TRADES_MIN } from '../forward-test/index.js';
import { formatAs, formatDate, formatDuration, formatNumber, plural } from './shared/index.js';
import type { Verdict } from './verdict.js';

/**
 * Says in plain sentences whether frozen parameters held up.
 *
 * @param test - Finished forward test.
 */
export function forwardTestVerdict(test: ForwardTest): Verdict {
  return { sentence: sentenceOf(test), cautions: cautionsOf(test) };
}

function sentenceOf(test: ForwardTest): string {
  const { outOfSample, inSample, judgement } = test;
  const trades = outOfSample.metrics.totalTrades;
  const result = `${earned(test.outOfSample)} after costs over ${plural(trades, 'trade')}`;
  const comparison =
    inSample === undefined
      ? ''
      : `, while in-sample it ${earned(inSample).replace(/^(earned|lost)/, 'had $1')} (Sharpe ratio ${ratio(outOfSample)} per year against ${ratio(inSample)})`;
  switch (judgement.outcome) {
    case 'not-unseen':
      return `This is no forward test: ${formatAs(test.seenShare, 'fraction')} of the period was also used to choose the parameters. That it ${result} says how well they were fitted.`;
    case 'no-trades':
      return 'Nothing to judge: no trade was made on the candles that the optimizer had not seen.';
    case 'too-few-trades':
      return `Too few trades to judge: on unseen candles it ${result}${comparison}.`;
    case 'failed':
      return `It did not hold up: on unseen candles it ${result}${comparison}.`;
    case 'nothing-to-confirm':
      return `There was nothing to confirm: on unseen candles it ${result}${comparison}.`;
    case 'weakened':
      return `It kept only ${formatNumber(100 * (judgement.efficiency ?? 0), 0)}\u00a0% of its in-sample Sharpe ratio: on unseen candles it ${result}${comparison}.`;
    case 'held-up-so-far':
      return `It held up so far, which is no proof yet: on unseen candles it ${result}${comparison}.`;
    case 'held-up':
      return `It held up: on unseen candles it ${result}${comparison}.`;
  }
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
  if (share > 0 && metrics.buyAndHoldReturn > share) {
    found.push(
      `Buy and hold earned more in the same period: ${formatAs(metrics.buyAndHoldReturn, 'fraction')}.`,
    );
  }
  if (outcome === 'held-up' || outcome === 'held-up-so-far') {
    found.push(
      'This period can be used once: choosing again by its result makes it in-sample. Only newer candles test the next choice.',
    );
  }
  return found;
}

function doubtSentence(doubt: Doubt, test: ForwardTest): string {
  const { metrics } = test.outOfSample;
  const { optimizationPeriod, forwardPeriod } = test;
  switch (doubt) {
    case 'overlap':
      return `The optimizer saw the candles from ${formatDate(optimizationPeriod.start)} to ${formatDate(optimizationPeriod.end)}: start the forward test on ${formatDate(optimizationPeriod.end)} or later.`;
    case 'before-optimization':
      return 'The forward period lies before the optimization: parameters that were chosen on a later market are tried on an earlier one, which nobody could have traded.';
    case 'few-trades':
      return `Only ${plural(metrics.totalTrades, 'trade')}: fewer than ${PROOF_TRADES_MIN} prove little.`;
    case 'luck':
      return `Luck is not ruled out: from these ${formatDuration(forwardPeriod.end - forwardPeriod.start)} alone, the true Sharpe ratio is above zero with a probability of ${Number.isNaN(test.probability) ? 'unknown size' : formatAs(test.probability, 'fraction')}; ${formatNumber(100 * PROBABILITY_MIN, 0)}\u00a0% would be convincing.`;
    case 'no-costs':
      return 'Without commission and slippage a result says nothing about trading.';
    case 'no-in-sample':
      return 'It could not be compared with the optimization period, whose candles are not there.';
    case 'selection':
      return `The choice of these parameters may be luck. ${entryVerdict(test.optimized)?.sentence ?? ''}`;
    case 'selection-unknown':
      return 'Whether the choice of these parameters was luck is unknown: their optimization was not tested for it (optimize again).';
    case 'in-sample-loss':
      return 'The parameters lost money in-sample already: there was no edge to confirm.';
  }
}
