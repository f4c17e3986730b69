import { type Bar, barChart } from './charts/bar-chart.js';
import type { SafeHtml } from './html.js';
import { HOLDING_CLASSES, holdingClass } from './measures/holding-time.js';
import { expectedLongestStreak, longestStreak, streaksOf } from './measures/streaks.js';
import { formatAs, formatNumber, plural } from './shared/index.js';

/** What the charts of trades need of a trade. */
interface ChartedTrade {
  readonly entryTime: number;
  readonly exitTime: number;
  /** Quote. */
  readonly netPnl: number;
  /** Percent of the entry value. */
  readonly returnPct: number;
}

/** Longer streaks share a bar. */
const STREAK_MAX = 12;

/**
 * Draws what trades earned by how long they were held.
 *
 * @param trades - Any order.
 * @param asset - Of the money; `undefined` draws mean returns, for trades in several currencies.
 */
export function holdingBars(trades: readonly ChartedTrade[], asset: string | undefined): SafeHtml {
  const sums = HOLDING_CLASSES.map(() => ({ count: 0, netPnl: 0, returnPct: 0 }));
  for (const trade of trades) {
    const sum = sums[holdingClass(trade)]!;
    sum.count += 1;
    sum.netPnl += trade.netPnl;
    sum.returnPct += trade.returnPct;
  }
  const first = sums.findIndex(({ count }) => count > 0);
  const last = sums.findLastIndex(({ count }) => count > 0);
  const bars = sums.slice(first, last + 1).map(({ count, netPnl, returnPct }, k): Bar => {
    const name = HOLDING_CLASSES[first + k]!;
    const mean = count === 0 ? 0 : returnPct / count;
    return {
      tick: name,
      value: asset === undefined ? mean : netPnl,
      detail: `${name}: ${plural(count, 'trade')}, ${asset === undefined ? '' : `${formatAs(netPnl, 'signed-quote')} ${asset}, `}${formatAs(mean, 'signed-percent')} on average`,
    };
  });
  return barChart(bars, {
    label: 'Result by holding time',
    xName: 'held',
    yName: asset === undefined ? 'mean return (%)' : `net profit (${asset})`,
  });
}

/**
 * Says how long the longest streaks were, and what chance would give.
 *
 * @param trades - In order of their exits.
 * @param asset - Of the money; `undefined` says none.
 */
export function streakText(trades: readonly ChartedTrade[], asset: string | undefined): string {
  const streaks = streaksOf(trades);
  const part = (isWin: boolean): string => {
    const longest = longestStreak(streaks, isWin);
    const noun = isWin ? 'win' : 'loss';
    if (longest === undefined) return `no ${noun}`;
    const money =
      asset === undefined ? '' : ` (${formatAs(longest.netPnl, 'signed-quote')} ${asset})`;
    return `${plural(longest.length, noun, isWin ? 'wins' : 'losses')}${money}${chanceText(trades, isWin)}`;
  };
  return `Longest: ${part(true)}; ${part(false)}. Wins point up, losses down.`;
}

function chanceText(trades: readonly ChartedTrade[], isWin: boolean): string {
  const share = trades.filter(({ netPnl }) => netPnl > 0 === isWin).length / trades.length;
  if (share >= 1) return '';
  return `, by chance about ${formatNumber(Math.max(1, expectedLongestStreak(trades.length, share)), 0)}`;
}

/**
 * Draws how often wins and losses came in a row.
 *
 * @param trades - In order of their exits.
 */
export function streakBars(trades: readonly ChartedTrade[]): SafeHtml {
  const counts = Array.from({ length: STREAK_MAX }, () => ({ wins: 0, losses: 0 }));
  let longest = 1;
  for (const { length, isWin } of streaksOf(trades)) {
    const place = Math.min(length, STREAK_MAX);
    longest = Math.max(longest, place);
    counts[place - 1]![isWin ? 'wins' : 'losses'] += 1;
  }
  const name = (k: number): string => (k + 1 === STREAK_MAX ? `≥${STREAK_MAX}` : String(k + 1));
  const bars = counts.slice(0, longest).flatMap(({ wins, losses }, k): Bar[] => [
    {
      tick: name(k),
      value: wins,
      detail: `${name(k)} in a row: ${plural(wins, 'streak')} of wins`,
    },
    {
      tick: '',
      value: losses === 0 ? 0 : -losses,
      detail: `${name(k)} in a row: ${plural(losses, 'streak')} of losses`,
      tone: 'loss',
    },
  ]);
  return barChart(bars, {
    label: 'Length of winning and losing streaks',
    xName: 'trades in a row',
    yName: 'streaks',
  });
}
