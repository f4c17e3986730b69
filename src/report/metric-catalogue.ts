import type { Metrics } from '../metrics/index.js';
import type { NumberUnit } from './shared/index.js';

/** How a report names, prints and explains a metric. */
export interface MetricEntry {
  readonly key: keyof Metrics;
  readonly label: string;
  readonly unit: NumberUnit;
  /** Whether the colour of gains and losses helps. */
  readonly tinted?: boolean;
  readonly why: string;
}

/** Metrics that are read together. */
export interface MetricGroup {
  readonly title: string;
  readonly entries: readonly MetricEntry[];
}

/** Every metric of SEMANTICS §6, in reading order. */
export const METRIC_GROUPS: readonly MetricGroup[] = [
  {
    title: 'Return',
    entries: [
      entry(
        'cumulativeProfit',
        'Cumulative profit',
        'signed-quote',
        'Final balance minus initial balance, after all costs.',
        true,
      ),
      entry('finalBalance', 'Final balance', 'quote', 'Balance after the last exit.'),
      entry(
        'cagr',
        'CAGR',
        'signed-fraction',
        'The yearly growth that gives the same result over the period.',
        true,
      ),
      entry(
        'buyAndHoldReturn',
        'Buy and hold',
        'signed-fraction',
        'Last close over first open: what doing nothing earned, without costs.',
        true,
      ),
    ],
  },
  {
    title: 'Risk',
    entries: [
      entry(
        'maxDrawdown',
        'Maximum drawdown',
        'fraction',
        'Largest fall of the equity from a peak, measured at candle closes.',
      ),
      entry(
        'maxDrawdownDuration',
        'Longest drawdown',
        'duration',
        'Longest time until an earlier peak was reached again, or until the end.',
      ),
      entry(
        'sharpeRatio',
        'Sharpe ratio',
        'ratio',
        'Mean daily return over its deviation, per year (× √365).',
      ),
      entry(
        'sortinoRatio',
        'Sortino ratio',
        'ratio',
        'Like Sharpe, but only losing days count as risk; per year.',
      ),
      entry('calmarRatio', 'Calmar ratio', 'ratio', 'CAGR over maximum drawdown.'),
      entry(
        'timeInMarket',
        'Time in market',
        'fraction',
        'Share of candles at whose close a position was open.',
      ),
    ],
  },
  {
    title: 'Trades',
    entries: [
      entry('totalTrades', 'Closed trades', 'count', 'Round trips, entry to exit.'),
      entry('winRate', 'Win rate', 'percent', 'Share of trades with a profit after costs.'),
      entry(
        'profitFactor',
        'Profit factor',
        'ratio',
        'Sum of wins over sum of losses; ∞ when nothing was lost.',
      ),
      entry(
        'expectancy',
        'Expectancy',
        'signed-percent',
        'Mean return per trade, in percent of its entry value.',
        true,
      ),
      entry(
        'avgTrade',
        'Average trade',
        'signed-quote',
        'Mean profit per trade after costs.',
        true,
      ),
      entry('bestTrade', 'Best trade', 'signed-quote', 'Largest profit of one trade.', true),
      entry('worstTrade', 'Worst trade', 'signed-quote', 'Largest loss of one trade.', true),
      entry(
        'sqn',
        'System quality number',
        'ratio',
        '√trades × mean profit over its deviation: below about 2 it cannot be told from luck.',
      ),
      entry('avgCandlesHeld', 'Average holding time', 'candles', 'Candles from entry to exit.'),
    ],
  },
  {
    title: 'Costs and honesty',
    entries: [
      entry(
        'totalCommission',
        'Commission',
        'quote',
        'Paid on both sides of every trade; slippage is inside the prices.',
      ),
      entry(
        'skippedEntries',
        'Skipped entries',
        'count',
        'Entries refused because the balance could not pay for them.',
      ),
      entry(
        'ambiguousTrades',
        'Ambiguous trades',
        'count',
        'Stop and target inside one candle: the order is unknown, so the stop is assumed.',
      ),
      entry(
        'ambiguousNetPnl',
        'Profit of ambiguous trades',
        'signed-quote',
        'What these trades made under that assumption.',
        true,
      ),
      entry(
        'ambiguousShare',
        'Ambiguous share',
        'fraction',
        'Their part of all money won and lost; above 10 % use a finer timeframe.',
      ),
    ],
  },
];

function entry(
  key: keyof Metrics,
  label: string,
  unit: NumberUnit,
  why: string,
  tinted = false,
): MetricEntry {
  return { key, label, unit, why, tinted };
}
