export {
  isAmbiguous,
  opensBeyondStop,
  opensBeyondTakeProfit,
  touchesStop,
  touchesTakeProfit,
} from './candle-checks.js';
export {
  isAcrossGap,
  isLossLimitReached,
  isRuined,
  longPermitted,
  shortPermitted,
  stillBlocked,
} from './entry-rules.js';
export {
  commissionOf,
  marketFillPrice,
  type OrderSign,
  type SideSign,
  stopFillPrice,
} from './fills.js';
export {
  balanceAfterEntry,
  balanceAfterExit,
  excursionPercent,
  netProfit,
  profitBetween,
  returnPercent,
} from './profit.js';
export { AFFORDABLE_TOLERANCE, isAffordable, quantityOfBalance } from './sizing.js';
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
export type { PositionSize, TradeRules } from './trade-rules.js';
