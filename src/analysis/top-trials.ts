import { type DetailsAnalysis, isHigherBetter } from './details-analysis.js';

/** Trials of a list that people page through. */
export const TOP_TRIALS = 1_000;
/** With the best trial of every cell of every heat map; a page must not grow without bound. */
const LISTED_MAX = 3_000;

/**
 * Returns the rows of the best trials, best first, and after them the best of every heat-map cell that has none among these.
 *
 * @param analysis - Of optimization details.
 * @returns Row numbers, and how many of them are the best of all.
 */
export function topTrials(analysis: DetailsAnalysis): {
  readonly rows: Uint32Array;
  readonly best: number;
} {
  const { table, question, axes } = analysis;
  const values = table.metrics.get(question.metric)!;
  const trades = table.metrics.get('total_trades')!;
  const sign = isHigherBetter(question.metric) ? -1 : 1;
  const counted: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (trades[row]! >= question.minTrades && !Number.isNaN(values[row]!)) counted.push(row);
  }
  // Infinite values are equal, and their difference is no number.
  const order = Uint32Array.from(counted).sort((a, b) =>
    values[a] === values[b] ? a - b : sign * (values[a]! - values[b]!),
  );
  const best = Math.min(TOP_TRIALS, order.length);
  const columns = axes.map(({ parameter, groupSize }) => ({
    codes: table.parameters.find(({ name }) => name === parameter)!.codes,
    groupSize,
  }));
  const seen = new Set<number>();
  const isNew = (row: number): boolean => {
    let found = false;
    columns.forEach((first, a) => {
      for (let b = a + 1; b < columns.length; b++) {
        const second = columns[b]!;
        const [x, y] = [first, second].map(({ codes, groupSize }) =>
          Math.floor(codes[row]! / groupSize),
        );
        const cell = ((a * columns.length + b) * CELLS + x!) * CELLS + y!;
        if (!seen.has(cell)) found = true;
        seen.add(cell);
      }
    });
    return found;
  };
  for (let k = 0; k < best; k++) isNew(order[k]!);
  const more: number[] = [];
  for (let k = best; k < order.length && best + more.length < LISTED_MAX; k++) {
    if (isNew(order[k]!)) more.push(order[k]!);
  }
  return { rows: Uint32Array.from([...order.subarray(0, best), ...more]), best };
}

/** More than a side of a heat map has. */
const CELLS = 64;
