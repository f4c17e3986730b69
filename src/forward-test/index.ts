export {
  type ForwardTest,
  type ForwardTestInput,
  forwardTest,
  type OptimizationRecord,
} from './forward-test.js';
export { type FrozenConfig, frozenConfig } from './frozen-config.js';
export {
  type Doubt,
  EFFICIENCY_MIN,
  type Judgement,
  type JudgementInput,
  judge,
  type Outcome,
  PROBABILITY_MIN,
  PROOF_TRADES_MIN,
  TRADES_MIN,
} from './judgement.js';
export { coveredShare, overlap, type Period } from './overlap.js';
export {
  ROLLING_DAYS,
  type RollingLine,
  type RollingSharpe,
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
export {
  PROFITABLE_SHARE_MIN,
  WALK_FORWARD_EFFICIENCY_MIN,
  type WalkForwardJudgement,
} from './walk-forward-judgement.js';
export type { WalkForwardLengths, WalkForwardSpan } from './walk-forward-plan.js';
