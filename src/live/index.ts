export {
  type AlertCode,
  adoptSettings,
  type BotCommand,
  type BotEvent,
  type BotMemory,
  type BotSettings,
  type BotState,
  type BotView,
  DEFAULT_LIVE_LIMITS,
  type Effect,
  type LiveLimits,
  type LiveTrade,
  type LossLimitAction,
  type RiskLimits,
  resolveProgram,
  type StepContext,
  settingsProblem,
  type TradingState,
  toJournalText,
  viewBot,
} from './core/index.js';
export {
  Journal,
  type JournalFiles,
  type JournalOptions,
  openJournalFolder,
} from './journal/index.js';
export { SimulatedAccount } from './paper/simulated-account.js';
export { type Alert, BotRunner, type RunnerOptions, type RunnerPorts } from './runner/index.js';
