import type { Metrics } from './metrics.js';

/** What a metric is measured in. */
export type MetricUnit =
  | 'quote'
  | 'fraction'
  | 'fraction per year'
  | 'percent'
  | 'ms'
  | 'candles'
  | 'count'
  | 'ratio';

/** How a metric is named and read. */
export interface MetricDescription {
  readonly key: keyof Metrics;
  /** In result files, as in SEMANTICS §6. */
  readonly name: string;
  /** In tables and reports. */
  readonly label: string;
  readonly unit: MetricUnit;
  /** Which direction is better; `undefined` when neither is. */
  readonly better: 'higher' | 'lower' | undefined;
  /** Metrics of a group are read together. */
  readonly group: MetricGroup;
  /** Whether it is a gain when positive and a loss when negative: shown with its sign. */
  readonly isGainOrLoss: boolean;
  /** A sentence for people. */
  readonly meaning: string;
}

/** Groups in reading order. */
export const METRIC_GROUPS = ['Return', 'Risk', 'Trades', 'Costs and data limits'] as const;

export type MetricGroup = (typeof METRIC_GROUPS)[number];

/** Every metric, in the order of tables and result columns. */
export const METRICS: readonly MetricDescription[] = [
  {
    key: 'cumulativeProfit',
    name: 'cumulative_profit',
    label: 'Cumulative profit',
    unit: 'quote',
    better: 'higher',
    group: 'Return',
    isGainOrLoss: true,
    meaning: 'Final balance minus initial balance, after all costs.',
  },
  {
    key: 'finalBalance',
    name: 'final_balance',
    label: 'Final balance',
    unit: 'quote',
    better: 'higher',
    group: 'Return',
    isGainOrLoss: false,
    meaning: 'Balance after the last exit.',
  },
  {
    key: 'totalTrades',
    name: 'total_trades',
    label: 'Trades',
    unit: 'count',
    better: undefined,
    group: 'Trades',
    isGainOrLoss: false,
    meaning: 'Round trips, entry to exit.',
  },
  {
    key: 'winRate',
    name: 'win_rate',
    label: 'Win rate',
    unit: 'percent',
    better: 'higher',
    group: 'Trades',
    isGainOrLoss: false,
    meaning: 'Share of trades with a profit after costs.',
  },
  {
    key: 'profitFactor',
    name: 'profit_factor',
    label: 'Profit factor',
    unit: 'ratio',
    better: 'higher',
    group: 'Trades',
    isGainOrLoss: false,
    meaning: 'Gross profit / gross loss; infinite without losses.',
  },
  {
    key: 'maxDrawdown',
    name: 'max_drawdown',
    label: 'Max drawdown',
    unit: 'fraction',
    better: 'lower',
    group: 'Risk',
    isGainOrLoss: false,
    meaning: 'Largest decline of the equity from a peak, measured at candle closes.',
  },
  {
    key: 'maxDrawdownDuration',
    name: 'max_drawdown_duration',
    label: 'Longest drawdown',
    unit: 'ms',
    better: 'lower',
    group: 'Risk',
    isGainOrLoss: false,
    meaning: 'Longest time from a peak until the equity reaches it again, or until the end.',
  },
  {
    key: 'sharpeRatio',
    name: 'sharpe_ratio',
    label: 'Sharpe ratio',
    unit: 'ratio',
    better: 'higher',
    group: 'Risk',
    isGainOrLoss: false,
    meaning: 'Mean daily return / its standard deviation, annualized (× √365).',
  },
  {
    key: 'sortinoRatio',
    name: 'sortino_ratio',
    label: 'Sortino ratio',
    unit: 'ratio',
    better: 'higher',
    group: 'Risk',
    isGainOrLoss: false,
    meaning: 'As the Sharpe ratio, with the downside deviation; annualized.',
  },
  {
    key: 'cagr',
    name: 'cagr',
    label: 'CAGR',
    unit: 'fraction per year',
    better: 'higher',
    group: 'Return',
    isGainOrLoss: true,
    meaning: 'Compound annual growth rate.',
  },
  {
    key: 'calmarRatio',
    name: 'calmar_ratio',
    label: 'Calmar ratio',
    unit: 'ratio',
    better: 'higher',
    group: 'Risk',
    isGainOrLoss: false,
    meaning: 'CAGR / maximum drawdown.',
  },
  {
    key: 'timeInMarket',
    name: 'time_in_market',
    label: 'Time in market',
    unit: 'fraction',
    better: undefined,
    group: 'Risk',
    isGainOrLoss: false,
    meaning: 'Share of candle closes with an open position.',
  },
  {
    key: 'expectancy',
    name: 'expectancy',
    label: 'Expectancy',
    unit: 'percent',
    better: 'higher',
    group: 'Trades',
    isGainOrLoss: true,
    meaning: 'Mean return per trade, in percent of its entry value.',
  },
  {
    key: 'avgTrade',
    name: 'avg_trade',
    label: 'Average trade',
    unit: 'quote',
    better: 'higher',
    group: 'Trades',
    isGainOrLoss: true,
    meaning: 'Mean profit per trade after costs.',
  },
  {
    key: 'bestTrade',
    name: 'best_trade',
    label: 'Best trade',
    unit: 'quote',
    better: 'higher',
    group: 'Trades',
    isGainOrLoss: true,
    meaning: 'Largest profit of one trade.',
  },
  {
    key: 'worstTrade',
    name: 'worst_trade',
    label: 'Worst trade',
    unit: 'quote',
    better: 'higher',
    group: 'Trades',
    isGainOrLoss: true,
    meaning: 'Largest loss of one trade.',
  },
  {
    key: 'sqn',
    name: 'sqn',
    label: 'System quality',
    unit: 'ratio',
    better: 'higher',
    group: 'Trades',
    isGainOrLoss: false,
    meaning:
      'System quality number: √trades × mean profit / its standard deviation; below about 2 it cannot be distinguished from luck.',
  },
  {
    key: 'avgCandlesHeld',
    name: 'avg_candles_held',
    label: 'Average holding time',
    unit: 'candles',
    better: undefined,
    group: 'Trades',
    isGainOrLoss: false,
    meaning: 'Candles from entry to exit.',
  },
  {
    key: 'totalCommission',
    name: 'total_commission',
    label: 'Commission',
    unit: 'quote',
    better: 'lower',
    group: 'Costs and data limits',
    isGainOrLoss: false,
    meaning: 'Paid on both sides of every trade; slippage is included in the prices.',
  },
  {
    key: 'skippedEntries',
    name: 'skipped_entries',
    label: 'Skipped entries',
    unit: 'count',
    better: 'lower',
    group: 'Costs and data limits',
    isGainOrLoss: false,
    meaning: 'Entries refused because the balance could not pay for them.',
  },
  {
    key: 'buyAndHoldReturn',
    name: 'buy_and_hold_return',
    label: 'Buy and hold',
    unit: 'fraction',
    better: undefined,
    group: 'Return',
    isGainOrLoss: true,
    meaning: 'Last close / first open, without costs.',
  },
  {
    key: 'ambiguousTrades',
    name: 'ambiguous_trades',
    label: 'Ambiguous trades',
    unit: 'count',
    better: 'lower',
    group: 'Costs and data limits',
    isGainOrLoss: false,
    meaning:
      'Stop and take-profit are inside one candle: their order is unknown, so the stop is assumed.',
  },
  {
    key: 'ambiguousNetPnl',
    name: 'ambiguous_net_pnl',
    label: 'Ambiguous profit',
    unit: 'quote',
    better: undefined,
    group: 'Costs and data limits',
    isGainOrLoss: true,
    meaning: 'Net profit of the ambiguous trades under that assumption.',
  },
  {
    key: 'ambiguousShare',
    name: 'ambiguous_share',
    label: 'Ambiguous share',
    unit: 'fraction',
    better: 'lower',
    group: 'Costs and data limits',
    isGainOrLoss: false,
    meaning: 'Their share of the gross profit and loss; above 10 % use a finer timeframe.',
  },
];

