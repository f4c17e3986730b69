import { formatNumber, plural } from './format.js';

/** What the page's script needs to draw any heat map of an optimization. Numbers have five digits; `null` is "no trial". */
export interface HeatData {
  readonly metrics: readonly {
    readonly name: string;
    readonly label: string;
    readonly isHigherBetter: boolean;
    /** Printed value = number × scale. */
    readonly scale: number;
  }[];
  readonly axes: readonly { readonly parameter: string; readonly labels: readonly string[] }[];
  /** For `a < b`; cells row by row of axis `a`. */
  readonly pairs: readonly {
    readonly a: number;
    readonly b: number;
    readonly counts: readonly number[];
    /** One list per metric. */
    readonly best: readonly (readonly (number | null)[])[];
    readonly median: readonly (readonly (number | null)[])[];
  }[];
}

/** What is shown of it. */
export interface HeatChoice {
  /** Axis down the side, and along the top; they differ. */
  readonly rows: number;
  readonly columns: number;
  readonly metric: number;
  readonly statistic: 'best' | 'median';
}

/** A cell as it is drawn. */
export interface HeatCell {
  readonly text: string;
  /** 0 worst to 100 best of this map. */
  readonly tint: number;
  readonly isTop: boolean;
  readonly title: string;
}

/** A heat map as it is drawn. */
export interface HeatGrid {
  readonly rowName: string;
  readonly columnName: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly HeatCell[] }[];
}

/**
 * Prepares a heat map for drawing: by the server as markup, by the page as elements.
 *
 * @param data - All maps.
 * @param choice - Which one.
 */
export function heatGrid(data: HeatData, choice: HeatChoice): HeatGrid {
  const isTurned = choice.rows > choice.columns;
  const [a, b] = isTurned ? [choice.columns, choice.rows] : [choice.rows, choice.columns];
  const pair = data.pairs.find((candidate) => candidate.a === a && candidate.b === b);
  const rowAxis = data.axes[choice.rows];
  const columnAxis = data.axes[choice.columns];
  const metric = data.metrics[choice.metric];
  if (!pair || !rowAxis || !columnAxis || !metric) {
    return { rowName: '', columnName: '', columns: [], rows: [] };
  }
  const values = pair[choice.statistic][choice.metric] ?? [];
  const width = data.axes[b]?.labels.length ?? 0;
  const shades = shading(values, metric.isHigherBetter);
  const cell = (row: number, column: number): HeatCell => {
    const place = isTurned ? column * width + row : row * width + column;
    const value = values[place] ?? null;
    const count = pair.counts[place] ?? 0;
    const where = `${rowAxis.parameter} ${rowAxis.labels[row] ?? ''}, ${columnAxis.parameter} ${columnAxis.labels[column] ?? ''}`;
    if (value === null) return { text: '', tint: 0, isTop: false, title: `${where}: no trials` };
    const text = shortNumber(value * metric.scale);
    return {
      text,
      tint: shades.tint(value),
      isTop: value === shades.top,
      title: `${where}: ${choice.statistic} ${metric.label} ${text} of ${plural(count, 'trial')}`,
    };
  };
  return {
    rowName: rowAxis.parameter,
    columnName: columnAxis.parameter,
    columns: columnAxis.labels,
    rows: rowAxis.labels.map((name, row) => ({
      name,
      cells: columnAxis.labels.map((_, column) => cell(row, column)),
    })),
  };
}

/** Tints by rank, so that one extreme cell does not fade all others. */
function shading(
  values: readonly (number | null)[],
  isHigherBetter: boolean,
): { readonly top: number | undefined; readonly tint: (value: number) => number } {
  const present = values.filter((value) => value !== null);
  const sorted = [...new Set(present)].sort((x, y) => (isHigherBetter ? x - y : y - x));
  const rank = new Map(sorted.map((value, k) => [value, k]));
  const last = Math.max(1, sorted.length - 1);
  return {
    top: sorted.at(-1),
    tint: (value) => Math.round((62 * (rank.get(value) ?? 0)) / last),
  };
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  return formatNumber(value, size >= 1000 ? 0 : size >= 100 ? 1 : 2);
}
