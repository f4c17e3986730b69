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
  ordersOf,
  type RiskLimits,
  resolveProgram,
  type SkippedEntries,
  type StepContext,
  settingsProblem,
  type TradingState,
  toJournalText,
  tradeOrderIds,
  type UnloggedTrade,
  viewBot,
} from './core/index.js';
export {
  Journal,
  type JournalFiles,
  type JournalOptions,
  openJournalFolder,
  readSavedMemory,
} from './journal/index.js';
export { SimulatedAccount } from './paper/simulated-account.js';
export {
  explainParity,
  PARITY_CAUSES,
  type ParityCause,
  type ParityReport,
  type ParityRow,
  type RecordedTrade,
} from './parity/index.js';
export {
  type Alert,
  BotRunner,
  fetchClosedCandles,
  type RunnerOptions,
  type RunnerPorts,
} from './runner/index.js';
