import { countText } from '../util/index.js';
import { isoTime } from './candle-period.js';
import type { PreparedRun } from './prepare-run.js';

/** What a value of a column must be for its entry to be made (S-07). */
const ALLOWED = {
  stopDistance: ['above 0', (value: number) => value > 0],
  targetDistance: ['above 0', (value: number) => value > 0],
  size: ['above 0 and at most 1', (value: number) => value > 0 && value <= 1],
} as const;

/**
 * Says which entries a strategy's own columns prevented: a mistake in one would otherwise only be seen in the number of trades.
 *
 * @param run - What was traded on.
 */
export function columnNotes({
  candles,
  period,
  signals,
  columns = {},
}: Pick<PreparedRun, 'candles' | 'period' | 'signals' | 'columns'>): string[] {
  return Object.entries(ALLOWED).flatMap(([name, [allowed, isAllowed]]) => {
    const column = columns[name as keyof typeof ALLOWED];
    if (column === undefined) return [];
    let count = 0;
    let first = -1;
    for (let i = period.from; i < period.to; i++) {
      if (signals[i] === 0 || isAllowed(column[i]!)) continue;
      if (count++ === 0) first = i;
    }
    if (count === 0) return [];
    return [
      `${name} of the strategy is not ${allowed} at ${countText(count, 'candle that wants an entry', 'candles that want an entry')}, the first at ${isoTime(candles.openTime[first]!)} with ${column[first]}: those entries are blocked.`,
    ];
  });
}
