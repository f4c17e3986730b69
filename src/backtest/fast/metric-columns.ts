import { METRICS, type Metrics } from '../../metrics/index.js';

/** The metrics of many combinations: one column per metric, one row per combination. */
export type MetricColumns = Readonly<Record<keyof Metrics, Float64Array>>;

/**
 * Allocates metric columns on shared memory, so that worker threads can write rows of one result.
 *
 * @param rows - Combinations.
 */
export function allocateMetricColumns(rows: number): MetricColumns {
  const buffer = new SharedArrayBuffer(METRICS.length * rows * 8);
  return metricColumnsOver(buffer, rows);
}

/**
 * Returns the columns in a buffer that `allocateMetricColumns` laid out.
 *
 * @param buffer - One column after the other, in the order of `METRICS`.
 * @param rows - Combinations.
 */
export function metricColumnsOver(
  buffer: SharedArrayBuffer | ArrayBuffer,
  rows: number,
): MetricColumns {
  return Object.fromEntries(
    METRICS.map(({ key }, index) => [key, new Float64Array(buffer, index * rows * 8, rows)]),
  ) as MetricColumns;
}

/**
 * Writes one row.
 *
 * @param columns - Changed in place.
 * @param row - Combination.
 * @param metrics - Its measures.
 */
export function writeMetrics(columns: MetricColumns, row: number, metrics: Metrics): void {
  for (const { key } of METRICS) columns[key][row] = metrics[key];
}

/**
 * Reads one row.
 *
 * @param columns - Of a sweep.
 * @param row - Combination.
 */
export function metricsAt(columns: MetricColumns, row: number): Metrics {
  return Object.fromEntries(
    METRICS.map(({ key }) => [key, columns[key][row]!]),
  ) as unknown as Metrics;
}
