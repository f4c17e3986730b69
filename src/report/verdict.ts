import type { Metrics } from '../metrics/index.js';
import { formatAs, plural } from './shared/index.js';

/** Below this many trades no statement about an edge holds. */
const TRADES_MIN = 30;
/** SQN is a t-statistic: about 2 is where chance becomes an unlikely explanation. */
const SQN_MIN = 2;
const AMBIGUOUS_SHARE_MAX = 0.1;

/** What a result says, in plain sentences. */
export interface Verdict {
  readonly sentence: string;
  readonly cautions: readonly string[];
}

/**
 * Says what a backtest shows and what it does not show.
 *
 * @param metrics - Of the run.
 * @param initialBalance - Quote.
 */
export function backtestVerdict(metrics: Metrics, initialBalance: number): Verdict {
  const earned = metrics.cumulativeProfit / initialBalance;
  if (metrics.totalTrades === 0) {
    return {
      sentence: 'No trades: the strategy did not enter in this period.',
      cautions: [],
    };
  }
  const outcome =
    earned >= 0
      ? `Earned ${formatAs(earned, 'fraction')}`
      : `Lost ${formatAs(-earned, 'fraction')} of the balance`;
  const holding = `buy and hold ${metrics.buyAndHoldReturn >= 0 ? 'earned' : 'lost'} ${formatAs(Math.abs(metrics.buyAndHoldReturn), 'fraction')}`;
  const sentence = `${outcome} after costs over ${plural(metrics.totalTrades, 'trade')}, while ${holding}. The maximum drawdown was ${formatAs(metrics.maxDrawdown, 'fraction')}.`;
  return { sentence, cautions: cautions(metrics) };
}

function cautions(metrics: Metrics): string[] {
  const found: string[] = [];
  if (metrics.totalTrades < TRADES_MIN) {
    found.push(
      `Only ${plural(metrics.totalTrades, 'trade')}: fewer than ${TRADES_MIN} say little about future results.`,
    );
  } else if (metrics.cumulativeProfit > 0 && metrics.sqn < SQN_MIN) {
    found.push(
      `The average trade cannot be distinguished from luck (system quality number ${formatAs(metrics.sqn, 'ratio')}, below ${SQN_MIN}).`,
    );
  }
  const gross = metrics.cumulativeProfit + metrics.totalCommission;
  if (gross > 0 && metrics.cumulativeProfit <= 0) {
    found.push(
      `Commission turned a gross profit of ${formatAs(gross, 'quote')} into a loss: the signals do not cover the trading costs.`,
    );
  } else if (gross > 0 && metrics.totalCommission > gross / 2) {
    found.push(
      `Commission took ${formatAs(metrics.totalCommission / gross, 'fraction')} of the gross profit.`,
    );
  }
  if (metrics.ambiguousShare > AMBIGUOUS_SHARE_MAX) {
    found.push(
      `${formatAs(metrics.ambiguousShare, 'fraction')} of the gross profit and loss comes from candles that contain both stop and take-profit: use a finer timeframe.`,
    );
  }
  if (metrics.cumulativeProfit > 0) {
    found.push(
      'A backtest is a hypothesis. If its parameters were chosen on this period, only out-of-sample candles can test it.',
    );
  }
  return found;
}
