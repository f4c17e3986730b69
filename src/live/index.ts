export {
  type AlertCode,
  type BotCommand,
  type BotMemory,
  type BotSettings,
  type BotState,
  DEFAULT_LIVE_LIMITS,
  type LiveLimits,
  type LiveTrade,
  type LossLimitAction,
  type RiskLimits,
  type StepContext,
  settingsProblem,
  type TradingState,
} from './core/index.js';
export {
  Journal,
  type JournalFiles,
  type JournalOptions,
  openJournalFolder,
} from './journal/index.js';
export { type Alert, BotRunner, type RunnerOptions, type RunnerPorts } from './runner/index.js';
