export { countBacktest, settingsOfRun } from './count-backtest.js';
export type { LedgerWish } from './count-trials.js';
export { type DetailsName, detailsPath } from './find-details.js';
export type { GridSummary } from './grid.js';
export type { GridEntry } from './grid-axes.js';
export { gridEntryOf, gridsOfSymbol } from './grid-entry.js';
export {
  type CrossValidation,
  crossValidate,
  type SelectionEvidence,
} from './judgement/cross-validate.js';
export { type JudgeOptions, judgeWinner } from './judgement/judge-winner.js';
export { judgementChance, judgementFigure } from './judgement/judgement-figure.js';
export { type PeriodWeeks, periodWeeks, weeksOfMarket } from './judgement/period-weeks.js';
export { noLuck, type RunLuck } from './judgement/run-luck.js';
export {
  type CrossValidationOptions,
  SAMPLE_TRIALS_DEFAULT,
  SAMPLE_TRIALS_MAX,
} from './judgement/sample.js';
export {
  type ChanceOfLuck,
  chanceOfLuck,
  luckOfTrial,
  type PooledSkewness,
  pooledSkewness,
  type TrialFigures,
  trialFigures,
} from './judgement/trial-judgement.js';
export {
  chance,
  choiceSentence,
  shortcomingSentences,
  type VerdictStory,
  verdictSentence,
  verdictWord,
} from './judgement/verdict-words.js';
export { type LedgerEntry, listLedgers } from './ledger/list-ledgers.js';
export {
  addLuck,
  emptyLuck,
  type LuckAddition,
  type LuckRecord,
  type LuckWinner,
  luckWinner,
  readLuck,
  winnerDecisions,
  withAddition,
} from './ledger/luck-file.js';
export { type LuckLedger, openLuckLedger } from './ledger/luck-ledger.js';
export {
  type LedgerRun,
  ledgerName,
  openTrialLedger,
  type TrialLedger,
} from './ledger/trial-ledger.js';
export {
  metricColumn,
  OBJECTIVE_NAMES,
  type ObjectiveName,
  parseObjective,
  type Ranking,
  type TrialResult,
} from './objective.js';
export type { DetailsRun, DetailsWish } from './open-details.js';
export { openPlanSummary } from './open-search.js';
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
export { type TrialSettings, trialConfig } from './trial-config.js';
export { trialDecisions } from './trial-decisions.js';
export { effectiveParameters } from './trial-text.js';
