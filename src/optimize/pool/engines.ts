import {
  FastSweep,
  type MetricColumns,
  metricColumnsOver,
  prepareCandles,
} from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import { METRICS } from '../../metrics/index.js';
import { type GroupRunner, runGroupByReference } from '../evaluate.js';
import type { TrialsJob } from './protocol.js';
import { openTables } from './shared-tables.js';

/**
 * Returns the engine of a job.
 *
 * @param job - Names the engine and brings the shared tables.
 * @param candles - All candles.
 */
export function openEngine(job: TrialsJob, candles: CandleSeries): GroupRunner {
  return job.engine === 'fast' ? openFastEngine(job, candles) : runGroupByReference;
}

function openFastEngine({ period, tables }: TrialsJob, candles: CandleSeries): GroupRunner {
  const prepared = prepareCandles(candles, period);
  const own = tables === undefined ? undefined : openTables(prepared, tables);
  const sweep = new FastSweep(prepared, own?.tables);
  let columns: MetricColumns | undefined;
  let capacity = 0;
  return ({ signals, entryMask }, rules, out) => {
    if (columns === undefined || capacity < rules.length) {
      capacity = rules.length;
      columns = metricColumnsOver(new ArrayBuffer(METRICS.length * capacity * 8), capacity);
    }
    own?.provide(rules);
    sweep.run({ signals, entryMask, rules }, columns);
    METRICS.forEach(({ key }, k) => {
      const column = columns![key];
      for (let row = 0; row < rules.length; row++) out[row * METRICS.length + k] = column[row]!;
    });
  };
}
