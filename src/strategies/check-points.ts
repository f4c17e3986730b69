import type { CandleColumns } from '../candles/index.js';
import type { Random } from '../util/index.js';

/**
 * Chooses the candles around which to look for a leak: where the signal changes, before unusual candles (moves, ranges, volumes, holes in
 * time), at both ends, and anywhere.
 *
 * @param candles - Columns.
 * @param signals - Shape `[n]`.
 * @param first - First index worth checking.
 * @param count - How many to choose.
 * @param random - Uniform source.
 * @returns Ascending indices in `[first, n - 2]`, without duplicates; at most `count` and a few.
 */
export function chooseCheckPoints(
  candles: CandleColumns,
  signals: Int8Array,
  first: number,
  count: number,
  random: Random,
): readonly number[] {
  const last = candles.length - 2;
  if (last < first) return [];
  const share = Math.max(1, Math.floor(count / 10));
  const points = new Set<number>([first, last, Math.max(first, last - 1)]);
  const add = (index: number): void => {
    if (index >= first && index <= last) points.add(index);
  };
  for (const index of spread(changes(signals), 4 * share, random)) add(index);
  for (const score of unusual(candles)) {
    for (const index of blockMaxima(score, first, last, Math.max(1, share >> 1))) {
      add(index - 1);
      add(index);
    }
  }
  const wanted = Math.min(count, last - first + 1);
  for (let tries = 0; points.size < wanted && tries < 4 * count; tries++) {
    add(first + Math.floor(random() * (last - first + 1)));
  }
  return [...points].sort((a, b) => a - b);
}

function changes(signals: Int8Array): readonly number[] {
  const indices: number[] = [];
  for (let i = 1; i < signals.length; i++) if (signals[i] !== signals[i - 1]) indices.push(i);
  return indices;
}

/** Picks from all parts of a list. */
function spread(list: readonly number[], count: number, random: Random): readonly number[] {
  if (list.length <= count) return list;
  const stride = list.length / count;
  return Array.from({ length: count }, (_, k) => list[Math.floor((k + random()) * stride)]!);
}

/** Scores that say how unusual candle `i` is against the one before. */
function unusual({ openTime, high, low, close, volume }: CandleColumns) {
  return [
    (i: number) => Math.abs(Math.log(close[i]! / close[i - 1]!)),
    (i: number) => (high[i]! - low[i]!) / close[i]!,
    (i: number) => volume[i]! / (volume[i - 1]! + 1e-9),
    (i: number) => openTime[i]! - openTime[i - 1]!,
  ];
}

function blockMaxima(
  score: (i: number) => number,
  first: number,
  last: number,
  blocks: number,
): readonly number[] {
  const size = Math.ceil((last - first + 1) / blocks);
  const maxima: number[] = [];
  for (let start = Math.max(1, first); start <= last; start += size) {
    let best = start;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let i = start; i <= Math.min(last, start + size - 1); i++) {
      const value = score(i);
      if (value > bestScore) {
        best = i;
        bestScore = value;
      }
    }
    maxima.push(best);
  }
  return maxima;
}
