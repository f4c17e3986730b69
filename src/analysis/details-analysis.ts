import { findMetric } from '../metrics/index.js';
import {
  DETAIL_METRICS,
  type DetailMetric,
  type DetailsTable,
  type ParameterColumn,
} from './details-table.js';
import { type FilterAblation, filterAblations } from './filter-ablation.js';
import { rankOrder } from './rank-order.js';
import { NOT_SET } from './run-record.js';
import { sortedQuantile } from './sorted-quantile.js';

/** How details are looked at. */
export interface DetailsQuestion {
  readonly metric: DetailMetric;
  /** Trials with fewer trades are left out. */
  readonly minTrades: number;
}

/** The metric of the trials that share one value of a parameter. */
export interface SliceLevel {
  readonly level: string;
  readonly trials: number;
  readonly best: number;
  /** Quantiles over the trials. */
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
}

/** One parameter alone. */
export interface Slice {
  readonly parameter: string;
  /** Share of the metric's variance between the values of this parameter (η²), 0 to 1. */
  readonly explained: number;
  readonly levels: readonly SliceLevel[];
}

/** A parameter on the side of a heat map: its levels, long lists joined in groups. */
export interface HeatAxis {
  readonly parameter: string;
  readonly labels: readonly string[];
  /** Levels of the parameter that a label joins. */
  readonly groupSize: number;
}

/** Best and median of every metric over two parameters. Cells row by row of the first axis; `NaN` where no trial is. */
export interface HeatPair {
  readonly a: number;
  readonly b: number;
  readonly counts: Uint32Array;
  readonly best: Readonly<Record<DetailMetric, Float64Array>>;
  readonly median: Readonly<Record<DetailMetric, Float64Array>>;
}

/** What the details of one optimization tell. */
export interface DetailsAnalysis {
  readonly table: DetailsTable;
  readonly question: DetailsQuestion;
  /** Trials with enough trades and a metric that is a number. */
  readonly counted: number;
  /** Row of the best trial; the first of equals. -1 without any. */
  readonly bestRow: number;
  /** Ascending values of the metric. Shape `[counted]`. */
  readonly distribution: Float64Array;
  /** Most explaining first. */
  readonly slices: readonly Slice[];
  readonly axes: readonly HeatAxis[];
  readonly pairs: readonly HeatPair[];
  readonly ablations: readonly FilterAblation[];
}

/** Parameters that heat maps offer: 28 pairs. */
const AXES_MAX = 8;
/** Cells of a side that people can still read. */
const AXIS_LEVELS_MAX = 24;

/**
 * Analyzes the details of one optimization.
 *
 * @param table - Rows in columns.
 * @param question - Metric, and which trials count.
 */
export function analyzeDetails(table: DetailsTable, question: DetailsQuestion): DetailsAnalysis {
  const isCounted = enoughTrades(table, question.minTrades);
  const values = table.metrics.get(question.metric)!;
  const order = rankOrder(values, isCounted);
  const distribution = Float64Array.from(order, (row) => values[row]!);
  const isHigher = isHigherBetter(question.metric);
  const slices = table.parameters
    .filter((parameter) => parameter.levels.length > 1)
    .map((parameter) => slice(parameter, order, distribution, isHigher))
    .sort((a, b) => b.explained - a.explained);
  // A filter's only setting says the same as its switch: one of two such axes is enough.
  const isNew = (own: Slice, k: number): boolean =>
    !slices.some(
      (other, j) =>
        j < k && other.explained === own.explained && other.levels.length === own.levels.length,
    );
  const chosen = slices
    .filter(isNew)
    .slice(0, AXES_MAX)
    .map(({ parameter }) => table.parameters.find(({ name }) => name === parameter)!);
  return {
    table,
    question,
    counted: order.length,
    bestRow: bestRow(values, order, isHigher),
    distribution,
    slices,
    ...heatMaps(table, chosen, isCounted),
    ablations: filterAblations(table, question.metric, isCounted),
  };
}

/**
 * Says whether more of a metric is better.
 *
 * @param metric - Of the details.
 */
export function isHigherBetter(metric: DetailMetric): boolean {
  return findMetric(metric)?.better !== 'lower';
}

function enoughTrades(table: DetailsTable, minTrades: number): Uint8Array {
  const trades = table.metrics.get('total_trades')!;
  return Uint8Array.from(trades, (count) => (count >= minTrades ? 1 : 0));
}

function bestRow(values: Float64Array, order: Uint32Array, isHigher: boolean): number {
  if (order.length === 0) return -1;
  if (!isHigher) return order[0]!;
  const best = values[order[order.length - 1]!];
  let k = order.length - 1;
  while (k > 0 && values[order[k - 1]!] === best) k--;
  return order[k]!;
}

function slice(
  { name, levels, codes }: ParameterColumn,
  order: Uint32Array,
  sorted: Float64Array,
  isHigher: boolean,
): Slice {
  const counts = new Uint32Array(levels.length);
  for (let k = 0; k < order.length; k++) counts[codes[order[k]!]!]!++;
  const buckets = Array.from(counts, (count) => new Float64Array(count));
  counts.fill(0);
  // Values come in ascending order, so every bucket is sorted when it is full.
  for (let k = 0; k < order.length; k++) {
    const code = codes[order[k]!]!;
    buckets[code]![counts[code]!++] = sorted[k]!;
  }
  return {
    parameter: name,
    explained: varianceExplained(buckets),
    levels: buckets.flatMap((values, code) =>
      values.length === 0 ? [] : [sliceLevel(levels[code]!, values, isHigher)],
    ),
  };
}

