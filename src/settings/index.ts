export { BOT_LIMITS } from './bot-limits.js';
export {
  BOT_SETTINGS,
  type BotValues,
  type CandleValues,
  EXIT_AXES,
  FILTER_RULES,
  type FilterValues,
  idleKeys,
  isAlwaysWritten,
  RUN_SETTINGS,
  type RuleValues,
  ruleConflicts,
  SHARED_AXES,
  SHARED_NAMES,
  SWITCHED_SETTINGS,
  valuesOf,
  withoutLaterDefaults,
} from './run-settings.js';
export { canonicalValue, settingProblem } from './setting-problem.js';
