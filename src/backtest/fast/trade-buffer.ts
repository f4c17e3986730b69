import type { ExitReason } from '../../domain/index.js';

/** Exit reasons as numbers, for columns. */
export const EXIT_REASONS: readonly ExitReason[] = [
  'signal',
  'stop-loss',
  'take-profit',
  'trailing-stop',
  'liquidation',
  'end-of-data',
  'time',
  'break-even',
];
export const REASON_SIGNAL = 0;
export const REASON_STOP_LOSS = 1;
export const REASON_TAKE_PROFIT = 2;
export const REASON_TRAILING_STOP = 3;
export const REASON_LIQUIDATION = 4;
export const REASON_END_OF_DATA = 5;
export const REASON_TIME = 6;
export const REASON_BREAK_EVEN = 7;

/** Which levels are met on the exit candle; none of them: a signal exit at its open. */
export const HIT_STOP_LOSS = 1;
export const HIT_TRAILING_STOP = 2;
export const HIT_TAKE_PROFIT = 4;
/** The position outlived the last candle. */
export const HIT_END_OF_DATA = 8;
/** Later rules (S-73, S-75). */
export const HIT_BREAK_EVEN = 16;
/** The time is up: an exit at the open, as by a signal. */
export const HIT_TIME = 32;

/** Trades as columns, in the order of their exits: where they are (a chain writes it) and what they are worth (`fillTrades`). */
export interface TradeBuffer {
  count: number;
  /** 2 × entry candle + (0 long | 1 short). */
  code: Int32Array;
  exit: Int32Array;
  /** Bits `HIT_…`. */
  hits: Uint8Array;
  /** Candle whose extreme was the trailing peak, -1 the entry price; only with `HIT_TRAILING_STOP`. */
  peak: Int32Array;
  entryPrice: Float64Array;
  exitPrice: Float64Array;
  quantity: Float64Array;
  /** Entry commission, and both together. */
  entryCommission: Float64Array;
  commission: Float64Array;
  grossPnl: Float64Array;
  netPnl: Float64Array;
  balanceBefore: Float64Array;
  balanceAfterEntry: Float64Array;
  balance: Float64Array;
  reason: Uint8Array;
  /** The exit filled inside its candle (S-42, S-43). */
  inside: Uint8Array;
  ambiguous: Uint8Array;
}

/**
 * Allocates columns for trades.
 *
 * @param capacity - Trades.
 */
export function allocateTradeBuffer(capacity: number): TradeBuffer {
  const floats = (): Float64Array => new Float64Array(capacity);
  return {
    count: 0,
    code: new Int32Array(capacity),
    exit: new Int32Array(capacity),
    hits: new Uint8Array(capacity),
    peak: new Int32Array(capacity),
    entryPrice: floats(),
    exitPrice: floats(),
    quantity: floats(),
    entryCommission: floats(),
    commission: floats(),
    grossPnl: floats(),
    netPnl: floats(),
    balanceBefore: floats(),
    balanceAfterEntry: floats(),
    balance: floats(),
    reason: new Uint8Array(capacity),
    inside: new Uint8Array(capacity),
    ambiguous: new Uint8Array(capacity),
  };
}

/**
 * Makes room for more trades, keeping those that are there.
 *
 * @param trades - Changed in place.
 */
export function growTradeBuffer(trades: TradeBuffer): void {
  const larger = allocateTradeBuffer(Math.max(64, trades.code.length * 2));
  copyTrades(trades, larger);
  Object.assign(trades, larger);
}

/**
 * Appends all trades of one buffer to another, which grows as needed.
 *
 * @param from - Source.
 * @param to - Target, changed in place.
 */
export function appendTrades(from: TradeBuffer, to: TradeBuffer): void {
  while (to.code.length < to.count + from.count) growTradeBuffer(to);
  copyTrades(from, to);
}

function copyTrades(from: TradeBuffer, to: TradeBuffer): void {
  const { count } = from;
  const at = to.count;
  to.code.set(from.code.subarray(0, count), at);
  to.exit.set(from.exit.subarray(0, count), at);
  to.hits.set(from.hits.subarray(0, count), at);
  to.peak.set(from.peak.subarray(0, count), at);
  to.entryPrice.set(from.entryPrice.subarray(0, count), at);
  to.exitPrice.set(from.exitPrice.subarray(0, count), at);
  to.quantity.set(from.quantity.subarray(0, count), at);
  to.entryCommission.set(from.entryCommission.subarray(0, count), at);
  to.commission.set(from.commission.subarray(0, count), at);
  to.grossPnl.set(from.grossPnl.subarray(0, count), at);
  to.netPnl.set(from.netPnl.subarray(0, count), at);
  to.balanceBefore.set(from.balanceBefore.subarray(0, count), at);
  to.balanceAfterEntry.set(from.balanceAfterEntry.subarray(0, count), at);
  to.balance.set(from.balance.subarray(0, count), at);
  to.reason.set(from.reason.subarray(0, count), at);
  to.inside.set(from.inside.subarray(0, count), at);
  to.ambiguous.set(from.ambiguous.subarray(0, count), at);
  to.count = at + count;
}
