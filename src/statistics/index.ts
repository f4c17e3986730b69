export {
  combinatorialPaths,
  combinatorialSplits,
  purgedTrainingSamples,
  type Span,
  type WalkForwardPlan,
  type WalkForwardWindow,
  walkForwardWindows,
} from './cross-validation.js';
export { type Moments, moments } from './moments.js';
export { normalCdf, normalQuantile } from './normal.js';
export { type OverfittingProbability, overfittingProbability } from './overfitting-probability.js';
export { type RealityCheck, type RealityCheckOptions, realityCheck } from './reality-check.js';
export {
  circularBlockIndices,
  monteCarloPValue,
  quantile,
  shuffle,
  stationaryBootstrapIndices,
} from './resampling.js';
export { type ReturnsMatrix, returnsMatrixFromRows } from './returns-matrix.js';
export {
  deflatedSharpeRatio,
  expectedMaximum,
  minimumBacktestLength,
  minimumTrackRecordLength,
  probabilisticSharpeRatio,
  type SharpeEvidence,
} from './sharpe-inference.js';
