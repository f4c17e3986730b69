export {
  type AdoptFacts,
  type Adoption,
  adoptedMemory,
  livedThroughAll,
  rebuildPosition,
} from './adopt-position.js';
export { adoptSettings } from './adopt-settings.js';
export type { BotView } from './bot-view.js';
export { type CandleChecksum, checksumWith } from './candle-checksums.js';
export {
  appendCandle,
  type CandleWindow,
  type ClosedCandle,
  windowSeries,
} from './candle-window.js';
export {
  clientOrderId,
  isOwnOrderId,
  isTraderOrderId,
  orderIdPrefix,
  orderTag,
  readOwnOrderId,
} from './client-order-id.js';
export type { Degradation, DegradationReason } from './degradation.js';
export type { AlertCode, AlertLevel, Effect } from './effects.js';
export { type EntryFacts, type EntryOutlook, entryOutlook } from './entry-outlook.js';
export type { BotCommand, BotEvent, Failure } from './events.js';
export type { HoldBack } from './hold-back.js';
export { foreignHome, type SeenHome, settledHome } from './home.js';
export { isAllAtRest, isFlat, ordersOf } from './in-flight.js';
export type { LiveTrade } from './live-trade.js';
export {
  type BotMemory,
  fromJournalText,
  type Home,
  initialMemory,
  MEMORY_VERSION,
  memoryPatch,
  mustBeWritten,
  type SkippedEntries,
  type TradingState,
  toJournalText,
  type UnloggedTrade,
  type UnprotectedTimes,
  upgradedMemory,
} from './memory.js';
export { entryPriceOf, heldQuantity } from './position.js';
export { type PositionStage, positionStage } from './position-stage.js';
export { resolveProgram } from './resolve-program.js';
export type { RiskApproved } from './risk.js';
export {
  type BotSettings,
  FIXED_WHILE_RUNNING,
  type LossLimitAction,
  type RiskLimits,
  settingsProblem,
} from './settings.js';
export { SKIPPED_MAX } from './skipped-entries.js';
export type { StepResult } from './step.js';
export { type StepContext, step, viewBot } from './step-by-name.js';
export { fromStored, toStored } from './stored-memory.js';
export {
  type BotState,
  DEFAULT_LIVE_LIMITS,
  type LiveLimits,
  startState,
} from './turn.js';
export { tradeOrderIds } from './unlogged-trades.js';
