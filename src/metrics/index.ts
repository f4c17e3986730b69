export { computeMetrics, type MetricsInput } from './compute-metrics.js';
export { maxDrawdown, maxDrawdownDuration } from './drawdown.js';
export {
  findMetric,
  METRIC_GROUPS,
  METRIC_UNITS,
  METRICS,
  type MetricDescription,
  type MetricGroup,
  type MetricUnit,
  metricsRecord,
  metricText,
  parseMetricText,
} from './metric-table.js';
export type { Metrics } from './metrics.js';
export {
  calmarRatio,
  compoundAnnualGrowthRate,
  periodReturns,
  returnsPerYear,
  sharpeRatio,
  sortinoRatio,
} from './returns.js';
export { expectedShortfall, TAIL_SHARE, valueAtRisk, volatility } from './tail-risk.js';
export {
  ambiguousShare,
  type MeasuredTrade,
  profitFactor,
  systemQualityNumber,
  winRate,
} from './trade-metrics.js';
