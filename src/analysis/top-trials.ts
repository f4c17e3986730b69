import { type DetailsAnalysis, isHigherBetter } from './details-analysis.js';
import { rankOrder } from './rank-order.js';

/** Trials of a list that people page through. */
export const TOP_TRIALS = 1_000;
/** With the best trial of every cell of every heat map; a page must not grow without bound. */
const LISTED_MAX = 3_000;

/** More than a side of a heat map has. */
const CELLS = 64;

/** Rows of details that a report lists. */
export interface TopTrials {
  /** Best first; after `best` of them those that are there for a heat-map cell. */
  readonly rows: Uint32Array;
  readonly best: number;
}

/**
 * Finds the best trials, best first, and after them the best of every heat-map cell that has none among these.
 *
 * @param analysis - Of optimization details.
 */
export function topTrials(analysis: DetailsAnalysis): TopTrials {
  const { table, question } = analysis;
  const values = table.metrics.get(question.metric)!;
  const trades = table.metrics.get('total_trades')!;
  const isCounted = Uint8Array.from(trades, (count) => (count >= question.minTrades ? 1 : 0));
  const order = bestFirst(values, rankOrder(values, isCounted), isHigherBetter(question.metric));
  const best = Math.min(TOP_TRIALS, order.length);
  const isNew = cellFinder(analysis);
  for (let k = 0; k < best; k++) isNew(order[k]!);
  const more: number[] = [];
  for (let k = best; k < order.length && best + more.length < LISTED_MAX; k++) {
    if (isNew(order[k]!)) more.push(order[k]!);
  }
  return { rows: Uint32Array.from([...order.subarray(0, best), ...more]), best };
}

/** Equal values stay in the order of their rows. */
function bestFirst(values: Float64Array, ascending: Uint32Array, isHigher: boolean): Uint32Array {
  if (!isHigher) return ascending;
  const order = new Uint32Array(ascending.length);
  let at = 0;
  for (let end = ascending.length; end > 0; ) {
    let start = end - 1;
    while (start > 0 && values[ascending[start - 1]!] === values[ascending[start]!]) start--;
    for (let k = start; k < end; k++) order[at++] = ascending[k]!;
    end = start;
  }
  return order;
}

/** Says of row after row whether it is the first in a cell of any heat map. */
function cellFinder({ table, axes }: DetailsAnalysis): (row: number) => boolean {
  const columns = axes.map(({ parameter, groupSize }) => ({
    codes: table.parameters.find(({ name }) => name === parameter)!.codes,
    groupSize,
  }));
  const count = columns.length;
  const seen = new Uint8Array(count * count * CELLS * CELLS);
  const groups = new Uint8Array(count);
  return (row) => {
    for (let a = 0; a < count; a++) {
      const { codes, groupSize } = columns[a]!;
      groups[a] = Math.floor(codes[row]! / groupSize);
    }
    let isFirst = false;
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        const cell = ((a * count + b) * CELLS + groups[a]!) * CELLS + groups[b]!;
        if (seen[cell] === 0) isFirst = true;
        seen[cell] = 1;
      }
    }
    return isFirst;
  };
}
