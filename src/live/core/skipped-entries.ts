import type { SideSign } from '../../semantics/index.js';
import { alert, remember, type Turn, timeframeOf } from './turn.js';

/** So many are remembered: parity with the backtest is explained by them. */
export const SKIPPED_MAX = 100;

/** Says and remembers that an entry was not taken. */
export function skipEntry(
  turn: Turn,
  entry: { readonly side: SideSign; readonly signalTime: number },
  reason: string,
): void {
  const { skipped } = turn.memory;
  const { side, signalTime } = entry;
  const last = skipped.at(-1);
  const continues =
    last?.side === side &&
    last.reason === reason &&
    signalTime - last.toTime <= timeframeOf(turn).lengthMs;
  if (continues) {
    remember(turn, { skipped: skipped.with(-1, { ...last, toTime: signalTime }) });
    return;
  }
  alert(turn, 'info', 'entry-skipped', `entry not taken: ${reason}`);
  const next = { side, fromTime: signalTime, toTime: signalTime, reason };
  remember(turn, { skipped: [...skipped, next].slice(-SKIPPED_MAX) });
}
