import { candleRange } from '../candles/index.js';
import { compare } from '../indicators/index.js';
import { type Decided, decidedOn } from './decided.js';
import type { Parameters, Strategy } from './strategy.js';
import type { StrategyCandles } from './strategy-candles.js';

/** Least history that strategies get unless they say otherwise, candles (S-63). */
const HISTORY_MIN = 500;
const HISTORY_WARM_UPS = 4;
const DECISIONS = 100;

/** Whether a window of the newest candles gives the decisions that the whole history gives. */
export interface HistoryReport {
  /** Candles before a decision that each window has. */
  readonly history: number;
  /** Decisions that were compared, and those that differ. */
  readonly decisions: number;
  readonly differing: number;
}

/**
 * Returns how many candles before a decision a strategy says suffice for it (S-63).
 *
 * @param strategy - Built in or a user's.
 * @param parameters - Complete.
 */
export function historyOf(strategy: Strategy, parameters: Parameters): number {
  return (
    strategy.history?.(parameters) ??
    Math.max(HISTORY_MIN, HISTORY_WARM_UPS * strategy.warmUp(parameters))
  );
}

/**
 * Runs a strategy on windows of the newest candles before evenly spaced decisions, and counts those that the whole history
 * decides otherwise (S-63): a trader sees such windows, a backtest the whole.
 *
 * @param strategy - Passed `checkStrategy()`.
 * @param parameters - Complete.
 * @param candles - The whole history.
 */
export function checkHistory(
  strategy: Strategy,
  parameters: Parameters,
  candles: StrategyCandles,
): HistoryReport {
  const history = historyOf(strategy, parameters);
  const warmUp = strategy.warmUp(parameters);
  const whole = decidedOn(strategy, candles, parameters);
  const last = candles.length - 1;
  const count = Math.min(DECISIONS, last - warmUp + 1);
  let differing = 0;
  for (let k = 0; k < count; k++) {
    const at = count === 1 ? last : Math.round(warmUp + ((last - warmUp) * k) / (count - 1));
    const window = candleRange(candles, Math.max(0, at - history), at + 1);
    const decided = decidedOn(strategy, window, parameters);
    if (differs(decided, window.length - 1, whole, at)) differing++;
  }
  return { history, decisions: Math.max(0, count), differing };
}

/** Whether a decision differs: entry or exit, and at an entry a column of S-07 by more than a tie (S-05). */
function differs(a: Decided, at: number, b: Decided, where: number): boolean {
  if (a.signals[at] !== b.signals[where]) return true;
  return a.others.some(({ name, values }, k) => {
    const [x, y] = [values[at]!, b.others[k]!.values[where]!];
    if (name === 'exit') return x !== y;
    // What `manage` answers depends on the trades that a window has.
    if (!OF_ENTRIES.includes(name) || a.signals[at] === 0) return false;
    return x !== y && !(Number.isNaN(x) && Number.isNaN(y)) && compare(x, y) !== 0;
  });
}

const OF_ENTRIES: readonly string[] = ['stopDistance', 'targetDistance', 'size', 'rank'];
