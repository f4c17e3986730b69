/** Columns that a candle chart draws; one level of detail. Shape `[n]`. */
export interface ChartCandles {
  /** Open time of the first candle of each group, ms UTC. */
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** How the values of a group become one: an equity keeps its last, a drawdown its worst. */
export type Aggregate = 'last' | 'min' | 'max' | 'first';

/** Each level of detail holds groups twice as long as the one before. */
export const LEVEL_FACTOR = 2;

/**
 * Merges consecutive candles: first open, highest high, lowest low, last close, summed volume.
 *
 * @param candles - Any number of candles.
 * @param size - Candles per group, >= 1; the last group may be shorter.
 */
export function groupCandles(candles: ChartCandles, size: number): ChartCandles {
  return {
    time: groupColumn(candles.time, size, 'first'),
    open: groupColumn(candles.open, size, 'first'),
    high: groupColumn(candles.high, size, 'max'),
    low: groupColumn(candles.low, size, 'min'),
    close: groupColumn(candles.close, size, 'last'),
    volume: sumColumn(candles.volume, size),
  };
}

/**
 * Merges consecutive values; undefined ones (`NaN`) are passed over unless the whole group is undefined.
 *
 * @param values - Shape `[n]`.
 * @param size - Values per group, >= 1.
 * @param aggregate - Which value stands for the group.
 * @returns Shape `[ceil(n / size)]`.
 */
export function groupColumn(
  values: Float64Array,
  size: number,
  aggregate: Aggregate,
): Float64Array {
  if (size === 1) return values;
  const groups = new Float64Array(Math.ceil(values.length / size));
  for (let group = 0; group < groups.length; group++) {
    const end = Math.min(values.length, (group + 1) * size);
    let kept = Number.NaN;
    for (let i = group * size; i < end; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      if (Number.isNaN(kept) || replaces(value, kept, aggregate)) kept = value;
    }
    groups[group] = kept;
  }
  return groups;
}

/**
 * Returns the group size with which a stretch of candles fits on a chart.
 *
 * @param visible - Candles in view.
 * @param drawableMax - Candles that the chart draws at most.
 * @returns A power of `LEVEL_FACTOR`, >= 1.
 */
export function groupSizeFor(visible: number, drawableMax: number): number {
  let size = 1;
  while (visible / size > drawableMax) size *= LEVEL_FACTOR;
  return size;
}

function replaces(value: number, kept: number, aggregate: Aggregate): boolean {
  switch (aggregate) {
    case 'last':
      return true;
    case 'first':
      return false;
    case 'min':
      return value < kept;
    case 'max':
      return value > kept;
  }
}

function sumColumn(values: Float64Array, size: number): Float64Array {
  if (size === 1) return values;
  const groups = new Float64Array(Math.ceil(values.length / size));
  for (let i = 0; i < values.length; i++) {
    groups[Math.floor(i / size)]! += values[i]!;
  }
  return groups;
}
