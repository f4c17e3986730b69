export {
  type BacktestRunConfig,
  type BacktestRunConfigInput,
  backtestRunConfigSchema,
  ENGINE_NAMES,
  type EngineName,
  type FilterSettings,
  loadBacktestRunConfig,
  loadYaml,
  parseBacktestRunConfig,
} from './backtest-run-config.js';
export {
  type BestParamsEntry,
  type BestParamsValue,
  type BestParamsWish,
  checkBestParamsFile,
  type NamedBestParams,
  readAllBestParams,
  readBestParams,
  writeBestParams,
} from './best-params.js';
export {
  type ChosenRun,
  type ChosenRunWish,
  type ForwardFinding,
  readChosenRun,
  runSettings,
} from './chosen-run.js';
export { type EntryVerdict, entryVerdict, isGoodWord } from './entry-verdict.js';
export {
  JUDGED_BY_OLDER,
  type JudgementBlock,
  judgementSchema,
  VERDICT_WORDS,
  type VerdictWord,
} from './judgement-block.js';
export {
  type GridValue,
  type OptimizeParamsConfig,
  type OptimizeParamsFile,
  type ParameterGrid,
  parseOptimizeParams,
} from './optimize-params.js';
export {
  parseRuntimeConfig,
  placeOfSetting,
  type RuntimeBotConfig,
  type RuntimeConfig,
  readRuntimeConfigText,
  runtimeBots,
} from './runtime-config.js';
export { checkYaml, parseYaml, type YamlPath, type YamlSource } from './yaml.js';
