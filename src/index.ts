export {
  type BacktestResult,
  type EngineInput,
  type EngineResult,
  engineMetrics,
  type PreparedRun,
  prepareRun,
  type RunBacktestOptions,
  runBacktest,
  runReference,
  tradeRules,
} from './backtest/index.js';
export {
  type CandleColumns,
  type CandleSeries,
  candleSeriesFromRows,
  resample,
  type SyntheticMarketOptions,
  syntheticCandles,
} from './candles/index.js';
export {
  type BacktestRunConfig,
  type BacktestRunConfigInput,
  parseBacktestRunConfig,
} from './config/index.js';
export { type Trade, tradeLogCsv, UsageError, UserError } from './domain/index.js';
export {
  findCandleFiles,
  type LoadCandlesOptions,
  type LoadedCandles,
  loadCandles,
} from './history/index.js';
export { METRICS, type MetricDescription, type Metrics, metricsRecord } from './metrics/index.js';
export { loadStrategy } from './plugins/index.js';
export { type BacktestReportInput, type Provenance, renderBacktestReport } from './report/index.js';
export type { TradeRules } from './semantics/index.js';
export {
  boolean,
  checkStrategy,
  choice,
  defineStrategy,
  integer,
  number,
  type ParameterSpecs,
  resolveParameters,
  STRATEGY_MAP,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  StrategyError,
  type StrategyPlot,
} from './strategies/index.js';
