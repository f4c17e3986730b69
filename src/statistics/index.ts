export {
  combinatorialPaths,
  combinatorialSplits,
  purgedTrainingSamples,
  type Span,
  type WalkForwardPlan,
  type WalkForwardWindow,
  walkForwardWindows,
} from './cross-validation.js';
export { type ChoiceFinding, choiceFinding } from './judgement/choice-finding.js';
export { effectiveBets } from './judgement/effective-bets.js';
export { ExactMean } from './judgement/exact-mean.js';
export { type FlipLayout, flipDraws, flipLayout } from './judgement/flip-layout.js';
export { FLIP_DRAWS, flipPosition, flipSign, flipSignInDraw } from './judgement/flip-signs.js';
export {
  type AnytimeEvidence,
  anytimeEvidence,
  forwardBand,
  forwardP,
} from './judgement/forward-evidence.js';
export { COMMON_WEEKS_MIN, founderOf, KINSHIP_MIN, weekCorrelation } from './judgement/founder.js';
export { centredMarket, type HoldResidual, holdResidual } from './judgement/hold-residual.js';
export {
  adjustedP,
  edgeBound,
  type LuckSharpe,
  legacyP,
  luckQuantiles,
  luckSharpe,
  sharpeLowerBound,
} from './judgement/luck.js';
export {
  type LuckOfTrials,
  luckOfTrials,
  mergeMaxima,
  NullMaxima,
} from './judgement/null-maxima.js';
export { type SkewAdjusted, skewAdjusted } from './judgement/skew-adjusted.js';
export { type SubPeriods, subPeriods } from './judgement/sub-periods.js';
export {
  isAtLeast,
  type Shortcoming,
  VERDICT_LIMITS,
  type Verdict,
  type VerdictEvidence,
  verdictOf,
} from './judgement/verdict.js';
export { walshHadamard } from './judgement/walsh-hadamard.js';
export {
  losersThreshold,
  weekNorm,
  weekSkewness,
  weekStatistic,
} from './judgement/week-statistic.js';
export {
  consecutiveWeeks,
  sumWeeks,
  type WeekLayout,
  type WeekSums,
  weekBlock,
  weekLayout,
} from './judgement/week-sums.js';
export { type Moments, moments } from './moments.js';
export { normalCdf, normalQuantile } from './normal.js';
export { type OverfittingProbability, overfittingProbability } from './overfitting-probability.js';
export { type RealityCheck, type RealityCheckOptions, realityCheck } from './reality-check.js';
export {
  circularBlockIndices,
  monteCarloPValue,
  predictivePath,
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
