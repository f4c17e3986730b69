import { parentPort, workerData } from 'node:worker_threads';
import { candleColumnsOver } from '../../candles/index.js';
import { UserError } from '../../domain/index.js';
import { METRICS } from '../../metrics/index.js';
import { openEvaluator, type TrialEvaluator } from '../evaluate.js';
import { openPlan, type TrialPlan } from '../plan.js';
import { openTrialText, type TrialText } from '../trial-text.js';
import { endQuietly } from './end-quietly.js';
import { STOP } from './end-worker.js';
import { openEngine } from './engines.js';
import type { TrialRange, WorkerInput, WorkerReply } from './protocol.js';
import { loadWorkerStrategy } from './worker-strategy.js';

const port = parentPort!;
const input = workerData as WorkerInput;

void start();

async function start(): Promise<void> {
  try {
    const strategy = await loadWorkerStrategy(input.strategy);
    const plan = openPlan(input.blocks);
    const candles = { ...input.identity, ...candleColumnsOver(input.buffer, input.length) };
    const { period, config } = input;
    const evaluator = openEvaluator(
      { candles, period, strategy, plan, config },
      openEngine(input, candles),
    );
    const text = input.writesRows ? openTrialText(strategy, plan) : undefined;
    port.on('message', (range: TrialRange | typeof STOP) => {
      if (range === STOP) {
        endQuietly(() => port.close());
        return;
      }
      const reply = work(range, evaluator, plan, text);
      port.postMessage(reply, reply.kind === 'done' ? transferred(reply) : []);
    });
    port.postMessage({ kind: 'ready' } satisfies WorkerReply);
  } catch (error) {
    port.postMessage(failure(undefined, error));
  }
}

function work(
  range: TrialRange,
  evaluator: TrialEvaluator,
  plan: TrialPlan,
  text: TrialText | undefined,
): WorkerReply {
  const { first, count } = range;
  const metrics = new Float64Array(count * METRICS.length);
  try {
    evaluator.evaluate(first, count, metrics);
  } catch (error) {
    return failure(failedTrial(range, evaluator), error);
  }
  if (text === undefined) return { kind: 'done', ...range, metrics, rows: undefined };
  let rows = '';
  for (let k = 0; k < count; k++) {
    const own = metrics.subarray(k * METRICS.length, (k + 1) * METRICS.length);
    rows += `${text.row(plan.trial(first + k), own)}\n`;
  }
  return { kind: 'done', ...range, metrics, rows: new TextEncoder().encode(rows) };
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

function failure(trial: number | undefined, error: unknown): WorkerReply {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', trial, message, isUserError: error instanceof UserError };
}

function transferred(reply: Extract<WorkerReply, { kind: 'done' }>): ArrayBuffer[] {
  const buffers = [reply.metrics.buffer as ArrayBuffer];
  return reply.rows === undefined ? buffers : [...buffers, reply.rows.buffer as ArrayBuffer];
}
