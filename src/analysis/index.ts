export {
  type ComparedResult,
  type Comparison,
  compareResults,
  type TradeDifferences,
} from './compare-results.js';
export {
  analyzeDetails,
  type DetailsAnalysis,
  type DetailsQuestion,
  type HeatAxis,
  type HeatPair,
  isHigherBetter,
  type Slice,
  type SliceLevel,
} from './details-analysis.js';
export {
  DETAIL_METRICS,
  type DetailMetric,
  type DetailsTable,
  type ParameterColumn,
  readDetailsTable,
} from './details-table.js';
export type { AblationSummary, FilterAblation } from './filter-ablation.js';
export {
  TRADE_DIMENSIONS,
  type TradeDimension,
  type TradeSummary,
} from './group-logged-trades.js';
export { idleSettings, knownParameters, shortStrategyName } from './idle-settings.js';
export {
  type Band,
  type MonteCarlo,
  type MonteCarloInput,
  type MonteCarloRuns,
  monteCarlo,
} from './monte-carlo.js';
export { monteCarloOfEquity, monteCarloOfRun, type RunMonteCarlo } from './monte-carlo-of-run.js';
export { readResults } from './read-result.js';
export {
  readTradeLogFile,
  runRecordPath,
  type TradeLogName,
  tradeLogName,
} from './read-trade-log-file.js';
export {
  type FoundFiles,
  findFiles,
  isTradeLogName,
  readTradeLogs,
  type TradeLogs,
} from './read-trade-logs.js';
export { resultNames } from './result-names.js';
export {
  type EquityCurve,
  NOT_SET,
  parameterText,
  parseRunRecord,
  type RunKind,
  type RunRecord,
  type SettingValue,
  settingText,
} from './run-record.js';
export { sortedQuantile } from './sorted-quantile.js';
export { TOP_TRIALS, type TopTrials, topTrials } from './top-trials.js';
export {
  analyzeTrades,
  type TradeAnalysis,
  type TradeLog,
  tradeSummaryCsv,
  withoutSynthetic,
} from './trade-analysis.js';
export { type LoggedTrade, NOT_RECORDED, REQUIRED_COLUMNS } from './trade-log-reader.js';
export type { TradeWorld } from './trade-world.js';
