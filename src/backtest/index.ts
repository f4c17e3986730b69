export { isoTime, type PeriodBounds, requireWarmUp, selectPeriod } from './candle-period.js';
export {
  type CandlePeriod,
  type EngineInput,
  type EngineResult,
  LONG_ALLOWED,
  SHORT_ALLOWED,
} from './engine.js';
export { engineMetrics } from './engine-metrics.js';
export { entryFilters } from './entry-filters.js';
export { type ExitTableKey, exitTableKeys, exitTableName } from './fast/exit-table-keys.js';
export { ExitTables, type SharedExitTables } from './fast/exit-tables.js';
export { FastSweep, type SweepCounts, type SweepGroup } from './fast/fast-sweep.js';
export {
  allocateMetricColumns,
  type MetricColumns,
  metricColumnsOver,
  metricsAt,
} from './fast/metric-columns.js';
export {
  type PreparedCandles,
  type PrepareOptions,
  prepareCandles,
} from './fast/prepared-candles.js';
export type { ReturnsSink } from './fast/row-metrics.js';
export { type RunFastOptions, runFast } from './fast/run-fast.js';
export {
  type PreparedRun,
  planRun,
  prepareRun,
  type RunPlan,
} from './prepare-run.js';
export { runReference } from './reference-engine.js';
export {
  type BacktestResult,
  type BacktestSettings,
  type RunBacktestOptions,
  runBacktest,
} from './run-backtest.js';
export {
  STRESS_COST_FACTOR,
  STRESS_STOP_RANGE_SHARE,
  STRESS_STOP_SLIPPAGE_BPS,
  stressConfig,
  stressSharpe,
  usualRange,
} from './stress-run.js';
export { TRACE_COLUMNS, traceCsv } from './trace-csv.js';
export { engineRules, engineRulesBy, type RulesConfig, tradeRules } from './trade-rules.js';
