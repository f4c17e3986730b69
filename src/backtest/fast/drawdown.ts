import {
  coverMax,
  coverMin,
  type PreparedCandles,
  rangeMax,
  rangeMin,
} from './prepared-candles.js';
import type { TradeBuffer } from './trade-buffer.js';

/** Where the drawdown of an equity series stands (§6); `maxDrawdown` and `maxDrawdownDuration` are its slow twins. */
export interface DrawdownState {
  peak: number;
  /** Close time at which equity last stood at the peak; the first open time in the beginning. */
  peakTime: number;
  /** Whether equity has been below the peak since. */
  below: boolean;
  largest: number;
  longest: number;
  /** First candle whose equity was not seen yet. */
  at: number;
}

/**
 * Starts a drawdown.
 *
 * @param prepared - Candles.
 * @param initialBalance - Quote.
 * @param atLeast - A drawdown that is known to be reached; smaller ones need not be looked for.
 */
export function startDrawdown(
  prepared: PreparedCandles,
  initialBalance: number,
  atLeast: number,
): DrawdownState {
  return {
    peak: initialBalance,
    peakTime: prepared.openTime[0] ?? 0,
    below: false,
    largest: atLeast,
    longest: 0,
    at: 0,
  };
}

/**
 * Goes on through the flat time before each trade and through the trade; what follows the last one is left to the next call.
 *
 * @param state - Changed in place.
 * @param prepared - Candles.
 * @param trades - Filled, in order.
 */
export function followTrades(
  state: DrawdownState,
  prepared: PreparedCandles,
  trades: TradeBuffer,
): void {
  const { closes } = prepared;
  const { count, code, exit, entryPrice, quantity, balanceBefore, balanceAfterEntry } = trades;
  for (let k = 0; k < count; k++) {
    const entry = code[k]! >> 1;
    const x = exit[k]!;
    if (entry > state.at) followFlat(state, prepared, entry, balanceBefore[k]!);
    if (x <= entry) continue;
    const side = 1 - 2 * (code[k]! & 1);
    const price = entryPrice[k]!;
    const size = quantity[k]!;
    const after = balanceAfterEntry[k]!;
    const low = coverMin(closes, entry, x);
    const high = coverMax(closes, entry, x);
    const best = after + side * ((side > 0 ? high : low) - price) * size;
    if (best < state.peak) {
      const worst = after + side * ((side > 0 ? low : high) - price) * size;
      if ((state.peak - worst) / state.peak > state.largest) {
        const exact = side > 0 ? rangeMin(closes, entry, x) : rangeMax(closes, entry, x);
        const drawdown = (state.peak - (after + side * (exact - price) * size)) / state.peak;
        if (drawdown > state.largest) state.largest = drawdown;
      }
      state.below = true;
      state.at = x;
    } else {
      followPosition(state, prepared, entry, x, side, price, size, after);
    }
  }
}

/**
 * Goes on through flat time.
 *
 * @param state - Changed in place.
 * @param prepared - Candles.
 * @param to - First candle after it.
 * @param balance - Quote.
 */
export function followFlat(
  state: DrawdownState,
  prepared: PreparedCandles,
  to: number,
  balance: number,
): void {
  const { at } = state;
  if (to <= at) return;
  state.at = to;
  if (balance < state.peak) {
    state.below = true;
    const drawdown = (state.peak - balance) / state.peak;
    if (drawdown > state.largest) state.largest = drawdown;
    return;
  }
  const { openTime, timeframeMs } = prepared;
  if (state.below) {
    state.longest = Math.max(state.longest, openTime[at]! + timeframeMs - state.peakTime);
  }
  state.below = false;
  state.peak = balance;
  state.peakTime = openTime[to - 1]! + timeframeMs;
}

/**
 * Skips trades whose equity stays below the peak without a new drawdown.
 *
 * @param state - Changed in place.
 * @param to - First candle after them.
 */
export function skipBelowPeak(state: DrawdownState, to: number): void {
  state.below = true;
  state.at = to;
}

/**
 * Ends a drawdown: a stretch that is still open lasts to the last close.
 *
 * @param state - Changed in place.
 * @param prepared - Candles.
 * @param finalBalance - Equity from the last exit on.
 */
export function endDrawdown(
  state: DrawdownState,
  prepared: PreparedCandles,
  finalBalance: number,
): void {
  const { length, openTime, timeframeMs } = prepared;
  followFlat(state, prepared, length, finalBalance);
  if (state.below) {
    state.longest = Math.max(state.longest, openTime[length - 1]! + timeframeMs - state.peakTime);
  }
}

/** A position that reaches the peak: candle by candle, past blocks that stay below it without a new drawdown. */
function followPosition(
  state: DrawdownState,
  prepared: PreparedCandles,
  from: number,
  to: number,
  side: number,
  price: number,
  size: number,
  after: number,
): void {
  const { close, openTime, timeframeMs, closes } = prepared;
  const bests = side > 0 ? closes.blockMax : closes.blockMin;
  const worsts = side > 0 ? closes.blockMin : closes.blockMax;
  const { blockShift } = closes;
  const blockSize = 1 << blockShift;
  let { peak, peakTime, below, largest, longest } = state;
  let i = from;
  while (i < to) {
    if ((i & (blockSize - 1)) === 0 && i + blockSize <= to) {
      const block = i >> blockShift;
      const best = after + side * (bests[block]! - price) * size;
      const worst = after + side * (worsts[block]! - price) * size;
      if (best < peak && (peak - worst) / peak <= largest) {
        below = true;
        i += blockSize;
        continue;
      }
    }
    const value = after + side * (close[i]! - price) * size;
    if (value < peak) {
      below = true;
      const drawdown = (peak - value) / peak;
      if (drawdown > largest) largest = drawdown;
    } else {
      const time = openTime[i]! + timeframeMs;
      if (below) longest = Math.max(longest, time - peakTime);
      below = false;
      peak = value;
      peakTime = time;
    }
    i++;
  }
  state.peak = peak;
  state.peakTime = peakTime;
  state.below = below;
  state.largest = largest;
  state.longest = longest;
  state.at = to;
}
