export type { LedgerWish } from './count-trials.js';
export { type DetailsName, detailsPath } from './find-details.js';
export type { GridSummary } from './grid.js';
export type { GridEntry } from './grid-axes.js';
export { gridEntryOf, gridsOfSymbol } from './grid-entry.js';
export { type LedgerRun, openTrialLedger, type TrialLedger } from './ledger/trial-ledger.js';
export {
  metricColumn,
  OBJECTIVE_NAMES,
  type ObjectiveName,
  parseObjective,
  type Ranking,
  type TrialResult,
} from './objective.js';
export type { DetailsRun, DetailsWish } from './open-details.js';
export {
  type OptimizeProgress,
  type OptimizeRequest,
  type OptimizeResult,
  optimize,
  type RankedTrial,
} from './optimize.js';
export { openPlan, type Trial, type TrialPlan } from './plan.js';
export { lendWorkers, type WorkerRequest } from './pool/lend-workers.js';
export { OPTIMIZE_ENGINES, type OptimizeEngine } from './pool/protocol.js';
export {
  type AssessOptions,
  assessRobustness,
  assessSelection,
  SAMPLE_TRIALS_DEFAULT,
  SAMPLE_TRIALS_MAX,
  type SelectionEvidence,
} from './robustness/assess-robustness.js';
export { type GateFailure, ROBUSTNESS_GATE } from './robustness/gate.js';
export { type TrialSettings, trialConfig } from './trial-config.js';
export { effectiveParameters } from './trial-text.js';
