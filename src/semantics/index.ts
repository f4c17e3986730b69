export {
  isAmbiguous,
  opensBeyondStop,
  opensBeyondTakeProfit,
  touchesStop,
  touchesTakeProfit,
} from './candle-checks.js';
export { type CandleFills, candleFills, type LastFill, partQuantity } from './candle-fills.js';
export { checkTradeRules, type GivenColumns } from './check-rules.js';
export {
  isAcrossGap,
  isLossLimitReached,
  isRuined,
  longPermitted,
  RUINED_SHARE,
  shortPermitted,
  stillBlocked,
} from './entry-rules.js';
export { entrySizeOf, type GivenSizes } from './entry-size.js';
export { type EntryTerms, entryQuantity, entryTerms, usesAtr } from './entry-terms.js';
export {
  coolsDown,
  gainsTooLittle,
  isTimeUp,
  leavesBySignal,
  waitsAfter,
} from './exit-rules.js';
export {
  commissionOf,
  marketFillPrice,
  type OrderSign,
  type SideSign,
  stopFillPrice,
} from './fills.js';
export {
  type Manage,
  type ManageResult,
  type ManageView,
  manageView,
  setManagedLevels,
} from './manage.js';
export {
  bookExitFill,
  type ClosedPosition,
  closedPosition,
  completeCandle,
  type EntryDistances,
  type OpenPosition,
  openPosition,
  type PositionEntry,
  renewRuin,
} from './open-position.js';
export {
  type LevelRules,
  levelRulesOf,
  levelsMayMove,
  levelsOf,
  type PositionLevels,
  stopsByName,
} from './position-levels.js';
export {
  balanceAfterEntry,
  balanceAfterExit,
  excursionPercent,
  netProfit,
  profitBetween,
  returnPercent,
} from './profit.js';
export {
  parseProfitTargets,
  parseScaleOut,
  profitTargetsText,
  scaleOutText,
} from './rule-texts.js';
export {
  AFFORDABLE_TOLERANCE,
  isAffordable,
  quantityAtRisk,
  quantityOfBalance,
} from './sizing.js';
export {
  noStop,
  noTakeProfit,
  raisePeak,
  ruinLevel,
  stopLossLevel,
  stopReason,
  takeProfitLevel,
  tighterStop,
  trailingStopLevel,
} from './stop-levels.js';
export { hasGained, type LevelSources, STOP_NAMES, type StopName } from './stop-rules.js';
export {
  entryBeside,
  LEAVE_LONG,
  LEAVE_SHORT,
  type TradeColumns,
} from './trade-columns.js';
export type {
  EngineRules,
  EntrySize,
  PositionSize,
  ProfitTarget,
  ScaleOutPart,
  TradeRules,
} from './trade-rules.js';
export { EXIT_ATR_PERIOD } from './trade-rules.js';
