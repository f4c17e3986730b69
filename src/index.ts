/**
 * The public interface for research: candles, strategies, backtests, searches, forward tests and reports. The rest is apart, so
 * that a strategy file does not load it: `mista-wus-algo-trader/statistics`, `/exchange` and `/live`.
 */
export {
  analyzeTrades,
  compareResults,
  monteCarloOfRun,
  readResults,
  readTradeLogs,
} from './analysis/index.js';
export { type BacktestResult, type BacktestSettings, runBacktest } from './backtest/index.js';
export {
  type CandleColumns,
  type CandleSeries,
  candleSeriesFromRows,
  findGaps,
  resample,
  syntheticCandles,
} from './candles/index.js';
export {
  type BacktestRunConfig,
  loadBacktestRunConfig,
  parseBacktestRunConfig,
  parseOptimizeParams,
  readBestParams,
  writeBestParams,
} from './config/index.js';
export {
  type Market,
  type Timeframe,
  type Trade,
  timeframeMs,
  tradeLogCsv,
  UsageError,
  UserError,
} from './domain/index.js';
export { forwardTest, frozenConfig, walkForward } from './forward-test/index.js';
export { checkCandleFile, findCandleFiles, loadCandles, writeCandleFile } from './history/index.js';
export { INDICATORS, type Indicators } from './indicators/index.js';
export {
  computeMetrics,
  METRICS,
  type Metrics,
  type MetricsInput,
  metricsRecord,
} from './metrics/index.js';
export {
  gridEntryOf,
  judgeWinner,
  type OptimizeRequest,
  type OptimizeResult,
  optimize,
} from './optimize/index.js';
export { type LoadedStrategy, loadSeries, loadStrategy } from './plugins/index.js';
export {
  renderBacktestReport,
  renderForwardTestReport,
  renderWalkForwardReport,
} from './report/index.js';
// What an equity curve of one's own is measured by; the rest is in `mista-wus-algo-trader/statistics`.
export { deflatedSharpeRatio, moments, probabilisticSharpeRatio } from './statistics/index.js';
export {
  boolean,
  checkStrategy,
  choice,
  defineStrategy,
  integer,
  number,
  type ParameterSpec,
  type Parameters,
  resolveParameters,
  STRATEGY_MAP,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  StrategyError,
  type StrategyPlot,
  series,
} from './strategies/index.js';
export { type Random, seededRandom } from './util/index.js';