function sliceLevel(level: string, values: Float64Array, isHigher: boolean): SliceLevel {
  return {
    level,
    trials: values.length,
    best: values[isHigher ? values.length - 1 : 0]!,
    p5: sortedQuantile(values, 0.05),
    p25: sortedQuantile(values, 0.25),
    median: sortedQuantile(values, 0.5),
    p75: sortedQuantile(values, 0.75),
    p95: sortedQuantile(values, 0.95),
  };
}

/** Infinite values (profit factors without a loss) have no variance and are left out. */
function varianceExplained(buckets: readonly Float64Array[]): number {
  const groups = buckets.map((values) => {
    const finite = values.filter(Number.isFinite);
    let sum = 0;
    for (const value of finite) sum += value;
    return { finite, count: finite.length, mean: finite.length === 0 ? 0 : sum / finite.length };
  });
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const mean = groups.reduce((sum, group) => sum + group.mean * group.count, 0) / count;
  let between = 0;
  let total = 0;
  for (const group of groups) {
    between += group.count * (group.mean - mean) ** 2;
    for (const value of group.finite) total += (value - mean) ** 2;
  }
  return total > 0 ? between / total : 0;
}

function heatMaps(
  table: DetailsTable,
  chosen: readonly ParameterColumn[],
  isCounted: Uint8Array,
): Pick<DetailsAnalysis, 'axes' | 'pairs'> {
  const grouped = chosen.map(groupLevels);
  const pairs: HeatPair[] = [];
  for (let a = 0; a < grouped.length; a++) {
    for (let b = a + 1; b < grouped.length; b++) {
      const size = grouped[a]!.labels.length * grouped[b]!.labels.length;
      const columns = (): Record<DetailMetric, Float64Array> =>
        Object.fromEntries(
          DETAIL_METRICS.map((metric) => [metric, new Float64Array(size).fill(Number.NaN)]),
        ) as Record<DetailMetric, Float64Array>;
      pairs.push({ a, b, counts: new Uint32Array(size), best: columns(), median: columns() });
    }
  }
  for (const metric of DETAIL_METRICS) {
    const values = table.metrics.get(metric)!;
    const order = rankOrder(values, isCounted);
    const sorted = Float64Array.from(order, (row) => values[row]!);
    const codes = grouped.map((axis) => gather(axis, order));
    const isHigher = isHigherBetter(metric);
    for (const pair of pairs) {
      fillCells(pair, metric, sorted, codes[pair.a]!, codes[pair.b]!, {
        width: grouped[pair.b]!.labels.length,
        isHigher,
      });
    }
  }
  return {
    axes: grouped.map(({ parameter, labels, groupSize }) => ({ parameter, labels, groupSize })),
    pairs,
  };
}

/**
 * Fills the cells of one metric. The values come in ascending order: a cell's median is the one at which half of the cell was
 * seen, so nothing is sorted per cell.
 */
function fillCells(
  pair: HeatPair,
  metric: DetailMetric,
  sorted: Float64Array,
  a: Uint8Array,
  b: Uint8Array,
  { width, isHigher }: { readonly width: number; readonly isHigher: boolean },
): void {
  const length = sorted.length;
  const counts = new Uint32Array(pair.counts.length);
  for (let k = 0; k < length; k++) counts[a[k]! * width + b[k]!]!++;
  if (metric === 'total_trades') pair.counts.set(counts);
  const seen = new Uint32Array(counts.length);
  const best = pair.best[metric];
  const median = pair.median[metric];
  for (let k = 0; k < length; k++) {
    const cell = a[k]! * width + b[k]!;
    const count = counts[cell]!;
    const rank = ++seen[cell]!;
    const value = sorted[k]!;
    if (rank === (count + 1) >> 1) median[cell] = value;
    if (rank === (count >> 1) + 1 && (count & 1) === 0) median[cell] = (median[cell]! + value) / 2;
    if (rank === (isHigher ? count : 1)) best[cell] = value;
  }
}

interface GroupedAxis extends HeatAxis {
  readonly codes: Uint16Array;
  /** Group of each level. */
  readonly groupOf: Uint8Array;
}

function groupLevels({ name, levels, codes }: ParameterColumn): GroupedAxis {
  const size = Math.ceil(levels.length / AXIS_LEVELS_MAX);
  const groupOf = Uint8Array.from(levels, (_, code) => Math.floor(code / size));
  const labels = Array.from({ length: Math.ceil(levels.length / size) }, (_, group) => {
    const [first, last] = [
      levels[group * size]!,
      levels[Math.min(levels.length, (group + 1) * size) - 1]!,
    ];
    const text = (level: string): string => (level === '' ? NOT_SET : level);
    return first === last ? text(first) : `${text(first)} … ${text(last)}`;
  });
  return { parameter: name, labels, groupSize: size, codes, groupOf };
}

function gather({ codes, groupOf }: GroupedAxis, order: Uint32Array): Uint8Array {
  const groups = new Uint8Array(order.length);
  for (let k = 0; k < order.length; k++) groups[k] = groupOf[codes[order[k]!]!]!;
  return groups;
}
