import type { FilterRule } from '../filters/index.js';
import { FILTER_RULES } from '../settings/index.js';
import type { DetailMetric, DetailsTable, ParameterColumn } from './details-table.js';
import { indexRows } from './row-index.js';
import { sortedQuantile } from './sorted-quantile.js';

/** What switching a filter on changed, over pairs of trials that are equal but for the filter. */
export interface AblationSummary {
  /** Settings of the filter, or `all`. */
  readonly setting: string;
  readonly pairs: number;
  /** With the filter minus without; unit of the metric. Median, quartiles and mean over the pairs. */
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly mean: number;
  /** Share of pairs whose metric grew. */
  readonly raisedShare: number;
  /** Medians of the same difference. */
  readonly profit: number;
  readonly maxDrawdown: number;
  readonly trades: number;
}

/** What one filter earned or cost. */
export interface FilterAblation {
  readonly filter: string;
  /** `undefined` when no two trials differ in the filter alone. */
  readonly overall: AblationSummary | undefined;
  /** One per setting that was tried, in grid order. */
  readonly settings: readonly AblationSummary[];
}

/** More settings than this are summed up only. */
const SETTINGS_MAX = 500;

/**
 * Compares each trial that has a filter with the one that is equal in everything else and has it not.
 *
 * @param table - Rows in columns.
 * @param metric - What is compared.
 * @param isCounted - Trials that count. Shape `[rows]`, 0 or 1.
 * @returns One entry per filter that the details know.
 */
export function filterAblations(
  table: DetailsTable,
  metric: DetailMetric,
  isCounted: Uint8Array,
): readonly FilterAblation[] {
  return FILTER_RULES.filter(({ apply }) =>
    table.parameters.some(({ name }) => name === apply.key),
  ).map((filter) => ablation(table, metric, isCounted, filter));
}

function ablation(
  table: DetailsTable,
  metric: DetailMetric,
  isCounted: Uint8Array,
  { name: filter, apply, settings: own }: FilterRule,
): FilterAblation {
  const isOwn = ({ name }: ParameterColumn): boolean =>
    name === apply.key || own.some(({ key }) => name === key);
  const gate = table.parameters.find(({ name }) => name === apply.key)!;
  const on = gate.levels.indexOf('true');
  const columns = table.parameters.filter((column) => isOwn(column) && column !== gate);
  const others = table.parameters
    .filter((column) => !isOwn(column) && column.levels.length > 1)
    .map(({ codes }) => codes);
  const values = table.metrics.get(metric)!;
  const isUsable = (row: number): boolean => isCounted[row] === 1 && Number.isFinite(values[row]!);
  const withRows = rowsWhere(table.rows, (row) => gate.codes[row] === on && isUsable(row));
  const without = rowsWhere(table.rows, (row) => gate.codes[row] !== on && isUsable(row));
  if (withRows.length === 0 || without.length === 0) {
    return { filter, overall: undefined, settings: [] };
  }
  const index = indexRows(others, without);
  const settings = new Map<string, Differences>();
  const overall = new Differences(table, values);
  for (const row of withRows) {
    const twin = index.lookUp(others, row);
    if (twin === -1) continue;
    overall.add(row, twin);
    const setting = columns
      .filter(({ levels }) => levels.length > 1)
      .map(({ name, levels, codes }) => `${name}=${levels[codes[row]!]!}`)
      .join(' ');
    let known = settings.get(setting);
    if (known === undefined && settings.size < SETTINGS_MAX) {
      known = new Differences(table, values);
      settings.set(setting, known);
    }
    known?.add(row, twin);
  }
  return {
    filter,
    overall: overall.count === 0 ? undefined : overall.summary('all'),
    settings:
      settings.size < 2 || settings.size >= SETTINGS_MAX
        ? []
        : [...settings].map(([setting, differences]) => differences.summary(setting)),
  };
}

function rowsWhere(rows: number, isWanted: (row: number) => boolean): Uint32Array {
  const found = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (isWanted(row)) found[count++] = row;
  return found.subarray(0, count);
}

/** Pairs of rows, summed up at the end. */
class Differences {
  private readonly table: DetailsTable;
  private readonly values: Float64Array;
  private withRows = new Uint32Array(16);
  private withoutRows = new Uint32Array(16);
  count = 0;

  constructor(table: DetailsTable, values: Float64Array) {
    this.table = table;
    this.values = values;
  }

  add(withRow: number, withoutRow: number): void {
    if (this.count === this.withRows.length) {
      this.withRows = doubled(this.withRows);
      this.withoutRows = doubled(this.withoutRows);
    }
    this.withRows[this.count] = withRow;
    this.withoutRows[this.count++] = withoutRow;
  }

  summary(setting: string): AblationSummary {
    const changes = this.changes(this.values);
    let raised = 0;
    let sum = 0;
    for (const change of changes) {
      if (change > 0) raised++;
      sum += change;
    }
    changes.sort();
    const median = (name: DetailMetric): number =>
      sortedQuantile(this.changes(this.table.metrics.get(name)!).sort(), 0.5);
    return {
      setting,
      pairs: this.count,
      p25: sortedQuantile(changes, 0.25),
      median: sortedQuantile(changes, 0.5),
      p75: sortedQuantile(changes, 0.75),
      mean: sum / this.count,
      raisedShare: raised / this.count,
      profit: median('cumulative_profit'),
      maxDrawdown: median('max_drawdown'),
      trades: median('total_trades'),
    };
  }

  private changes(values: Float64Array): Float64Array {
    const changes = new Float64Array(this.count);
    for (let k = 0; k < this.count; k++)
      changes[k] = values[this.withRows[k]!]! - values[this.withoutRows[k]!]!;
    return changes;
  }
}

function doubled(values: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(values.length * 2);
  larger.set(values);
  return larger;
}
