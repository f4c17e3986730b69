/** What a bot that knows too little, or may not ask, is blocked by. */
export type DataBlock =
  | 'strategy-failed'
  | 'disk-failing'
  | 'market-data-stale'
  | 'account-stale'
  /** No look at the account agreed with the bot yet, or the last one did not. */
  | 'account-unconfirmed'
  | 'clock-skew'
  | 'exchange-quiet';

/** What keeps a bot from acting as its backtest would. */
export type DegradationReason =
  /** No process ran: from its last sign of life to the next start. */
  | 'absent'
  /** The machine slept, or the process did not get to run. */
  | 'asleep'
  /** Candles that the exchange did not have when it was asked for them. */
  | 'candles-missing'
  /** Candles that were handled long after their close. */
  | 'candles-late'
  /** An order that was carried out long after it was decided on. */
  | 'order-slow'
  /** An order whose fate was not known. */
  | 'order-unanswered'
  /** A stop or take-profit was gone from the exchange: from the last look that can have listed it until that was certain. */
  | 'exits-gone'
  /** An entry that the exchange filled in part only. */
  | 'entry-part-filled'
  | 'halted'
  | 'reducing'
  | 'mismatch'
  | DataBlock;

/** A stretch of time in which something kept the bot from acting as usual: evidence for what it did otherwise. */
export interface Degradation {
  readonly reason: DegradationReason;
  /** ms UTC; `null`: it lasts. */
  readonly fromTime: number;
  readonly toTime: number | null;
}
