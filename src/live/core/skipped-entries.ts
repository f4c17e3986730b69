import type { SideSign } from '../../semantics/index.js';
import { skipWords } from './skip-words.js';
import { alert, persist, type Turn, timeframeOf } from './turn.js';

/** So many are remembered: parity with the backtest is explained by them. */
export const SKIPPED_MAX = 100;

/**
 * Remembers that an entry was not taken, and says so once for candles in a row with the same reason.
 *
 * @param entry - Side and signal candle.
 * @param reason - Short, without numbers: what is remembered.
 * @param refusedText - What to say, as a warning, about an order that was refused before it was sent.
 */
export function skipEntry(
  turn: Turn,
  entry: { readonly side: SideSign; readonly signalTime: number },
  reason: string,
  refusedText?: string,
): void {
  const { skipped } = turn.memory;
  const { side, signalTime } = entry;
  const last = skipped.at(-1);
  const continues =
    last?.side === side &&
    last.reason === reason &&
    signalTime - last.toTime <= timeframeOf(turn).lengthMs;
  if (continues) {
    persist(turn, { skipped: skipped.with(-1, { ...last, toTime: signalTime }) });
    return;
  }
  if (refusedText !== undefined) alert(turn, 'warning', 'order-refused', refusedText);
  else {
    const words = skipWords(turn, signalTime, reason);
    alert(turn, 'info', 'entry-skipped', `entry skipped: ${words}`);
  }
  const next = { side, fromTime: signalTime, toTime: signalTime, reason };
  persist(turn, { skipped: [...skipped, next].slice(-SKIPPED_MAX) });
}
