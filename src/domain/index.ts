export { UsageError, UserError } from './errors.js';
export { DIRECTIONS, type Direction, MARKETS, type Market, type PositionSide } from './market.js';
export {
  candleOpenTime,
  DAY_MS,
  parseTimeframe,
  TIMEFRAMES,
  type Timeframe,
  timeframeMs,
} from './timeframe.js';
export type { ExitReason, Trade } from './trade.js';
