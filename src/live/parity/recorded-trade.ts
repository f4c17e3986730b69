import type { LiveTrade } from '../core/index.js';

/** A trade of a bot as its log tells it. */
export type RecordedTrade = Pick<
  LiveTrade,
  | 'side'
  | 'signalTime'
  | 'entryTime'
  | 'exitTime'
  | 'entryFillTime'
  | 'exitFillTime'
  | 'entryPrice'
  | 'exitPrice'
  | 'units'
  | 'commission'
  | 'funding'
  | 'netPnl'
  | 'exitReason'
  | 'balance'
  | 'dust'
  | 'orders'
>;
