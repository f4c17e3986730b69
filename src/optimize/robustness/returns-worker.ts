import { parentPort, workerData } from 'node:worker_threads';
import { engineMetrics, entryFilters, prepareCandles, runFast } from '../../backtest/index.js';
import { candleColumnsOver } from '../../candles/index.js';
import { timeframeMs, UserError } from '../../domain/index.js';
import { combineMasks } from '../../filters/index.js';
import { METRICS, periodReturns } from '../../metrics/index.js';
import { filterConfig, trialRules, writeMetrics } from '../evaluate.js';
import { endQuietly } from '../pool/end-quietly.js';
import { STOP } from '../pool/end-worker.js';
import type { TrialRange, WorkerInput, WorkerReply } from '../pool/protocol.js';
import { loadWorkerStrategy } from '../pool/worker-strategy.js';
import type { RunSettings } from './settings.js';

/** What a worker that keeps returns gets at its start, beside what every worker gets. */
export interface ReturnsInput extends WorkerInput {
  readonly runs: readonly RunSettings[];
  /** Runs from here on are measured; of those before only the returns are wanted. */
  readonly measuredFrom: number;
  /** Receives the returns of each run. Shape `[runs × returnsCount]`. */
  readonly returns: SharedArrayBuffer;
  readonly returnsCount: number;
}

const port = parentPort!;
const input = workerData as ReturnsInput;

void start();

async function start(): Promise<void> {
  try {
    const run = await openRunner();
    port.on('message', (range: TrialRange | typeof STOP) => {
      if (range === STOP) endQuietly(() => port.close());
      else port.postMessage(work(range, run));
    });
    port.postMessage({ kind: 'ready' } satisfies WorkerReply);
  } catch (error) {
    port.postMessage(failure(undefined, error));
  }
}

/** Runs settings one by one; signals are computed once for neighbours that share them. */
async function openRunner(): Promise<(index: number, out: Float64Array) => void> {
  const strategy = await loadWorkerStrategy(input.strategy);
  const candles = { ...input.identity, ...candleColumnsOver(input.buffer, input.length) };
  const { period, config, runs, returnsCount } = input;
  const prepared = prepareCandles(candles, period);
  const openTimes = candles.openTime.subarray(period.from, period.to);
  const returns = new Float64Array(input.returns);
  const signalColumns = lastOf((settings: RunSettings) => ({
    signals: strategy.signals(candles, settings.parameters),
    trend: entryFilters(filterConfig({}), settings.parameters).map((own) => own.mask(candles)),
  }));
  const filterMasks = lastOf((settings: RunSettings) =>
    entryFilters(filterConfig(settings.filters), {}).map((own) => own.mask(candles)),
  );
  return (index, out) => {
    const settings = runs[index]!;
    const { signals, trend } = signalColumns(settings.signalKey, settings);
    const masks = [...trend, ...filterMasks(settings.filterKey, settings)];
    const entryMask = combineMasks(candles.length, masks);
    const rules = trialRules(config, settings.stops);
    const engineInput = { candles, period, signals, entryMask, rules };
    const result = runFast(engineInput, { prepared });
    if (index >= input.measuredFrom) {
      writeMetrics(engineMetrics(engineInput, result), out, 0);
    }
    const own = periodReturns(
      rules.initialBalance,
      result.equity,
      openTimes,
      timeframeMs(candles.timeframe),
    );
    returns.set(own, index * returnsCount);
  };
}

function work(
  { first, count }: TrialRange,
  run: (index: number, out: Float64Array) => void,
): WorkerReply {
  const metrics = new Float64Array(count * METRICS.length);
  for (let k = 0; k < count; k++) {
    try {
      run(first + k, metrics.subarray(k * METRICS.length, (k + 1) * METRICS.length));
    } catch (error) {
      return failure(first + k, error);
    }
  }
  return { kind: 'done', first, count, metrics, rows: undefined };
}

function failure(trial: number | undefined, error: unknown): WorkerReply {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', trial, message, isUserError: error instanceof UserError };
}

function lastOf<T>(
  compute: (settings: RunSettings) => T,
): (key: number, settings: RunSettings) => T {
  let known: { readonly key: number; readonly value: T } | undefined;
  return (key, settings) => {
    if (known?.key !== key) known = { key, value: compute(settings) };
    return known.value;
  };
}
