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
}

/** Every metric, in the order in which tables show them. */
export const METRICS: readonly MetricDescription[] = [
  metric('cumulativeProfit', 'cumulative_profit', 'Cumulative profit', 'quote', 'higher'),
  metric('finalBalance', 'final_balance', 'Final balance', 'quote', 'higher'),
  metric('totalTrades', 'total_trades', 'Trades', 'count', undefined),
  metric('winRate', 'win_rate', 'Win rate', 'percent', 'higher'),
  metric('profitFactor', 'profit_factor', 'Profit factor', 'ratio', 'higher'),
  metric('maxDrawdown', 'max_drawdown', 'Max drawdown', 'fraction', 'lower'),
  metric('maxDrawdownDuration', 'max_drawdown_duration', 'Max drawdown duration', 'ms', 'lower'),
  metric('sharpeRatio', 'sharpe_ratio', 'Sharpe ratio', 'ratio', 'higher'),
  metric('sortinoRatio', 'sortino_ratio', 'Sortino ratio', 'ratio', 'higher'),
  metric('cagr', 'cagr', 'CAGR', 'fraction per year', 'higher'),
  metric('calmarRatio', 'calmar_ratio', 'Calmar ratio', 'ratio', 'higher'),
  metric('timeInMarket', 'time_in_market', 'Time in market', 'fraction', undefined),
  metric('expectancy', 'expectancy', 'Expectancy', 'percent', 'higher'),
  metric('avgTrade', 'avg_trade', 'Average trade', 'quote', 'higher'),
  metric('bestTrade', 'best_trade', 'Best trade', 'quote', 'higher'),
  metric('worstTrade', 'worst_trade', 'Worst trade', 'quote', 'higher'),
  metric('sqn', 'sqn', 'SQN', 'ratio', 'higher'),
  metric('avgCandlesHeld', 'avg_candles_held', 'Average candles held', 'candles', undefined),
  metric('totalCommission', 'total_commission', 'Total commission', 'quote', 'lower'),
  metric('skippedEntries', 'skipped_entries', 'Skipped entries', 'count', 'lower'),
  metric('buyAndHoldReturn', 'buy_and_hold_return', 'Buy and hold return', 'fraction', undefined),
  metric('ambiguousTrades', 'ambiguous_trades', 'Ambiguous trades', 'count', 'lower'),
  metric('ambiguousNetPnl', 'ambiguous_net_pnl', 'Net P&L of ambiguous trades', 'quote', undefined),
  metric('ambiguousShare', 'ambiguous_share', 'Ambiguous share of P&L', 'fraction', 'lower'),
];

/**
 * Returns the metric with a name, or `undefined`.
 *
 * @param name - As in result files (`sharpe_ratio`).
 */
export function findMetric(name: string): MetricDescription | undefined {
  return METRICS.find((description) => description.name === name);
}

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

function metric(
  key: keyof Metrics,
  name: string,
  label: string,
  unit: MetricUnit,
  better: MetricDescription['better'],
): MetricDescription {
  return { key, name, label, unit, better };
}
