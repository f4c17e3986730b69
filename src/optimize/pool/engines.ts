import {
  FastSweep,
  type MetricColumns,
  metricColumnsOver,
  prepareCandles,
  type ReturnsSink,
} from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import { METRICS } from '../../metrics/index.js';
import { type GroupRunner, placeOf, referenceRunner } from '../evaluate.js';
import type { TrialsJob } from './protocol.js';
import { openTables } from './shared-tables.js';

/** Rows that may wait for each other, at least. */
const ROWS_MIN = 1_024;

/**
 * Returns the engine of a job.
 *
 * @param job - Names the engine and brings the shared tables.
 * @param candles - All candles.
 * @param onReturns - Takes the returns of every trial, each once, in any order, and its place in the range.
 */
export function openEngine(
  job: TrialsJob,
  candles: CandleSeries,
  onReturns?: ReturnsSink,
): GroupRunner {
  return job.engine === 'fast'
    ? openFastEngine(job, candles, onReturns)
    : referenceRunner(onReturns);
}

function openFastEngine(
  { period, tables }: TrialsJob,
  candles: CandleSeries,
  onReturns: ReturnsSink | undefined,
): GroupRunner {
  const prepared = prepareCandles(candles, period);
  const own = tables === undefined ? undefined : openTables(prepared, tables);
  /** Place in the range of each row. */
  const places: number[] = [];
  const sweep = new FastSweep(
    prepared,
    own?.tables,
    onReturns && ((returns, row) => onReturns(returns, places[row]!)),
  );
  let capacity = ROWS_MIN;
  let columns = allocateColumns(capacity);
  /** Results in the order of the rows. */
  const outs: Float64Array[] = [];
  let rows = 0;
  const finish = (): void => {
    sweep.finish();
    let first = 0;
    for (const out of outs.splice(0)) first += copyRows(columns, first, out);
    rows = 0;
  };
  return {
    run({ candles: _candles, period: _period, ...group }, rules, out) {
      if (rows + rules.length > capacity) finish();
      if (rules.length > capacity) {
        capacity = rules.length;
        columns = allocateColumns(capacity);
      }
      own?.provide(rules);
      for (let k = 0; k < rules.length; k++) places[rows + k] = placeOf(out) + k;
      sweep.add({ ...group, rules }, columns, rows);
      outs.push(out);
      rows += rules.length;
    },
    finish,
  };
}

function allocateColumns(rows: number): MetricColumns {
  return metricColumnsOver(new ArrayBuffer(METRICS.length * rows * 8), rows);
}

/** Copies as many rows as there is room for; returns how many. */
function copyRows(columns: MetricColumns, first: number, out: Float64Array): number {
  const count = out.length / METRICS.length;
  METRICS.forEach(({ key }, k) => {
    const column = columns[key];
    for (let row = 0; row < count; row++) out[row * METRICS.length + k] = column[first + row]!;
  });
  return count;
}
