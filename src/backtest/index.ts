export { isoTime, type PeriodBounds, requireWarmUp, selectPeriod } from './candle-period.js';
export {
  type CandlePeriod,
  type EngineInput,
  type EngineResult,
  LONG_ALLOWED,
  SHORT_ALLOWED,
} from './engine.js';
export { engineMetrics } from './engine-metrics.js';
export { entryFilters, type FilterConfig, type PreparedRun, prepareRun } from './prepare-run.js';
export { runReference } from './reference-engine.js';
export { type BacktestResult, type RunBacktestOptions, runBacktest } from './run-backtest.js';
export { type RulesConfig, tradeRules } from './trade-rules.js';
