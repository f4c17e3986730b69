export { checkStrategyName } from './check-definition.js';
export { checkHistory, type HistoryReport, historyOf } from './check-history.js';
export {
  checkStrategy,
  type StrategyCheckOptions,
  type StrategyCheckReport,
} from './check-strategy.js';
export { decisionsOf } from './decisions-of.js';
export {
  defineStrategy,
  type GivenSignals,
  type StrategyContext,
  type StrategyDefinition,
} from './define-strategy.js';
export { describeSpec, parameterProblem } from './parameter-problem.js';
export {
  boolean,
  choice,
  integer,
  number,
  type ParameterSpec,
  type ParameterSpecs,
  type ValuesOf,
} from './parameter-specs.js';
export {
  parseParameterAssignments,
  parseParameters,
  resolveParameters,
} from './resolve-parameters.js';
export type {
  SeriesSource,
  SeriesSources,
  TableSource,
} from './series-sources.js';
export {
  isExchangeTimeframe,
  type SeriesCandles,
  type SeriesOf,
  type SeriesSpec,
  type SeriesSpecs,
  type SeriesTable,
  series,
} from './series-specs.js';
export type { SignalResult } from './signal-column.js';
export type { Parameters, ParameterValue, Strategy, StrategyPlot } from './strategy.js';
export type { StrategyCandles } from './strategy-candles.js';
export { StrategyError, type StrategyFault } from './strategy-error.js';
export { findStrategy, STRATEGIES, STRATEGY_MAP } from './strategy-map.js';
export { StrategyWithheld } from './strategy-withheld.js';
export { noTrace, type Trace, TraceRecorder, type TraceValue } from './trace.js';
export type {
  Column,
  ExitValue,
  StrategyDecisions,
  TradeSignals,
} from './trade-signals.js';
export { TREND_FILTER_SPECS, trendFilterOptions } from './trend-filter-parameters.js';