/**
 * Returns the metric with a name, or `undefined`.
 *
 * @param name - As in result files (`sharpe_ratio`).
 */
export function findMetric(name: string): MetricDescription | undefined {
  return METRICS.find((description) => description.name === name);
}

/** Unit of every metric by its snake_case name: `win_rate` is in percent, `max_drawdown` a fraction. */
export const METRIC_UNITS: Readonly<Record<string, MetricUnit>> = Object.fromEntries(
  METRICS.map(({ name, unit }) => [name, unit]),
);

/**
 * Returns the metrics under their snake_case names; what JSON cannot hold (`Infinity`) is text.
 *
 * @param metrics - Measures of one run.
 */
export function metricsRecord(metrics: Metrics): Record<string, number | string> {
  return Object.fromEntries(
    METRICS.map(({ key, name }) => {
      const value = metrics[key];
      return [name, Number.isFinite(value) ? value : String(value)];
    }),
  );
}

/**
 * Returns a metric as text that reads back to the same double; infinite is `Infinity`.
 *
 * @param value - Measure.
 */
export function metricText(value: number): string {
  return String(value);
}

/**
 * Reads what `metricText` wrote.
 *
 * @param text - A number or `Infinity`, `-Infinity`.
 * @returns `NaN` when the text is neither.
 */
export function parseMetricText(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
