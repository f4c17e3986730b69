import type { Trade } from '../../domain/index.js';
import type { SkippedEntries } from '../core/index.js';
import type { ParityContext } from './parity-context.js';

/** What the bot remembers of an entry that it did not take and the backtest did. */
export function skipOf(
  { memory, lengthMs }: Pick<ParityContext, 'memory' | 'lengthMs'>,
  past: Trade,
): SkippedEntries | undefined {
  const signalTime = past.entryTime - lengthMs;
  const side = past.side === 'long' ? 1 : -1;
  return memory.skipped.find(
    (entry) => entry.side === side && entry.fromTime <= signalTime && signalTime <= entry.toTime,
  );
}
