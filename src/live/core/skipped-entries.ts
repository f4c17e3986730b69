import type { SideSign } from '../../semantics/index.js';
import { skipWords } from './skip-words.js';
import { alert, persist, type StepContext, timeframeOf } from './step-context.js';

/** Entries that are kept: parity with the backtest is explained by them. */
export const SKIPPED_MAX = 100;

/**
 * Remembers that an entry was not taken, and says so once for candles in a row with the same reason.
 *
 * @param entry - Side and signal candle.
 * @param reason - Short, without numbers: what is kept.
 * @param refusedText - What to say, as a warning, about an order that was refused before it was sent.
 */
export function skipEntry(
  ctx: StepContext,
  entry: { readonly side: SideSign; readonly signalTime: number },
  reason: string,
  refusedText?: string,
): void {
  const { skipped } = ctx.memory;
  const { side, signalTime } = entry;
  const last = skipped.at(-1);
  const continues =
    last?.side === side &&
    last.reason === reason &&
    signalTime - last.toTime <= timeframeOf(ctx).lengthMs;
  if (continues) {
    persist(ctx, { skipped: skipped.with(-1, { ...last, toTime: signalTime }) });
    return;
  }
  if (refusedText !== undefined) alert(ctx, 'warning', 'order-refused', refusedText);
  else {
    const words = skipWords(ctx, signalTime, reason);
    alert(ctx, 'info', 'entry-skipped', `entry skipped: ${words}`);
  }
  const next = { side, fromTime: signalTime, toTime: signalTime, reason };
  persist(ctx, { skipped: [...skipped, next].slice(-SKIPPED_MAX) });
}
