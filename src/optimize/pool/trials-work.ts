import { METRICS } from '../../metrics/index.js';
import { openEvaluator, type TrialEvaluator } from '../evaluate.js';
import { openReturnsSink } from '../judgement/returns-sink.js';
import { openPlan } from '../plan.js';
import { openTrialText } from '../trial-text.js';
import { openEngine } from './engines.js';
import { failedReply, type RangeWork, type TrialRange, type TrialsJob } from './protocol.js';
import { openCandles } from './shared-candles.js';
import { loadWorkerStrategy } from './worker-strategy.js';

/**
 * Opens the trials of a grid in a worker.
 *
 * @param job - Strategy, candles and grid.
 */
export async function openTrials(job: TrialsJob): Promise<RangeWork> {
  const strategy = await loadWorkerStrategy(job);
  const plan = openPlan(job.blocks);
  const candles = openCandles(job.candles);
  const { period, config } = job;
  const sink = openReturnsSink(job, candles);
  const evaluator = openEvaluator(
    { candles, period, strategy, plan, config },
    openEngine(job, candles, sink.add),
  );
  const text = job.writesRows ? openTrialText(strategy, plan) : undefined;
  return (range) => {
    const { first, count } = range;
    const metrics = new Float64Array(count * METRICS.length);
    sink.start(first);
    try {
      evaluator.evaluate(first, count, metrics);
    } catch (error) {
      return failedReply(failedTrial(range, evaluator), error);
    }
    const luck = sink.takeLuck();
    if (text === undefined) return { kind: 'done', first, count, metrics, rows: undefined, luck };
    let rows = '';
    for (let k = 0; k < count; k++) {
      const own = metrics.subarray(k * METRICS.length, (k + 1) * METRICS.length);
      rows += `${text.row(plan.trial(first + k), own)}\n`;
    }
    return { kind: 'done', first, count, metrics, rows: new TextEncoder().encode(rows), luck };
  };
}

/** The first trial of a range that fails by itself. */
function failedTrial({ first, count }: TrialRange, evaluator: TrialEvaluator): number {
  const row = new Float64Array(METRICS.length);
  for (let id = first; id < first + count; id++) {
    try {
      evaluator.evaluate(id, 1, row);
    } catch {
      return id;
    }
  }
  return first;
}
