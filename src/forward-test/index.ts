export {
  type FirstLook,
  type ForwardEvidence,
  forwardEvidence,
  weeksOfRun,
} from './forward-evidence.js';
export type { EarlierLooks } from './forward-looks.js';
export {
  type ForwardTest,
  type ForwardTestInput,
  forwardTest,
  type OptimizationRecord,
} from './forward-test.js';
export { type FrozenConfig, frozenConfig, type OptimizedSettings } from './frozen-config.js';
export {
  CONFIRMED_P,
  type Doubt,
  FAILED_EVIDENCE,
  type Judgement,
  type JudgementInput,
  judge,
  type Outcome,
} from './judgement.js';
export { coveredShare, overlap, type Period } from './overlap.js';
export {
  ROLLING_DAYS,
  type RollingLine,
  type RollingMeasures,
  type RollingSharpe,
  rollingMeasures,
  rollingRatio,
  rollingSharpe,
} from './rolling-sharpe.js';
export {
  type StitchedEquity,
  type WalkForwardRequest,
  type WalkForwardResult,
  type WalkForwardSelection,
  type WalkForwardWindowResult,
  walkForward,
} from './walk-forward.js';
export type { WalkForwardJudgement } from './walk-forward-judgement.js';
export type { WalkForwardLengths, WalkForwardSpan } from './walk-forward-plan.js';
