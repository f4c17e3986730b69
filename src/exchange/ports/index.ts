export type {
  AccountReport,
  AssetBalance,
  Broker,
  CancelReplaceReport,
  FillQuery,
  KeyPermissions,
} from './broker.js';
export type { CandleQuery, CandleSource, ExchangeCandle, FundingRate } from './candle-source.js';
export { type Clock, type SendPermit, sendPermit, sleep } from './clock.js';
export { type ClockOffset, measureClockOffset, UNMEASURED_OFFSET } from './clock-offset.js';
export {
  ExchangeError,
  OutcomeUnknown,
  type RefusalReason,
  RequestNotSent,
  type RequestOutcome,
  RequestRefused,
} from './errors.js';
export {
  floorQuantity,
  type InstrumentRules,
  type InstrumentSource,
  type InstrumentStatus,
  type InstrumentViolation,
  instrumentViolations,
} from './instrument.js';
export type { CandleSubscription, FeedRequest, MarketEvent, MarketFeed } from './market-feed.js';
export {
  type Fill,
  type ForcedOrderKind,
  isFinal,
  type OCORequest,
  type OrderReport,
  type OrderRequest,
  type OrderSide,
  type OrderStatus,
  type TimeInForce,
  type TriggerSource,
} from './order.js';
export { noteOnce, type ReadingNote } from './reading-notes.js';
export { monotonicTime, SteadyClock } from './steady-clock.js';
export type {
  FundingPayment,
  LeverageBracket,
  MarginReport,
  MarginType,
  MarkPrice,
  Position,
  SymbolSettings,
} from './usdm-account.js';
export { isUsdmBroker, type UsdmBroker } from './usdm-broker.js';
export type { PositionUpdate, UserEvent, UserEvents } from './user-events.js';
export { WeightBudget, type WeightBudgetOptions, type WeightDecision } from './weight-budget.js';
